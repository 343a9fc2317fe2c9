#include "model/fold.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/hash.h"
#include "doppel/base/random.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

std::vector<float> fold_noise(std::size_t n, std::uint64_t seed) {
  std::vector<float> v(n);
  const Stream s{.seed = seed};
  for (std::size_t i = 0; i < n; ++i) v[i] = static_cast<float>(s.split("at", i).normal("v"));
  return v;
}

TEST(Fold, OneConvolutionByHand) {
  Model model(build_graph(parse_network("conv1x1(2)-bn(eps=0.25)-gap"), {1, 1, 1}), 1);
  model.find("conv1", "weight")->value = {3, -5};
  model.find("bn1", "weight")->value = {2, 1};
  model.find("bn1", "bias")->value = {7, 0};
  model.find("bn1", "running_mean")->value = {1, 4};
  model.find("bn1", "running_var")->value = {0.75, 3.75};
  Model plain = folded(model, model.graph());
  // 2 · (3x - 1) / 1 + 7 and (-5x - 4) / 2.
  EXPECT_EQ(plain.find("conv1", "weight")->value, (std::vector<float>{6, -2.5}));
  EXPECT_EQ(plain.find("conv1", "bias")->value, (std::vector<float>{5, -2}));
  EXPECT_EQ(plain.find("bn1", "weight"), nullptr);
  EXPECT_EQ(plain.graph().nodes.back().inputs, std::vector{0});
  EXPECT_EQ(plain.graph().parameters(), 4);
}

TEST(Fold, OnlyANormThatAloneReadsAConvolutionGoes) {
  const auto has = [](const char* text) { return has_foldable(build_graph(parse_network(text), {2, 8, 8})); };
  EXPECT_TRUE(has("conv1x1(2)-bn"));
  EXPECT_TRUE(has("deconv4x4(2)-bn"));
  EXPECT_FALSE(has("bn-conv1x1(2)"));
  EXPECT_FALSE(has("conv1x1(2)-relu-bn"));
  EXPECT_FALSE(has("conv1x1(2)-add[bn|]"));
  EXPECT_FALSE(has("conv1x1(2)"));
}

TEST(Fold, AModelWithoutItsNormsGivesTheSame) {
  const Graph graph = build_graph(
      parse_network("conv3x3(8)-bn-relu-deconv4x4(6)-bn-lrelu(0.1)-add[conv3x3(6,bias)-bn|]-bn-gap-fc"),
      {2, 9, 9}, 4);
  Model model(graph, 3);
  for (Parameter& p : model.parameters()) {
    const auto noise = fold_noise(p.value.size(), fnv1a(p.name));
    for (std::size_t i = 0; i < noise.size(); ++i)
      p.value[i] =
          p.name.ends_with("running_var") ? 0.5F + noise[i] * noise[i] : p.value[i] + 0.3F * noise[i];
  }
  Model plain = folded(model, model.graph());
  // One BatchNorm follows a sum and stays.
  EXPECT_EQ(plain.graph().nodes.size() + 3, graph.nodes.size());
  EXPECT_FALSE(has_foldable(plain.graph()));
  const auto images = fold_noise(5 * 2 * 81, 9);
  const ExecutorOptions options{.batch = 5, .shards = 1, .mode = ExecutorOptions::Mode::Inference};
  Executor one(model, options), other(plain, options);
  const auto a = one.predict(images, 5), b = other.predict(images, 5);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-4 * std::max(1.F, std::abs(a[i])));
  // The executor follows the model's numbers.
  const std::vector<float> before(a.begin(), a.end());
  for (float& v : model.find("bn1", "weight")->value) v *= 2;
  one.parameters_changed();
  const auto after = one.predict(images, 5);
  EXPECT_NE(before, std::vector<float>(after.begin(), after.end()));
}

}  // namespace
}  // namespace doppel::nn
