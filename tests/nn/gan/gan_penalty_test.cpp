#include "gan/gan_penalty.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <sstream>

#include "doppel/base/random.h"
#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

std::vector<float> penalty_noise(std::size_t n, std::uint64_t seed) {
  std::vector<float> v(n);
  const Stream s{.seed = seed};
  for (std::size_t i = 0; i < n; ++i) v[i] = static_cast<float>(s.split("at", i).normal("v"));
  return v;
}

TEST(GanPenalty, OfALinearVerdictByHand) {
  // The slope of 3x + 4y is 5 long everywhere; away from length 1 by 4.
  Model model(build_graph(parse_network("fc(1)"), {1, 1, 2}), 1);
  Parameter &weight = *model.find("fc1", "weight"), &bias = *model.find("fc1", "bias");
  weight.value = {3, 4};
  Executor executor(model, {.batch = 2, .input_gradient = true, .tangent = true});
  for (const double length : {0.0, 1.0}) {
    executor.forward(std::vector<float>{1, -2, 7, 5}, 2, 0);
    weight.grad = {10, 20};
    bias.grad = {30};
    const double penalty = add_gradient_penalty(executor, model, std::vector<float>{1, 1},
                                                {.gamma = 0.5, .length = length, .divisor = 2});
    EXPECT_NEAR(penalty, 0.5 / 2 * (5 - length) * (5 - length), 1e-6);  // the mean over two images
    // It is added: 0.5 · (5 - length) · w / 5. A bias has no say in a slope.
    EXPECT_NEAR(weight.grad[0], 10 + 0.5 * (5 - length) * 3 / 5, 1e-5);
    EXPECT_NEAR(weight.grad[1], 20 + 0.5 * (5 - length) * 4 / 5, 1e-5);
    EXPECT_EQ(bias.grad[0], 30);
  }
}

// The penalty jumps where a rectifier turns; with slopes this near to 1, differences still show its gradient.
TEST(GanPenalty, ItsGradientIsThatOfItsValue) {
  Model model(
      build_graph(parse_network("conv3x3(16,s2)-lrelu(0.97)-conv3x3(16)-lrelu(0.97)-gap-fc(3)"), {2, 8, 8}),
      4);
  Executor executor(model, {.batch = 6, .shards = 2, .input_gradient = true, .tangent = true});
  const auto images = penalty_noise(6 * 128, 1);
  std::vector<float> ones(6 * 3, 0.F);
  for (std::size_t r = 0; r < 6; ++r) ones[3 * r] = ones[3 * r + 1 + r % 2] = 1;
  const auto penalty = [&] {
    executor.parameters_changed();
    executor.forward(images, 6, 0);
    executor.backward(std::vector<float>(18, 0.F));
    return add_gradient_penalty(executor, model, ones, {.gamma = 0.7, .length = 0, .divisor = 6});
  };
  const double value = penalty();
  // By hand: half of gamma times the mean squared length of what a verdict means for its image.
  executor.forward(images, 6, 0);
  double square = 0;
  for (const float g : executor.backward(ones)) square += static_cast<double>(g) * static_cast<double>(g);
  EXPECT_NEAR(value, 0.35 * square / 6, 1e-6 * value);
  penalty();
  for (const char* name : {"conv1", "conv2", "fc1"}) {
    Parameter& weight = *model.find(name, "weight");
    const std::vector<float> gradient = weight.grad;
    double most = 0;
    for (const float g : gradient) most = std::max(most, static_cast<double>(std::abs(g)));
    for (std::size_t i = 0; i < gradient.size(); i += std::max<std::size_t>(1, gradient.size() / 9)) {
      const float before = weight.value[i];
      weight.value[i] = before + 0.01F;
      const double up = penalty();
      weight.value[i] = before - 0.01F;
      const double down = penalty();
      weight.value[i] = before;
      EXPECT_NEAR((up - down) / 0.02, gradient[i], 0.03 * most) << name << ' ' << i;
    }
  }
}

/// A line of numbers.
std::vector<float> line_of_numbers(std::ifstream& file) {
  std::string text;
  std::getline(file, text);
  std::istringstream words(text);
  return {std::istream_iterator<float>(words), {}};
}

// tests/nn/data/make_penalty.py: double backward in float64.
void check_double_backward(const std::string& path, const char* network) {
  SCOPED_TRACE(network);
  std::ifstream file(path);
  ASSERT_TRUE(file);
  Model model(build_graph(parse_network(network), {2, 8, 8}), 4);
  const auto images = line_of_numbers(file), penalty = line_of_numbers(file);
  std::vector<std::vector<float>> expected;
  for (Parameter& p : model.parameters()) {
    const auto value = line_of_numbers(file);
    ASSERT_EQ(value.size(), p.value.size()) << p.name;
    p.value = value;
    expected.push_back(line_of_numbers(file));
  }
  for (const auto precision : {Precision::F32, Precision::BF16}) {
    Executor executor(
        model, {.batch = 3, .shards = 2, .precision = precision, .input_gradient = true, .tangent = true});
    executor.forward(images, 3, 0);
    const std::vector<float> ones{1, 1, 0, 1, 0, 1, 1, 1, 0};
    executor.backward(std::vector<float>(9, 0.F));
    const double close = precision == Precision::F32 ? 1e-5 : 2e-2;
    EXPECT_NEAR(add_gradient_penalty(executor, model, ones, {.gamma = 0.7, .length = 0, .divisor = 3}),
                penalty[0], close * static_cast<double>(penalty[0]));
    for (std::size_t p = 0; p < expected.size(); ++p) {
      const auto& grad = model.parameters()[p].grad;
      const double most = static_cast<double>(
          std::abs(*std::ranges::max_element(expected[p], {}, [](float v) { return std::abs(v); })));
      for (std::size_t i = 0; i < grad.size(); ++i)
        ASSERT_NEAR(grad[i], expected[p][i], close * most) << model.parameters()[p].name << ' ' << i;
    }
  }
}

TEST(GanPenalty, IsPyTorchsDoubleBackward) {
  check_double_backward(DOPPEL_NN_DATA "/penalty.txt",
                        "conv3x3(4,s2,p1)-lrelu(0.2)-conv3x3(4,p1)-lrelu(0.2)-gap-fc(3)");
  check_double_backward(DOPPEL_NN_DATA "/penalty_pooled.txt",
                        "conv3x3(16,p1,bias)-lrelu(0.2)-maxpool3x3(s2,p1)-conv3x3(4,p1,bias)-maxpool2x2-"
                        "lrelu(0.2)-gap-fc(3)");
}

}  // namespace
}  // namespace doppel::nn
