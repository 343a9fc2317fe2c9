// How a convolution's pixels lie for products by tiles. Outputs have flat positions, line by line; what a tap
// multiplies with them lies as many positions further on as the tap is away, so that 16 outputs' pixels are
// 16 neighbours whatever the tap. A convolution in steps reads several planes, of every second line, say.
// Between lines, and images, there are as many zeros as windows reach beyond the image: those behind one line
// are those before the next.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "kernels.h"
#include "parts.h"

namespace doppel::nn::engine {

/// A convolution whose values lie in blocks of 16 channels; `inputs` and `filters` fill blocks.
struct TileConv {
  SlidingWindow window;
  int dilation;
  int inputs, filters;
};

/// Lines or columns.
struct PlaneAxis {
  int in;      ///< pixels there are
  int before;  ///< zeros before the first
  int step;    ///< pixels from an output to the next
  int out;     ///< outputs
  int reach;   ///< positions from an output's own to that of its last tap

  /// Positions from one line, or image, to the next.
  int pitch() const {
    const int behind = out + reach - before - in;
    return step == 1 && before >= 0 ? std::max(in + std::max(before, behind), out) : out + reach;
  }
};

/// Some of the batch: images, or lines of outputs of one.
struct TileStretch {
  int row, rows, first, count;
};

/// What flat positions are written to: output i is pixel scale · i + offset of `size`, if there is one.
struct WrittenAxis {
  int scale, offset, size;
};

struct TileTap {
  int plane;             ///< its number among those that are read
  std::ptrdiff_t shift;  ///< positions
  int weight;            ///< its number among the kernel's taps
};

struct TileGrid {
  PlaneAxis y, x;
  std::vector<int> read = {
      0};  ///< planes that taps read, of y.step · x.step: 1x1 kernels in steps leave most out

  int planes() const { return static_cast<int>(read.size()); }
  /// Positions of a stretch, filled up to whole pairs of tiles.
  int positions(const TileStretch& stretch) const;
  /// Positions of a plane: those that taps reach as well.
  int stored(const TileStretch& stretch) const;

  /// The pixel at each position of a plane, counted from the stretch's first row, of [groups, pixels] a row;
  /// -1: zeros. As many as stored().
  void read_pixels(int plane, const TileStretch& stretch, int groups, int* pixels) const;
  /// Where each position's output lies, likewise; -1: nowhere. As many as positions().
  void written_pixels(const WrittenAxis& to_y, const WrittenAxis& to_x, const TileStretch& stretch,
                      int groups, int* pixels) const;

  /// Calls visit(stretch) for parts of a batch, each of `most` positions or fewer where that can be.
  template <class Visit>
  void in_stretches(int rows, int most, Visit visit) const {
    const int image = y.pitch() * x.pitch();
    if (image <= most) {
      in_parts(rows, std::max(1, most / image),
               [&](int row, int count) { visit(TileStretch{row, count, 0, y.out}); });
      return;
    }
    const int lines = std::max(1, most / x.pitch() - y.reach);
    for (int row = 0; row < rows; ++row)
      in_parts(y.out, lines, [&](int first, int count) { visit(TileStretch{row, 1, first, count}); });
  }

 private:
  /// Calls visit(position, image, line, column) for all positions below `count`.
  template <class Visit>
  void walk(const TileStretch& stretch, int count, Visit visit) const {
    for (int at = 0, line = 0; at < count; ++line) {
      const int image = std::min(line / y.pitch(), stretch.rows - 1),
                within = stretch.first + line - image * y.pitch();
      for (int column = 0; column < x.pitch() && at < count; ++column, ++at) visit(at, image, within, column);
    }
  }
};

/// Outputs that share their taps.
struct TilePhase {
  std::vector<TileTap> taps;
  WrittenAxis y, x;
};

/// y's outputs, which read x.
TileGrid forward_grid(const TileConv& conv);
TilePhase forward_phase(const TileConv& conv, const TileGrid& grid);

/// dx, which reads dy: as many phases as there are places in a step.
TileGrid data_grad_grid(const TileConv& conv);
std::vector<TilePhase> data_grad_phases(const TileConv& conv, const TileGrid& grid);

}  // namespace doppel::nn::engine
