#include "doppel/nn/study/forecast.h"

#include <gtest/gtest.h>

#include "doppel/dataset/sources/memory.h"
#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

TEST(Forecast, MeasuresWithACopyAndNamesTheKernels) {
  std::vector<augment::Sample> samples(12);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i].image = cv::Mat(8, 8, CV_8UC1, cv::Scalar(static_cast<double>(20 * i)));
    samples[i].label = static_cast<int>(i % 2);
  }
  dataset::Loader loader(dataset::InMemory(std::move(samples), {"a", "b"}), {}, {.batch = 6, .epochs = 1});
  const Model model(build_graph(parse_network("conv3x3(8)-tanh-conv3x3(8)-bn-gap-fc"), {1, 8, 8}, 2), 1);
  std::vector<Parameter> before(model.parameters().begin(), model.parameters().end());
  const Forecast small = forecast(model, loader, {}, 2);
  for (std::size_t p = 0; p < before.size(); ++p) EXPECT_EQ(model.parameters()[p].value, before[p].value);
  EXPECT_GT(small.images_per_second, 0);
  // At least the images, and what the convolutions give with its gradient.
  EXPECT_GT(small.memory_bytes, 6U * 64 * 4 * (1 + 2 * 8));
  // Counts of implementations, of two convolutions and an activation at least.
  int counted = 0;
  for (std::size_t at = 0; at != std::string::npos;) {
    const std::size_t begin = at == 0 ? 0 : at + 2;
    counted += std::stoi(small.kernels.substr(begin));
    at = small.kernels.find(", ", begin);
  }
  EXPECT_GE(counted, 3) << small.kernels;
  EXPECT_LE(counted, 6) << small.kernels;
}

}  // namespace
}  // namespace doppel::nn
