#include "doppel/nn/train/whiten.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "doppel/nn/model/notation.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

TEST(Whiten, PatchesAreUncorrelatedAndOfOneVariance) {
  Model model(build_graph(parse_network("conv2x2(16,valid)-gelu-gap-fc"), {2, 7, 9}, 2), 1);
  // Neighbours that resemble each other, as in images.
  std::vector<float> images(40 * 2 * 63);
  float before = 0;
  for (std::size_t i = 0; i < images.size(); ++i) {
    before = 0.9F * before + static_cast<float>(Stream{.seed = 4}.split("at", i).normal("x"));
    images[i] = before;
  }
  whiten_first_convolution(model, images, 0);
  const Parameter& weight = *model.find("conv1", "weight");
  EXPECT_EQ(weight.rate, 0);
  EXPECT_EQ(model.find("conv1", "bias")->rate, 1);
  // The filters' outputs at all places.
  std::vector<std::array<double, 16>> outputs;
  for (std::size_t n = 0; n < 40; ++n)
    for (std::size_t y = 0; y < 6; ++y)
      for (std::size_t x = 0; x < 8; ++x) {
        auto& out = outputs.emplace_back();
        for (std::size_t f = 0; f < 16; ++f)
          for (std::size_t i = 0; i < 8; ++i)
            out[f] += static_cast<double>(weight.value[f * 8 + i]) *
                      static_cast<double>(images[n * 126 + i / 4 * 63 + (y + i / 2 % 2) * 9 + x + i % 2]);
      }
  for (std::size_t a = 0; a < 16; ++a)
    for (std::size_t b = 0; b < 16; ++b) {
      double moment = 0;
      for (const auto& out : outputs) moment += out[a] * out[b] / static_cast<double>(outputs.size());
      EXPECT_NEAR(moment, a == b ? 1 : a % 8 == b % 8 ? -1 : 0, 1e-4) << a << ' ' << b;
    }
}

TEST(Whiten, FlatDirectionsAreHeldByEpsilon) {
  // All patches are 2, 2: one direction of variance 8, one of none.
  Model model(build_graph(parse_network("conv1x2(4,valid)-gap-fc"), {1, 1, 2}, 2), 1);
  whiten_first_convolution(model, std::vector<float>{2, 2, 2, 2}, 1);
  const auto& w = model.find("conv1", "weight")->value;
  EXPECT_NEAR(std::abs(w[0]), std::sqrt(0.5) / 3, 1e-6);  // 1 / sqrt(8 + 1)
  EXPECT_NEAR(w[0], w[1], 1e-6);
  EXPECT_NEAR(std::abs(w[2]), std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(w[2], -w[3], 1e-6);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(w[4 + i], -w[i]) << i;
}

TEST(Whiten, WhatHasNoSuchFiltersIsRefused) {
  const std::vector<float> images(126, 1.F);
  for (const char* bad : {"conv2x2(18,valid)-fc", "conv2x2(3)-fc", "fc", "conv1x1(2,g2)-fc"}) {
    Model other(build_graph(parse_network(bad), {2, 7, 9}, 2), 1);
    EXPECT_THROW(whiten_first_convolution(other, images), UsageError) << bad;
  }
  Model model(build_graph(parse_network("conv2x2(16,valid)-gelu-gap-fc"), {2, 7, 9}, 2), 1);
  EXPECT_THROW(whiten_first_convolution(model, {}), UsageError);
  EXPECT_THROW(whiten_first_convolution(model, std::span(images).first(100)), UsageError);
}

TEST(Whiten, ImagesSmallerThanTheWindowAreRefused) {
  Model model(build_graph(parse_network("conv3x3(2)-gap-fc"), {1, 2, 2}, 2), 1);
  EXPECT_NE(
      error_of([&] { whiten_first_convolution(model, std::vector<float>(8), 0); }).find("3x3 pixels or more"),
      std::string::npos);
}

}  // namespace
}  // namespace doppel::nn
