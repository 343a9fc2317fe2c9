#include "gan/spectral_norm.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "doppel/base/random.h"
#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

std::vector<float> spectral_noise(std::size_t n, std::uint64_t seed) {
  std::vector<float> v(n);
  const Stream s{.seed = seed};
  for (std::size_t i = 0; i < n; ++i) v[i] = static_cast<float>(s.split("at", i).normal("v"));
  return v;
}

TEST(SpectralNorm, GivesWeightsOfNormOneAndTheirGradients) {
  Model model(build_graph(parse_network("conv3x3(6)-relu-gap-fc(3)"), {2, 8, 8}), 4);
  SpectralNorm norm(model, 1);
  const std::vector<float> learned = model.find("fc1", "weight")->value;
  for (int i = 0; i < 50; ++i) {
    norm.put_on(model);
    norm.take_off(model);
  }
  Parameter& weight = *model.find("fc1", "weight");
  EXPECT_EQ(weight.value, learned);
  norm.put_on(model);
  const std::vector<float> worn = weight.value;
  const cv::Mat matrix(3, 6, CV_32F, weight.value.data());
  cv::Mat values;
  cv::SVD::compute(matrix, values);
  EXPECT_NEAR(values.at<float>(0), 1, 1e-4);
  // A loss that is the sum of all worn weights times numbers.
  const auto numbers = spectral_noise(18, 3);
  weight.grad = numbers;
  norm.take_off(model);
  const std::vector<float> gradient = weight.grad;
  const auto loss = [&] {
    for (int i = 0; i < 30; ++i) {
      norm.put_on(model);
      if (i < 29) norm.take_off(model);
    }
    double sum = 0;
    for (std::size_t i = 0; i < 18; ++i) sum += static_cast<double>(weight.value[i] * numbers[i]);
    norm.take_off(model);
    return sum;
  };
  for (std::size_t i = 0; i < 18; i += 5) {
    const float before = weight.value[i];
    weight.value[i] = before + 0.01F;
    const double up = loss();
    weight.value[i] = before - 0.01F;
    const double down = loss();
    weight.value[i] = before;
    EXPECT_NEAR((up - down) / 0.02, gradient[i], 2e-3) << i;
  }
}

TEST(SpectralNorm, LeavesBiasesAndGoesOnFromItsVectors) {
  const Graph graph = build_graph(parse_network("conv3x3(6)-relu-gap-fc(3)"), {2, 8, 8});
  Model model(graph, 4), again(graph, 4);
  model.find("fc1", "bias")->value = {3, 4, 5};
  SpectralNorm norm(model, 1), other(again, 2);
  norm.put_on(model);
  EXPECT_EQ(model.find("fc1", "bias")->value, (std::vector<float>{3, 4, 5}));
  norm.take_off(model);
  // A vector for each weight, as long as its outputs.
  ASSERT_EQ(norm.vectors().size(), 2U);
  EXPECT_EQ(norm.vectors().at("conv1.weight").size(), 6U);
  EXPECT_EQ(norm.vectors().at("fc1.weight").size(), 3U);
  other.vectors() = norm.vectors();
  norm.put_on(model);
  other.put_on(again);
  EXPECT_EQ(model.find("conv1", "weight")->value, again.find("conv1", "weight")->value);
  // Of a matrix of rank one a single iteration finds the value: |(1, 2, 2)| · |(3, 4)| = 15.
  Model thin(build_graph(parse_network("fc(3)"), {2, 1, 1}), 1);
  thin.find("fc1", "weight")->value = {3, 4, 6, 8, 6, 8};
  SpectralNorm(thin, 1).put_on(thin);
  EXPECT_NEAR(thin.find("fc1", "weight")->value[0], 3.0 / 15, 1e-6);
}

}  // namespace
}  // namespace doppel::nn
