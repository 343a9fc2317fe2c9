#include "doppel/augment/transforms/flip/rotate90.h"

#include <gtest/gtest.h>

#include <map>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(Rotate90, TurnsCounterClockwiseExactly) {
  Sample sample;
  sample.image = (cv::Mat_<unsigned char>(2, 3) << 1, 2, 3, 4, 5, 6);
  sample.boxes = {{0, 0, 1, 1, 0, 1}};
  sample.keypoints = {{0.5, 0.5, 10, 1, 0, 1}};
  const Sample once = Recipe{Rotate90{.times = {1}, .p = 1}}.apply(sample, {});
  EXPECT_EQ(largest_difference(once.image, (cv::Mat_<unsigned char>(3, 2) << 3, 6, 2, 5, 1, 4)), 0);
  EXPECT_EQ(once.boxes.at(0), (Box{0, 2, 1, 3, 0, 1}));  // the 1 is below, left
  EXPECT_NEAR(once.keypoints.at(0).angle, 100, 1e-9);
  const Sample half = Recipe{Rotate90{.times = {2}, .p = 1}}.apply(sample, {});
  EXPECT_EQ(largest_difference(half.image, (cv::Mat_<unsigned char>(2, 3) << 6, 5, 4, 3, 2, 1)), 0);
  const Sample thrice = Recipe{Rotate90{.times = {3}, .p = 1}}.apply(sample, {});
  EXPECT_EQ(largest_difference(thrice.image, (cv::Mat_<unsigned char>(3, 2) << 4, 1, 5, 2, 6, 3)), 0);
}

TEST(Rotate90, ChoosesAmongItsTurnsAlike) {
  Sample sample;
  sample.image = (cv::Mat_<unsigned char>(2, 2) << 0, 1, 2, 3);
  std::map<int, int> upper_left;
  for (std::uint64_t i = 0; i < 1500; ++i)
    ++upper_left[Recipe{Rotate90{.times = {0, 1, 3}, .p = 1}}.apply(sample, {.index = i}).image.data[0]];
  EXPECT_EQ(upper_left.size(), 3U);
  for (const int corner : {0, 1, 2}) EXPECT_NEAR(upper_left[corner], 500, 90);
  EXPECT_EQ(error_of([] { Recipe{Rotate90{.times = {}}}; }), "Rotate90: times names no quarter turns");
}

TEST(Rotate90, FourQuartersAreNothing) {
  Sample sample;
  sample.image = wavy(13, 21, 3);
  const Rotate90 quarter{.times = {1}, .p = 1};
  EXPECT_EQ(
      largest_difference(Recipe{quarter, quarter, quarter, quarter}.apply(sample, {}).image, sample.image),
      0);
}

}  // namespace
}  // namespace doppel::augment
