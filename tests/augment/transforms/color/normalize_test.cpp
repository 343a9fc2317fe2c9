#include "doppel/augment/transforms/color/normalize.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <string>

#include "augment/transforms/color/on_color.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(Normalize, SubtractsAndDividesPerChannelWithoutClamping) {
  Sample sample;
  sample.image = cv::Mat(2, 3, CV_8UC3, cv::Scalar(51, 102, 255));  // 0.2, 0.4, 1
  const Normalize each{.mean = {0.4, 0.3, 0.5}, .std = {0.1, 0.2, 0.25}}, one{.mean = {0.4}, .std = {0.1}};
  const cv::Mat out = Recipe{each}.apply(sample, {}).image;
  ASSERT_EQ(out.type(), CV_32FC3);
  EXPECT_LT(cv::norm(out.at<cv::Vec3f>(1, 2) - cv::Vec3f(-2, 0.5F, 2)), 1e-5);
  EXPECT_LT(cv::norm(Recipe{one}.apply(sample, {}).image.at<cv::Vec3f>(0, 0) - cv::Vec3f(-2, 0, 6)), 1e-5);
}

TEST(Normalize, KnowsImageNetAndTheLoadersStatistics) {
  Normalize preset{.preset = Normalize::Preset::Imagenet};
  EXPECT_LT(cv::norm(on_color(preset, {0.485, 0.456, 0.406})), 1e-5);
  EXPECT_LT(cv::norm(on_color(preset, {0.485 + 0.229, 0.456 - 0.224, 0.406 + 0.45}) - cv::Vec3d(1, -1, 2)),
            1e-5);
  const cv::Mat grey = Recipe{preset}.apply(flat_sample(1, 1, 0.449 + 0.226, 1), {}).image;
  EXPECT_NEAR(grey.at<float>(0, 0), 1, 1e-5);
  preset.preset = Normalize::Preset::Dataset;
  Recipe recipe{preset};
  EXPECT_EQ(
      error_of([&] { recipe.draw(flat_sample(1, 1, 0.5), {}); }),
      "Normalize {preset: dataset} needs a data set whose mean and deviation are measured, as training and a "
      "loader do; elsewhere give it mean and std");
  recipe.bind_statistics({0.1, 0.2, 0.3}, {0.1, 0.1, 0.2});
  const cv::Vec3f out = recipe.apply(flat_sample(1, 1, 0.5), {}).image.at<cv::Vec3f>(0, 0);
  EXPECT_LT(cv::norm(out - cv::Vec3f(4, 3, 1)), 1e-5);
}

TEST(Normalize, TakesTheLoadersMeanAlone) {
  Recipe recipe{Normalize{.preset = Normalize::Preset::DatasetMean}};
  EXPECT_EQ(error_of([&] {
              recipe.draw(flat_sample(1, 1, 0.5), {});
            }).find("Normalize {preset: dataset_mean} needs a data set whose mean"),
            0U);
  EXPECT_TRUE(recipe.wants_statistics());
  recipe.bind_statistics({0.1, 0.2, 0.3}, {0.1, 0.1, 0.2});
  EXPECT_FALSE(recipe.wants_statistics());
  const cv::Vec3f out = recipe.apply(flat_sample(1, 1, 0.5), {}).image.at<cv::Vec3f>(0, 0);
  EXPECT_LT(cv::norm(out - cv::Vec3f(0.4F, 0.3F, 0.2F)), 1e-5);
}

TEST(Normalize, NeedsOneValueOrOnePerChannel) {
  const Normalize two{.mean = {0.1, 0.2}}, three{.std = {0.1, 0.2, 0.3}};
  for (const int channels : {1, 3})
    EXPECT_EQ(error_of([&] { Recipe{two}.draw(flat_sample(1, 1, 0.5, channels), {}); }),
              "Normalize: mean and std need one value, or one for each of the image's " +
                  std::to_string(channels) + " channels");
  EXPECT_EQ(error_of([&] { Recipe{three}.draw(flat_sample(1, 1, 0.5, 3), {}); }), "");
  EXPECT_NE(error_of([&] { Recipe{three}.draw(flat_sample(1, 1, 0.5, 1), {}); }), "");
}

}  // namespace
}  // namespace doppel::augment
