#include "model/initialise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "doppel/nn/model/model.h"
#include "doppel/nn/model/notation.h"

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

}  // namespace
}  // namespace doppel::nn
