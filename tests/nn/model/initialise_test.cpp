// How weights begin.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "doppel/nn/model/model.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/whiten.h"

namespace doppel::nn {
namespace {

TEST(Initialisation, FollowsItsFormulas) {
  const Graph graph = build_graph(
      parse_network("conv3x3(64)-bn-relu-add[conv3x3(64)-bn-relu-conv3x3(64)-bn|conv1x1(64)-bn]-fc(32)-fc"),
      {16, 8, 8}, 10);
  const auto moments = [](const std::vector<float>& v) {
    double sum = 0, squares = 0, most = 0;
    for (const float x : v) {
      sum += static_cast<double>(x);
      squares += static_cast<double>(x * x);
      most = std::max(most, static_cast<double>(std::abs(x)));
    }
    const auto n = static_cast<double>(v.size());
    return std::array{sum / n, std::sqrt(squares / n), most};
  };
  Model he(graph, 1), xavier(graph, 1, {Initialisation::Weights::Xavier, true}),
      orthogonal(graph, 1, {Initialisation::Weights::Orthogonal});
  EXPECT_NEAR(moments(he.find("conv1", "weight")->value)[1], std::sqrt(2.0 / 144), 0.005);
  const double bound = std::sqrt(6.0 / (576 + 576));
  const auto x = moments(xavier.find("conv2", "weight")->value);
  EXPECT_NEAR(x[1], bound / std::sqrt(3), 0.001);
  EXPECT_LE(x[2], bound + 1e-6);
  // The residual branch's last BatchNorm, and no other.
  for (const char* norm : {"bn1", "bn2", "bn3", "bn4"})
    EXPECT_EQ(xavier.find(norm, "weight")->value[5], norm == std::string("bn3") ? 0 : 1) << norm;
  const auto& w = orthogonal.find("conv2", "weight")->value;
  for (std::size_t a = 0; a < 64; a += 9)
    for (std::size_t b = 0; b < 64; b += 7) {
      double dot = 0;
      for (std::size_t i = 0; i < 576; ++i) dot += static_cast<double>(w[a * 576 + i] * w[b * 576 + i]);
      EXPECT_NEAR(dot, a == b ? 2 : 0, 1e-4);
    }
  for (const Model* model : {&he, &xavier, &orthogonal})
    for (const Parameter& p : model->parameters())
      if (p.name == "fc2.weight") { EXPECT_NEAR(moments(p.value)[1], std::sqrt(1.0 / 32), 0.03); }
}

TEST(Initialisation, DiracPassesChannelsOn) {
  Model model(build_graph(parse_network("conv3x3(6)-relu-conv3x3(4)-gap-fc"), {3, 5, 5}, 2), 1,
              {Initialisation::Weights::Dirac});
  const auto& wide = model.find("conv1", "weight")->value;
  for (std::size_t i = 0; i < 3 * 27; ++i) EXPECT_EQ(wide[i], i == 4 || i == 27 + 9 + 4 || i == 54 + 18 + 4);
  EXPECT_NE(wide[3 * 27], 0);
  const auto& narrow = model.find("conv2", "weight")->value;
  for (std::size_t i = 0; i < narrow.size(); ++i) EXPECT_EQ(narrow[i], i % (54 + 9) == 4) << i;
}

TEST(Initialisation, WhiteningMakesPatchesUncorrelatedAndOfOneVariance) {
  Model model(build_graph(parse_network("conv2x2(16,valid)-gelu-gap-fc"), {2, 7, 9}, 2), 1);
  // Neighbours that resemble each other, as in pictures.
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
  for (const char* bad : {"conv2x2(18,valid)-fc", "conv2x2(3)-fc", "fc", "conv1x1(2,g2)-fc"}) {
    Model other(build_graph(parse_network(bad), {2, 7, 9}, 2), 1);
    EXPECT_THROW(whiten_first_convolution(other, images), UsageError) << bad;
  }
  EXPECT_THROW(whiten_first_convolution(model, {}), UsageError);
}

}  // namespace
}  // namespace doppel::nn
