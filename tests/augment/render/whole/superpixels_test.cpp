#include "render/whole/superpixels.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <set>

#include "augment/test_images.h"

namespace doppel::augment {
namespace {

TEST(SuperpixelsOp, PatchesTakeTheirMeans) {
  const cv::Mat image = wavy(90, 120, 3, CV_32F);
  const cv::Mat out = superpixels(image, {.count = 40});
  std::set<std::array<float, 3>> colors;
  for (const auto& p : cv::Mat_<cv::Vec3f>(out)) colors.insert({p[0], p[1], p[2]});
  EXPECT_LE(colors.size(), 60U);  // about 40
  EXPECT_GE(colors.size(), 20U);
  const cv::Scalar before = cv::mean(image), after = cv::mean(out);
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(after[c], before[c], 1e-5);
}

TEST(SuperpixelsOp, EdgesOfColourStay) {
  cv::Mat image(64, 64, CV_8UC3, cv::Scalar(20, 40, 200));
  image(cv::Rect(0, 0, 29, 64)).setTo(cv::Scalar(230, 40, 20));  // not on the grid of patches
  EXPECT_EQ(largest_difference(superpixels(image, {.count = 16}), image), 0);
}

TEST(SuperpixelsOp, AShareOfThePatchesIsReplaced) {
  const cv::Mat image = wavy(100, 100, 1, CV_32F), all = superpixels(image, {.count = 400});
  EXPECT_EQ(largest_difference(superpixels(image, {.count = 400, .share = 0}), image), 0);
  double replaced = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const cv::Mat out = superpixels(image, {.count = 400, .share = 0.3, .seed = seed});
    EXPECT_EQ(cv::countNonZero((out != image) & (out != all)), 0);
    replaced += cv::countNonZero(out != image) / 1e5;
  }
  EXPECT_NEAR(replaced, 0.3, 0.04);
}

TEST(SuperpixelsOp, OnePixelAndLargeImagesAreDefined) {
  const cv::Mat one(1, 1, CV_8UC3, cv::Scalar(5, 6, 7)), even(3, 400, CV_8UC1, cv::Scalar(99));
  EXPECT_EQ(largest_difference(superpixels(one, {}), one), 0);
  EXPECT_EQ(largest_difference(superpixels(even, {.count = 5}), even), 0);
}

}  // namespace
}  // namespace doppel::augment
