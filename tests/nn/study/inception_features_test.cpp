#include "doppel/nn/study/inception_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/formats/weights.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/model/zoo.h"
#include "error_of.h"
#include "nn/study/tiny_images.h"

namespace doppel::nn {
namespace {

TEST(InceptionFeatures, AreWhatTheLastLayerReads) {
  const dataset::TemporaryFolder folder;
  const auto path = folder.path() / "inception.safetensors";
  Model model(build_graph(parse_network(network_of("inception_v3")), {3, 299, 299}, 1000), 5);
  save_weights(path, model);
  InceptionFeatures inception(path);
  EXPECT_FALSE(inception.is_original());
  // An image of one grey level, which resizing leaves as it is.
  std::vector<augment::Sample> samples(2);
  for (int i = 0; i < 2; ++i) {
    samples[static_cast<std::size_t>(i)].image = cv::Mat(4, 4, CV_8UC1, cv::Scalar(255 * i));
    samples[static_cast<std::size_t>(i)].label = i;
  }
  const FeatureSet features = inception.features(tiny_source(std::move(samples)));
  ASSERT_EQ(features.width, 2048U);
  ASSERT_EQ(features.count(), 2U);
  // The last layer makes of them what the whole network gives.
  Executor executor(model, {.batch = 1, .shards = 1, .mode = ExecutorOptions::Mode::Inference});
  const auto logits = executor.predict(std::vector<float>(3UL * 299 * 299, 1.F), 1);
  const std::string head = model.graph().nodes.back().name;
  const Parameter &weight = *model.find(head, "weight"), &bias = *model.find(head, "bias");
  for (const std::size_t unit : {0UL, 17UL, 999UL}) {
    double sum = static_cast<double>(bias.value[unit]);
    for (std::size_t k = 0; k < 2048; ++k)
      sum +=
          static_cast<double>(weight.value[unit * 2048 + k]) * static_cast<double>(features.values[2048 + k]);
    EXPECT_NEAR(sum, logits[unit], 1e-3 * std::max(1.0, std::abs(sum)));
  }
}

TEST(InceptionFeatures, OtherNetworksAreRefused) {
  const dataset::TemporaryFolder folder;
  const auto path = folder.path() / "other.safetensors";
  Model lenet(build_graph(parse_network(network_of("lenet5")), {1, 32, 32}, 10), 5);
  save_weights(path, lenet);
  const std::string error = error_of([&] { InceptionFeatures inception(path); });
  EXPECT_NE(error.find("other.safetensors"), std::string::npos) << error;
  Model ten(build_graph(parse_network(network_of("inception_v3")), {3, 299, 299}, 10), 5);
  save_weights(path, ten);
  EXPECT_NE(
      error_of([&] { InceptionFeatures inception(path); }).find("is no Inception v3 of 1000 or 1008 classes"),
      std::string::npos);
}

TEST(InceptionFeatures, TheOriginalsNetworkIsKnownByItsClasses) {
  const dataset::TemporaryFolder folder;
  const auto path = folder.path() / "original.safetensors";
  Model model(build_graph(parse_network(network_of("inception_v3")), {3, 299, 299}, 1008), 5);
  save_weights(path, model);
  InceptionFeatures inception(path);
  EXPECT_TRUE(inception.is_original());
  const auto some = tiny_source(5, 1);
  const PublishedQuality quality = published_quality(inception, some, tiny_source(2, 2), some);
  EXPECT_EQ(quality.count, 5U);
  EXPECT_EQ(quality.floor_count, 2U);
  EXPECT_NEAR(quality.frechet, 0, 1e-2);  // the same images
  EXPECT_GT(quality.floor, 0);
  EXPECT_EQ(quality.overlap.precision, 1);
}

}  // namespace
}  // namespace doppel::nn
