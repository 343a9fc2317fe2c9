#include "doppel/augment/transforms/quality/halftone.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Halftone, DotsRepeatByTheirCell) {
  // A tenth of the short side of 80: eight pixels.
  const Recipe recipe{Halftone{{0.1, 0.1}, {0, 0}, {1, 1}, 1}};
  const cv::Mat out = recipe.apply(flat_sample(80, 120, 0.5, 1), {}).image;
  EXPECT_LE(cv::norm(out.colRange(0, 112), out.colRange(8, 120), cv::NORM_INF), 1e-4);
  EXPECT_LE(cv::norm(out.rowRange(0, 72), out.rowRange(8, 80), cv::NORM_INF), 1e-4);
  // A dot in the middle of each cell, paper in its corners.
  EXPECT_EQ(out.at<float>(20, 20), 0);
  EXPECT_EQ(out.at<float>(16, 16), 1);
}

TEST(Halftone, CellsAreAShareOfTheShortSideAndAtLeastTwoPixels) {
  const auto cell = [](int height, int width) {
    const Plan plan =
        Recipe{Halftone{.cell = {0.02, 0.02}, .p = 1}}.draw(flat_sample(height, width, 0.5), {});
    return std::get<op::Halftone>(plan.ops.at(0)).cell;
  };
  EXPECT_NEAR(cell(300, 200), 4, 1e-9);
  EXPECT_NEAR(cell(200, 900), 4, 1e-9);
  EXPECT_EQ(cell(20, 900), 2);
}

TEST(Halftone, TurnedByAQuarterTheGridIsItself) {
  const auto dots = [](double angle) {
    return Recipe{Halftone{{0.1, 0.1}, {angle, angle}, {1, 1}, 1}}
        .apply(flat_sample(80, 80, 0.4, 1), {})
        .image;
  };
  EXPECT_LE(cv::norm(dots(0), dots(90), cv::NORM_INF), 1e-4);
  EXPECT_GT(cv::norm(dots(0), dots(45), cv::NORM_INF), 0.5);
}

}  // namespace
}  // namespace doppel::augment
