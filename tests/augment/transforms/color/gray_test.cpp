#include "doppel/augment/transforms/color/gray.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(Gray, GivesAllChannelsTheLuma) {
  const Gray gray{1};
  EXPECT_LT(cv::norm(on_color(gray, {1, 0, 0}) - cv::Vec3d::all(0.299)), 1e-6);  // Rec. 601
  EXPECT_LT(cv::norm(on_color(gray, {0, 1, 0}) - cv::Vec3d::all(0.587)), 1e-6);
  EXPECT_LT(cv::norm(on_color(gray, {0, 0, 1}) - cv::Vec3d::all(0.114)), 1e-6);
  const cv::Vec3d once = on_color(gray, {0.2, 0.7, 0.4});
  EXPECT_LT(cv::norm(on_color(gray, once) - once), 1e-6);
  EXPECT_TRUE(leaves_grey_alone(gray));
}

TEST(Gray, IsDoneToOneInTen) {
  int done = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed)
    done += !Recipe{Gray{}}.draw(flat_sample(2, 2, 0.5), {.seed = seed}).ops.empty();
  EXPECT_NEAR(done, 200, 55);
}

}  // namespace
}  // namespace doppel::augment
