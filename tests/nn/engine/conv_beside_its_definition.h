// A convolution's step beside the convolution's definition, worked in doubles.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "doppel/base/random.h"
#include "doppel/nn/model/notation.h"
#include "engine/onednn.h"

namespace doppel::nn::engine {

struct ConvCase {
  std::string layer;  ///< in the notation
  Shape in;
  int rows;
  bool bf16_in, bf16_out;  ///< values are bfloat16, else floats
};

/// A normal number that bfloat16 holds exactly.
inline float exact_noise(std::uint64_t seed, std::size_t i) {
  const auto v = static_cast<float>(Stream{.seed = seed}.split("at", i).normal("v"));
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(v) & 0xffff0000U);
}

/// Numbers of [rows, C, H, W] in a blob's blocks.
struct BlobNumbers {
  const Blob& blob;
  Numbers numbers;

  std::size_t place(int row, int c, int y, int x) const {
    const Shape& s = blob.shape;
    const auto group = static_cast<std::size_t>(row * (blob.padded_channels() / 16) + c / 16);
    return ((group * static_cast<std::size_t>(s.height) + static_cast<std::size_t>(y)) *
                static_cast<std::size_t>(s.width) +
            static_cast<std::size_t>(x)) *
               16 +
           static_cast<std::size_t>(c % 16);
  }
  double operator()(int row, int c, int y, int x) const {
    const std::size_t i = place(row, c, y, x);
    if (!numbers.bf16) return static_cast<double>(static_cast<const float*>(numbers.at)[i]);
    const std::uint32_t word = static_cast<const std::uint16_t*>(numbers.at)[i];
    return static_cast<double>(std::bit_cast<float>(word << 16));
  }
  void fill(int rows, std::uint64_t seed) const {
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < blob.shape.channels; ++c)
        for (int y = 0; y < blob.shape.height; ++y)
          for (int x = 0; x < blob.shape.width; ++x) {
            const std::size_t i = place(r, c, y, x);
            const float v = exact_noise(seed, i);
            if (numbers.bf16)
              static_cast<std::uint16_t*>(numbers.at)[i] =
                  static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(v) >> 16);
            else
              static_cast<float*>(numbers.at)[i] = v;
          }
  }
};

/// A sum in doubles, and that of its terms' magnitudes.
struct ExactSum {
  double sum = 0, size = 0;
  void add(double term) {
    sum += term;
    size += std::abs(term);
  }
  /// True where `got` is the sum but for the rounding of a float's additions, and of bfloat16.
  void expect(double got, bool bf16, const std::string& what) const {
    EXPECT_NEAR(got, sum, 1e-6 * size + (bf16 ? std::abs(sum) / 256 : 0) + 1e-6) << what;
  }
};

/// A convolution whose values and gradients are there, and what they should be.
class ConvBesideItsDefinition {
 public:
  ConvBesideItsDefinition(const ConvCase& c, ConvKernel kernel)
      : case_(c),
        model_(build_graph(parse_network(c.layer), c.in), 1),
        node_(model_.graph().nodes[0]),
        layer_(std::get<Conv2d>(node_.layer)),
        weight_(*model_.find(node_.name, "weight")),
        bias_(model_.find(node_.name, "bias")) {
    context_.batch = context_.rows = c.rows;
    context_.bf16 = true;
    in_.shape = node_.in;
    out_.shape = node_.out;
    in_.format = {dnnl::memory::format_tag::nChw16c, 16};
    in_.bf16 = c.bf16_in;
    out_.bf16 = c.bf16_out;
    in_.allocate(c.rows, true);
    for (std::size_t i = 0; i < weight_.value.size(); ++i) weight_.value[i] = exact_noise(7, i);
    if (bias_)
      for (std::size_t i = 0; i < bias_->value.size(); ++i) bias_->value[i] = exact_noise(8, i);
    step_ = make_conv({node_, model_, context_, in_, out_, true, true, kernel}, 1);
    in_.take_memory();
    out_.take_memory();
    BlobNumbers{in_, in_.numbers(0)}.fill(c.rows, 1);
    BlobNumbers{out_, out_.grad_numbers(0)}.fill(c.rows, 2);
    step_->prepare(c.rows);
  }

  void run() {
    const OneDnnScope scope;
    step_->forward(0, {0, 0, case_.rows});
    step_->backward(0, {0, 0, case_.rows});
    step_->parameter_task(0);
  }
  const Blob& out() const { return out_; }

  /// Everything that the definition says.
  void expect_all() {
    run();
    expect_values();
    expect_data_gradients();
    expect_parameter_gradients();
  }

  void expect_values() const {
    const BlobNumbers x{in_, in_.numbers(0)}, y{out_, out_.numbers(0)};
    each_some(out_.shape, [&](int r, int f, int oy, int ox) {
      ExactSum sum;
      if (bias_) sum.add(static_cast<double>(bias_->value[static_cast<std::size_t>(f)]));
      taps(oy, ox,
           [&](int c, int ky, int kx, int iy, int ix) { sum.add(w(f, c, ky, kx) * x(r, c, iy, ix)); });
      sum.expect(y(r, f, oy, ox), out_.bf16, place_text("y", r, f, oy, ox));
    });
  }

