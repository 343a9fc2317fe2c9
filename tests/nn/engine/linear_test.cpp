#include <gtest/gtest.h>

#include "engine/step.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

TEST(LinearStep, IsAMatrixAndABias) {
  using Numbers = std::vector<float>;
  EngineRun run("fc(2)", {3, 1, 1}, {1, 2, 3, 0, -1, 1}, [](Model& model) {
    model.find("fc1", "weight")->value = {1, 10, 100, -1, 0, 2};
    model.find("fc1", "bias")->value = {0.5, -0.5};
  });
  EXPECT_EQ(run.y, (Numbers{321.5, 4.5, 90.5, 1.5}));
  // Back goes the transpose; a weight's gradient is the sum over rows of what came in times what came back.
  EXPECT_EQ(run.back({1, 2, 0, 3}), (Numbers{-1, 10, 104, -3, 0, 6}));
  EXPECT_EQ(run.model.find("fc1", "weight")->grad, (Numbers{1, 2, 3, 2, 1, 9}));
  EXPECT_EQ(run.model.find("fc1", "bias")->grad, (Numbers{1, 5}));
}

TEST(LinearStep, GradientsMatchTheReference) {
  for (const int rows : {1, 7})
    for (const int shards : {1, 3}) {
      expect_reference_gradients("fc(12)-tanh-fc", {2, 5, 5}, rows, shards);
      // More units than one task computes the gradient of.
      expect_reference_gradients("fc(150)-tanh-fc", {1, 4, 4}, rows, shards);
    }
}

TEST(LinearStep, ProductsOfBfloat16AreNearThoseOfFloats) {
  if (!has_bf16()) GTEST_SKIP() << "this processor doesn't multiply bfloat16";
  const auto noise = reference_noise(5 * 80, 4), back = reference_noise(5 * 100, 5);
  const std::vector<float> images(noise.begin(), noise.end()), dy(back.begin(), back.end());
  const auto run = [&](Precision precision) {
    Model model(build_graph(parse_network("fc(100)"), {80, 1, 1}), 1);
    Executor executor(model, {.batch = 5, .shards = 2, .precision = precision, .input_gradient = true});
    std::vector<std::vector<float>> all;
    const auto y = executor.forward(images, 5, 0);
    all.emplace_back(y.begin(), y.end());
    const auto dx = executor.backward(dy);
    all.emplace_back(dx.begin(), dx.end());
    for (const Parameter& p : model.parameters()) all.push_back(p.grad);
    return all;
  };
  const auto floats = run(Precision::F32), rounded = run(Precision::BF16);
  EXPECT_NE(floats[0], rounded[0]);
  for (std::size_t k = 0; k < floats.size(); ++k)
    EXPECT_LT(relative_error(rounded[k], Reference::Numbers(floats[k].begin(), floats[k].end())), 0.01) << k;
}

}  // namespace
}  // namespace doppel::nn
