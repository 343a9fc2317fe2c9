#include "doppel/nn/study/classifier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "doppel/base/error.h"
#include "doppel/base/settings.h"
#include "nn/study/tiny_images.h"

namespace doppel::nn {
namespace {

TEST(Classifier, LearnsAndSaysWhatItSeesInTheSourcesOrder) {
  Classifier classifier(tiny_info(), tiny_source(40, 1), tiny_classifier());
  auto test = tiny_samples(30, 2);
  test[7].label = 0;  // what it is said to be needn't be what it is
  const auto said = classifier.predictions(tiny_source(test));
  ASSERT_EQ(said.size(), 30U);
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(said[i].label, test[i].label) << i;
    EXPECT_EQ(said[i].predicted, static_cast<int>(i % 2)) << i;
    EXPECT_EQ(said[i].confidence_in_label > 0.5, said[i].predicted == said[i].label) << i;
  }
  EXPECT_NEAR(classifier.accuracy(tiny_source(test)), 29.0 / 30, 1e-12);
  // The same seed is the same classifier.
  Classifier again(tiny_info(), tiny_source(40, 1), tiny_classifier());
  EXPECT_EQ(again.predictions(tiny_source(test))[3].confidence_in_label, said[3].confidence_in_label);
}

TEST(Classifier, FeaturesAreWhatItsLastLayerSees) {
  Classifier classifier(tiny_info(), tiny_source(40, 1), tiny_classifier());
  const FeatureSet features = classifier.features(tiny_source(10, 2));
  EXPECT_EQ(features.width, 5U);
  ASSERT_EQ(features.count(), 10U);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(features.labels[i], static_cast<int>(i % 2));
  for (const float v : features.values) EXPECT_GE(v, 0);  // behind a rectifier
  EXPECT_NE(*std::ranges::max_element(features.values), 0);
  EXPECT_TRUE(Classifier::has_features(ClassifierOptions{}.network));
  EXPECT_FALSE(Classifier::has_features("gap-fc-softmax"));
  ClassifierOptions options = tiny_classifier();
  options.network = "conv3x3(4)-gap-fc-softmax";
  options.steps = 1;
  Classifier other(tiny_info(), tiny_source(10, 1), options);
  EXPECT_THROW(other.features(tiny_source(10, 2)), UsageError);
}

TEST(Classifier, FeaturesMayBeFewerThanClasses) {
  RunInfo info = tiny_info();
  info.classes = {"a", "b", "c", "d", "e", "f", "g", "h"};
  auto samples = tiny_samples(16, 1);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i].label = static_cast<int>(i % 8);
  const auto source = std::make_shared<dataset::InMemory>(samples, info.classes);
  ClassifierOptions options = tiny_classifier();  // whose last layer but one has five units
  options.steps = 1;
  Classifier classifier(info, source, options);
  const FeatureSet features = classifier.features(source);
  EXPECT_EQ(features.width, 5U);
  ASSERT_EQ(features.count(), 16U);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(features.labels[i], static_cast<int>(i % 8));
}

TEST(Classifier, WhatHasAnotherSizeIsResized) {
  Classifier classifier(tiny_info(), tiny_source(40, 1), tiny_classifier());
  auto large = tiny_samples(20, 3);
  for (augment::Sample& sample : large) {
    cv::Mat twice(8, 8, CV_8UC1);
    for (int y = 0; y < 8; ++y)
      for (int x = 0; x < 8; ++x)
        twice.at<unsigned char>(y, x) = sample.image.at<unsigned char>(y / 2, x / 2);
    sample.image = twice;
  }
  EXPECT_EQ(classifier.accuracy(tiny_source(large)), 1);
}

TEST(Classifier, ExactlyShowsEachAsOften) {
  const auto source = tiny_source(7, 1);
  const auto some = exactly(source, 24, 5);
  ASSERT_EQ(some->size(), 24U);
  std::map<std::string, int> shown;
  for (std::size_t i = 0; i < 24; ++i) ++shown[some->name(i)];
  ASSERT_EQ(shown.size(), 7U);
  for (const auto& [name, times] : shown) EXPECT_TRUE(times == 3 || times == 4) << name;
  // Each whole round is a permutation.
  for (std::size_t round = 0; round < 3; ++round) {
    std::map<std::string, int> once;
    for (std::size_t i = 0; i < 7; ++i) ++once[some->name(7 * round + i)];
    EXPECT_EQ(once.size(), 7U);
  }
  const auto again = exactly(source, 24, 5), other = exactly(source, 24, 6);
  bool differs = false;
  for (std::size_t i = 0; i < 24; ++i) {
    EXPECT_EQ(again->name(i), some->name(i));
    differs |= other->name(i) != some->name(i);
  }
  EXPECT_TRUE(differs);
  EXPECT_THROW(exactly(tiny_source(0, 1), 3, 1), Error);
}

TEST(Classifier, SettingsAreAllButWhoIsTold) {
  ClassifierOptions before, now;
  now.threads = 7;
  now.seed = 7;  // each has its own
  EXPECT_FALSE(first_difference(settings_of(before), settings_of(now)));
  now.steps = 7;
  EXPECT_EQ(first_difference(settings_of(before), settings_of(now))->name, "steps");
  now = before;
  now.share = 0.5;
  EXPECT_EQ(first_difference(settings_of(before), settings_of(now))->name, "share");
}

}  // namespace
}  // namespace doppel::nn