  /// Each input's gradient is what the outputs that read it say.
  void expect_data_gradients() const {
    const BlobNumbers dy{out_, out_.grad_numbers(0)}, dx{in_, in_.grad_numbers(0)};
    each_some(in_.shape, [&](int r, int c, int iy, int ix) {
      ExactSum sum;
      for (int ky = 0; ky < layer_.kernel_h; ++ky)
        for (int kx = 0; kx < layer_.kernel_w; ++kx) {
          const int y = iy + node_.pads.top - ky * layer_.dilation,
                    x = ix + node_.pads.left - kx * layer_.dilation, s = layer_.stride;
          if (y < 0 || x < 0 || y % s != 0 || x % s != 0 || y / s >= out_.shape.height ||
              x / s >= out_.shape.width)
            continue;
          for (int f = 0; f < layer_.filters; ++f) sum.add(w(f, c, ky, kx) * dy(r, f, y / s, x / s));
        }
      sum.expect(dx(r, c, iy, ix), in_.bf16, place_text("dx", r, c, iy, ix));
    });
  }

  void expect_parameter_gradients() const {
    const BlobNumbers x{in_, in_.numbers(0)}, dy{out_, out_.grad_numbers(0)};
    const auto grad_at = [&](int f, int c, int ky, int kx) {
      return static_cast<double>(weight_.grad[weight_place(f, c, ky, kx)]);
    };
    for (int f = 0; f < layer_.filters; f += 7) {
      ExactSum bias;
      std::vector<ExactSum> sums(weight_.value.size() / static_cast<std::size_t>(layer_.filters));
      for (int r = 0; r < case_.rows; ++r)
        for (int oy = 0; oy < out_.shape.height; ++oy)
          for (int ox = 0; ox < out_.shape.width; ++ox) {
            bias.add(dy(r, f, oy, ox));
            taps(oy, ox, [&](int c, int ky, int kx, int iy, int ix) {
              if (c % 5 == 0) sums[weight_place(0, c, ky, kx)].add(x(r, c, iy, ix) * dy(r, f, oy, ox));
            });
          }
      for (int c = 0; c < in_.shape.channels; c += 5)
        for (int ky = 0; ky < layer_.kernel_h; ++ky)
          for (int kx = 0; kx < layer_.kernel_w; ++kx)
            sums[weight_place(0, c, ky, kx)].expect(grad_at(f, c, ky, kx), false,
                                                    place_text("dw", f, c, ky, kx));
      if (bias_)
        bias.expect(static_cast<double>(bias_->grad[static_cast<std::size_t>(f)]), false,
                    place_text("db", f, 0, 0, 0));
    }
  }

 private:
  static std::string place_text(const char* what, int a, int b, int c, int d) {
    return std::string(what) + ' ' + std::to_string(a) + ' ' + std::to_string(b) + ' ' + std::to_string(c) +
           ' ' + std::to_string(d);
  }
  std::size_t weight_place(int f, int c, int ky, int kx) const {
    return static_cast<std::size_t>(((f * in_.shape.channels + c) * layer_.kernel_h + ky) * layer_.kernel_w +
                                    kx);
  }
  double w(int f, int c, int ky, int kx) const {
    return static_cast<double>(weight_.value[weight_place(f, c, ky, kx)]);
  }
  /// Some of a shape's places, the corners among them, in all rows.
  template <class Visit>
  void each_some(const Shape& shape, Visit visit) const {
    for (int r = 0; r < case_.rows; ++r)
      for (int c = r % 3; c < shape.channels; c += 5)
        for (int y = 0; y < shape.height; y += y == 0 || y + 3 > shape.height ? 1 : 3)
          for (int x = 0; x < shape.width; x += x == 0 || x + 3 > shape.width ? 1 : 3) visit(r, c, y, x);
  }
  /// What an output reads.
  template <class Visit>
  void taps(int oy, int ox, Visit visit) const {
    for (int ky = 0; ky < layer_.kernel_h; ++ky)
      for (int kx = 0; kx < layer_.kernel_w; ++kx) {
        const int iy = oy * layer_.stride - node_.pads.top + ky * layer_.dilation,
                  ix = ox * layer_.stride - node_.pads.left + kx * layer_.dilation;
        if (iy < 0 || ix < 0 || iy >= in_.shape.height || ix >= in_.shape.width) continue;
        for (int c = 0; c < in_.shape.channels; ++c) visit(c, ky, kx, iy, ix);
      }
  }

  ConvCase case_;
  Model model_;
  const Node& node_;
  Conv2d layer_;
  EngineContext context_;
  Blob in_, out_;
  Parameter& weight_;
  Parameter* bias_;
  std::unique_ptr<Step> step_;
};

}  // namespace doppel::nn::engine
