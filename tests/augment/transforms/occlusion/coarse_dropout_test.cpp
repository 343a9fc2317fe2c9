#include "doppel/augment/transforms/occlusion/coarse_dropout.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <set>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(CoarseDropout, HolesLieInsideAndHaveTheirSizes) {
  const Recipe recipe{CoarseDropout{.holes = {2, 4}, .height = {0.1, 0.3}, .width = {0.05, 0.2}, .p = 1}};
  std::set<std::size_t> counts;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Plan plan = recipe.draw(flat_sample(100, 200, 1), {.index = i});
    const auto& holes = std::get<op::Cover>(plan.ops.at(0)).holes;
    counts.insert(holes.size() / 4);
    for (std::size_t h = 0; h < holes.size(); h += 4) {
      EXPECT_TRUE(holes[h] >= 0 && holes[h] + holes[h + 2] <= 200);
      EXPECT_TRUE(holes[h + 1] >= 0 && holes[h + 1] + holes[h + 3] <= 100);
      EXPECT_TRUE(holes[h + 2] >= 10 && holes[h + 2] <= 40);
      EXPECT_TRUE(holes[h + 3] >= 10 && holes[h + 3] <= 30);
    }
  }
  EXPECT_EQ(counts, (std::set<std::size_t>{2, 3, 4}));
}

TEST(CoarseDropout, CoversWithItsColorAndHidesWhatIsBelow) {
  Sample sample = flat_sample(40, 60, 1);
  sample.boxes = {{0, 0, 60, 40, 0, 1}};
  sample.keypoints = {{30, 20, 0, 1, 0, 1}};
  const CoarseDropout hole{
      .holes = {1, 1}, .height = {0.5, 0.5}, .width = {0.5, 0.5}, .color = {0, 0.5, 1}, .p = 1};
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Sample out = Recipe{hole}.apply(sample, {.index = i});
    cv::Mat covered;
    cv::inRange(out.image, cv::Scalar(-0.01, 0.49, 0.99), cv::Scalar(0.01, 0.51, 1.01), covered);
    EXPECT_EQ(cv::countNonZero(covered), 600);
    EXPECT_NEAR(out.boxes.at(0).visibility, 0.75, 0.02);
    EXPECT_EQ(out.keypoints.at(0).visibility, covered.at<unsigned char>(20, 30) ? 0 : 1);
  }
}

TEST(CoarseDropout, BelowHalfAPixelThereIsNoHoleAndAWholeOneFits) {
  const CoarseDropout small{.height = {0.04, 0.04}, .width = {0.04, 0.04}, .p = 1};
  EXPECT_TRUE(Recipe{small}.draw(flat_sample(9, 9, 1), {}).ops.empty());
  const CoarseDropout whole{.height = {1, 1}, .width = {1, 1}, .p = 1};
  for (const int side : {1, 7})
    EXPECT_EQ(cv::norm(Recipe{whole}.apply(flat_sample(side, side, 1), {}).image, cv::NORM_INF), 0);
  EXPECT_EQ(error_of([] { Transform(CoarseDropout{.color = {0, 1}}); }),
            "CoarseDropout: color needs one value, or r, g, b");
}

}  // namespace
}  // namespace doppel::augment
