// A value that flows through the net: the whole batch's, rows outermost, so that a shard is a slice.
#pragma once

#include <memory>
#include <oneapi/dnnl/dnnl.hpp>

#include "buffer.h"
#include "doppel/nn/model/graph.h"
#include "kernels.h"

namespace doppel::nn::engine {

/// How one row of [C, H, W] lies in memory. Blocked formats keep 8 or 16 channels next to each other and pad
/// to them.
struct Format {
  dnnl::memory::format_tag tag = dnnl::memory::format_tag::nchw;
  int block = 1;  ///< channels next to each other; 1: planes
  friend bool operator==(const Format&, const Format&) = default;
};

inline constexpr Format kPlain{dnnl::memory::format_tag::nchw, 1};

/// The format of a descriptor that oneDNN chose; plain where it's none that our own kernels know.
Format format_of(const dnnl::memory::desc& desc);

/// The blocks that convolutions work in on this processor, as far as oneDNN may use it; plain: none.
Format usual_blocks();

struct Blob {
  Shape shape;
  Format format = kPlain;
  bool bf16 =
      false;  ///< data and grad are bfloat16; only steps that say so meet such a blob, see bf16_values.h
  std::shared_ptr<Buffer> data,
      grad;             ///< shared where a layer works in place; grad is null where nobody needs it
  bool images = false;  ///< what the net is given, whose gradient isn't always wanted

  int padded_channels() const { return (shape.channels + format.block - 1) / format.block * format.block; }
  std::size_t row_numbers() const {
    return static_cast<std::size_t>(padded_channels()) * shape.height * shape.width;
  }
  /// Of the values of `rows` rows, and of their gradients.
  double bytes(int rows) const {
    return static_cast<double>(row_numbers()) * rows * (bf16 ? sizeof(std::uint16_t) : sizeof(float));
  }
  /// Rows of floats; throws std::logic_error where they are bfloat16.
  float* row(int r) const { return expect_floats(numbers(r)); }
  float* grad_row(int r) const { return expect_floats(grad_numbers(r)); }
  /// Rows of either.
  Numbers numbers(int r) const { return {place(*data, r), bf16}; }
  Numbers grad_numbers(int r) const { return {place(*grad, r), bf16}; }
  ChannelLayout layout(int rows) const {
    return {rows, padded_channels() / format.block, shape.height * shape.width, format.block};
  }
  /// oneDNN's view of `rows` rows.
  dnnl::memory::desc desc(int rows) const {
    return {{rows, shape.channels, shape.height, shape.width},
            bf16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32,
            format.tag};
  }
  /// Buffers without memory, which who compiles the net gives them.
  void allocate(int rows, bool with_grad) {
    const std::size_t count = row_numbers() * static_cast<std::size_t>(rows);
    data = std::make_shared<Buffer>(bf16 ? (count + 1) / 2 : count, Buffer::Later());
    if (with_grad) allocate_grad();
  }
  void allocate_grad() { grad = std::make_shared<Buffer>(data->count(), Buffer::Later()); }
  void take_memory() {
    for (const auto& buffer : {data, grad})
      if (buffer && !buffer->has_memory()) buffer->take_memory();
  }

 private:
  void* place(const Buffer& buffer, int r) const {
    return reinterpret_cast<unsigned char*>(buffer.data()) +
           row_numbers() * static_cast<std::size_t>(r) * (bf16 ? sizeof(std::uint16_t) : sizeof(float));
  }
};

}  // namespace doppel::nn::engine
