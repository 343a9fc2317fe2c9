#include "doppel/augment/transforms/quality/bayer_mosaic.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <utility>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(BayerMosaic, SeesOneColourAtEachPlaceAndJoinsThemBilinearly) {
  // One point of one colour on black, at a place of the RGGB array.
  const auto seen = [](int x, int y, int channel) {
    Sample sample;
    sample.image = cv::Mat(8, 8, CV_32FC3, cv::Scalar::all(0));
    sample.image.at<cv::Vec3f>(y, x)[channel] = 1;
    const cv::Mat out = Recipe{BayerMosaic{1}}.apply(sample, {}).image;
    cv::Mat plane;
    cv::extractChannel(out, plane, channel);
    EXPECT_NEAR(cv::sum(out)[0] + cv::sum(out)[1] + cv::sum(out)[2], cv::sum(plane)[0], 1e-6);
    return plane;
  };
  const cv::Mat tent = (cv::Mat_<float>(3, 3) << 0.25, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 0.25);
  EXPECT_LE(cv::norm(seen(2, 4, 0)(cv::Rect(1, 3, 3, 3)), tent, cv::NORM_INF), 1e-6);
  EXPECT_LE(cv::norm(seen(3, 5, 2)(cv::Rect(2, 4, 3, 3)), tent, cv::NORM_INF), 1e-6);
  const cv::Mat cross = (cv::Mat_<float>(3, 3) << 0, 0.25, 0, 0.25, 1, 0.25, 0, 0.25, 0);
  for (const auto& [x, y] : {std::pair{3, 4}, {2, 3}})
    EXPECT_LE(cv::norm(seen(x, y, 1)(cv::Rect(x - 1, y - 1, 3, 3)), cross, cv::NORM_INF), 1e-6);
  // What no filter passes is lost.
  EXPECT_EQ(cv::sum(seen(3, 4, 0))[0], 0);
  EXPECT_EQ(cv::sum(seen(2, 4, 1))[0], 0);
  EXPECT_EQ(cv::sum(seen(2, 4, 2))[0], 0);
}

TEST(BayerMosaic, KeepsFlatColoursAlphaAndGreyImages) {
  Sample sample;
  sample.image = cv::Mat(7, 9, CV_8UC4, cv::Scalar(10, 200, 77, 0));
  cv::randu(sample.image.reshape(1).col(3), 0, 255);
  EXPECT_EQ(largest_difference(Recipe{BayerMosaic{1}}.apply(sample, {}).image, sample.image), 0);
  sample.image = wavy(9, 8, 1);
  EXPECT_EQ(largest_difference(Recipe{BayerMosaic{1}}.apply(sample, {}).image, sample.image), 0);
}

}  // namespace
}  // namespace doppel::augment
