// What a convolution has to do, or a transposed one.
#pragma once

#include "step.h"

namespace doppel::nn::engine {

/// Products are counted as the direct algorithm's, without what fills channels up.
struct ConvWork {
  const Node& node;
  const Blob &in, &out;
  std::size_t weights;  ///< numbers
  int shards;
  bool bf16, learns, needs_data_grad;

  Work forward(int rows) const {
    return {products(rows), in.bytes(rows) + out.bytes(rows) + weight_bytes(), bf16};
  }
  /// The gradients of weights and of what comes in are two walks over that of what goes out; each shard has
  /// its own of the weights.
  Work backward(int rows) const {
    Work work{0, 0, bf16};
    for (const bool done : {learns, needs_data_grad})
      if (done) {
        work.flops += products(rows);
        work.bytes += in.bytes(rows) + out.bytes(rows);
      }
    work.bytes += (learns ? shards * gradient_bytes() : 0) + (needs_data_grad ? weight_bytes() : 0);
    return work;
  }
  /// From each shard's gradient to the parameter's.
  Work parameters() const { return {.bytes = learns ? (shards + 1) * gradient_bytes() : 0}; }
  /// Into the layouts of the kernels forward and back.
  Work load(bool training) const {
    return {.bytes = gradient_bytes() + (training && needs_data_grad ? 2 : 1) * weight_bytes()};
  }

  double products(int rows) const { return static_cast<double>(node.flops) * rows; }
  double gradient_bytes() const { return static_cast<double>(weights * sizeof(float)); }
  double weight_bytes() const { return gradient_bytes() / (bf16 ? 2 : 1); }
};

}  // namespace doppel::nn::engine
