#include "doppel/augment/transforms/blur/morphology.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <utility>

#include "augment/transforms/blur/one_point.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

using Thickness = Morphology::Mode;

TEST(Morphology, DilatesAPointToADiscAndErodesItAway) {
  for (const auto& [radius, pixels] : {std::pair{1.0, 5}, {1.3, 9}, {2.0, 13}, {3.0, 29}}) {
    const Range r{radius, radius};
    const cv::Mat disc = Recipe{Morphology{Thickness::Dilate, r, 1}}.apply(one_point(15), {}).image;
    EXPECT_EQ(cv::countNonZero(disc == 1), pixels) << radius;
    EXPECT_EQ(cv::countNonZero(disc), pixels) << radius;
    EXPECT_EQ(disc.at<float>(7, 7 + static_cast<int>(radius)), 1);
    const cv::Mat gone = Recipe{Morphology{Thickness::Erode, r, 1}}.apply(one_point(15), {}).image;
    EXPECT_EQ(cv::countNonZero(gone), 0);
  }
}

TEST(Morphology, AnyIsEitherAsOften) {
  int dilates = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Plan plan = Recipe{Morphology{.p = 1}}.draw(one_point(3), {.seed = seed});
    dilates += std::get<op::Morphology>(plan.ops.at(0)).mode == op::Morphology::Mode::Dilate;
  }
  EXPECT_NEAR(dilates, 100, 30);
}

}  // namespace
}  // namespace doppel::augment
