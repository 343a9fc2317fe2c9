// Convolutions by the processor's tiles (AMX): products of bfloat16, sums in floats, in an order that only
// the shapes decide. Values lie in blocks of 16 channels, as everywhere; a stretch of the batch is packed for
// the tiles at a time, so that it stays in the second cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels.h"
#include "tile_grid.h"

namespace doppel::nn::engine {

/// Numbers of bfloat16 that a kernel's weights become, of `taps` between `from` channels and `to`.
std::size_t tile_weights(int taps, int from, int to);
/// `packed` = weights [to/16, from/16, taps, 8 pairs of from, 16 to, 2], of whole blocks of channels: for
/// each 32 that come out, 32 that go in and tap two tiles.
void pack_tile_weights(int taps, int from, int to, const std::uint16_t* weights, std::uint16_t* packed);

/// A pass from some channels to others.
class TilePass {
 public:
  /// y from x.
  static TilePass forward(const TileConv& conv);
  /// What dy says of x.
  static TilePass data_grad(const TileConv& conv);

  /// Bytes of memory that run() works in.
  std::size_t scratch(int rows) const;
  /// to = f(from * weights + bias), f(v) = v or slope · v where v < 0. `weights`: packed; the taps are in
  /// their usual order either way. `bias`: as many as channels come out, or null.
  void run(int rows, Numbers from, const std::uint16_t* weights, const float* bias, float slope, Numbers to,
           void* scratch) const;

 private:
  struct Memory;
  struct Finish;

  TilePass(TileGrid grid, int from, int to, int taps);
  std::size_t chunks() const;
  int most_positions() const;
  Memory memory(const TileStretch& stretch, void* scratch) const;
  template <class Number>
  void pack(const TileStretch& stretch, const Number* from, const Memory& memory) const;
  template <class Number>
  void multiply_all(const TilePhase& phase, const TileStretch& stretch, const std::uint16_t* weights,
                    const Finish& finish, const Memory& memory, Number* to) const;

  TileGrid grid_;
  int from_, to_, taps_;
  std::vector<TilePhase> phases_;
};

/// The gradient of the weights.
class TileWeightGrad {
 public:
  explicit TileWeightGrad(const TileConv& conv);

  /// Bytes of memory that run() works in.
  std::size_t scratch(int rows) const;
  /// dw [filters/16, inputs/16, kernel_h, kernel_w, 16 inputs, 16 filters] = the sum over rows and pixels of
  /// x times dy.
  void run(int rows, Numbers x, Numbers dy, float* dw, void* scratch) const;

 private:
  struct Channels;
  struct Memory;

  int side() const;
  int most_positions() const;
  Memory memory(const TileStretch& stretch, void* scratch) const;
  template <class Number>
  void pack_x(const TileStretch& stretch, const Channels& some, const Number* x, const Memory& memory) const;
  template <class Number>
  void pack_dy(const TileStretch& stretch, const Channels& some, const Number* dy,
               const Memory& memory) const;
  void add_square(const TileStretch& stretch, const Channels& inputs, const Channels& filters,
                  const Memory& memory, float* dw) const;

  TileConv conv_;
  TileGrid grid_;
  TilePhase forward_;
};

}  // namespace doppel::nn::engine
