// A value that flows through the net: the whole batch's, rows outermost, so that a shard is a slice.
#pragma once

#include <memory>
#include <oneapi/dnnl/dnnl.hpp>

#include "buffer.h"
#include "doppel/nn/graph.h"

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

struct Blob {
  Shape shape;
  Format format = kPlain;
  std::shared_ptr<Buffer> data,
      grad;  ///< shared where a layer works in place; grad is null where nobody needs it

  int padded_channels() const { return (shape.channels + format.block - 1) / format.block * format.block; }
  std::size_t row_floats() const {
    return static_cast<std::size_t>(padded_channels()) * shape.height * shape.width;
  }
  float* row(int r) const { return data->data() + row_floats() * static_cast<std::size_t>(r); }
  float* grad_row(int r) const { return grad->data() + row_floats() * static_cast<std::size_t>(r); }
  /// oneDNN's view of `rows` rows.
  dnnl::memory::desc desc(int rows) const {
    return {{rows, shape.channels, shape.height, shape.width}, dnnl::memory::data_type::f32, format.tag};
  }
  void allocate(int rows, bool with_grad) {
    data = std::make_shared<Buffer>(row_floats() * static_cast<std::size_t>(rows));
    if (with_grad) grad = std::make_shared<Buffer>(data->count());
  }
};

}  // namespace doppel::nn::engine
