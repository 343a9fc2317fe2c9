#include "doppel/augment/transforms/weather/gravel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <set>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Gravel, StonesLieWithinTheirPatch) {
  const Gravel one{.patches = {1, 1}, .radius = {0.15, 0.15}, .p = 1};
  int stony = 0;
  for (std::uint64_t i = 0; i < 30; ++i) {
    const Sample sample = flat_sample(120, 160, 0.5, 1);
    const auto patch = std::get<op::Gravel>(Recipe{one}.draw(sample, {.index = i}).ops.at(0)).patches;
    ASSERT_EQ(patch.size(), 3U);
    EXPECT_NEAR(patch[2], 0.15 * 120, 1e-9);
    const cv::Mat out = Recipe{one}.apply(sample, {.index = i}).image;
    for (int y = 0; y < 120; ++y)
      for (int x = 0; x < 160; ++x) {
        if (out.at<float>(y, x) == 0.5F) continue;
        ++stony;
        // A stone's centre is inside; it is at most .015 of the short side itself.
        EXPECT_LE(std::hypot(x + 0.5 - patch[0], y + 0.5 - patch[1]), patch[2] + 0.015 * 120 + 1.5);
      }
  }
  EXPECT_GT(stony / 30, 100);
}

TEST(Gravel, EachStoneHasALightAndADarkSide) {
  // So small a patch has one stone. Lit from the upper left, that half of it is the lighter one.
  const Gravel gravel{.patches = {1, 1}, .radius = {0.016, 0.016}, .p = 1};
  const Sample sample = flat_sample(1000, 1000, 0.5, 1);
  int found = 0;
  for (std::uint64_t i = 0; i < 8; ++i) {
    const cv::Mat out = Recipe{gravel}.apply(sample, {.index = i}).image;
    const cv::Rect stone = cv::boundingRect(out != sample.image);
    if (stone.empty() || stone.br().x == 1000 || stone.br().y == 1000 || stone.x == 0 || stone.y == 0)
      continue;
    ++found;
    const int x = stone.x + stone.width / 2, y = stone.y + stone.height / 2;
    EXPECT_GT(cv::mean(out(cv::Range(stone.y + 1, y), cv::Range(stone.x + 1, x)))[0],
              cv::mean(out(cv::Range(y + 1, stone.br().y), cv::Range(x + 1, stone.br().x)))[0]);
  }
  EXPECT_GT(found, 3);
}

TEST(Gravel, PatchesAreCounted) {
  std::set<std::size_t> counts;
  for (std::uint64_t i = 0; i < 50; ++i) {
    const Plan plan = Recipe{Gravel{.patches = {0, 3}, .p = 1}}.draw(flat_sample(9, 9, 0.5), {.index = i});
    counts.insert(plan.ops.empty() ? 0 : std::get<op::Gravel>(plan.ops[0]).patches.size() / 3);
  }
  EXPECT_EQ(counts, (std::set<std::size_t>{0, 1, 2, 3}));
}

}  // namespace
}  // namespace doppel::augment
