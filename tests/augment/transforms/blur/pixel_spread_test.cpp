#include "doppel/augment/transforms/blur/pixel_spread.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "augment/transforms/blur/places.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(PixelSpread, PixelsComeFromUpToTheRadiusDrawn) {
  std::map<int, int> reaches;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const cv::Mat out = Recipe{PixelSpread{{0, 3}, 1}}.apply(own_places(24), {.seed = seed}).image;
    int most = 0;
    for (int y = 0; y < 24; ++y)
      for (int x = 0; x < 24; ++x) {
        const cv::Point from = came_from(out, x, y);
        most = std::max({most, std::abs(from.x), std::abs(from.y)});
      }
    ++reaches[most];
  }
  EXPECT_EQ(reaches.size(), 4U);  // 0 to 3
  for (const auto& [reach, count] : reaches) {
    EXPECT_LE(reach, 3);
    EXPECT_NEAR(count, 50, 25) << reach;
  }
}

TEST(PixelSpread, IsOfItsSeed) {
  const Recipe recipe{PixelSpread{{3, 3}, 1}};
  const cv::Mat one = recipe.apply(own_places(32), {.seed = 1}).image;
  EXPECT_EQ(largest_difference(one, recipe.apply(own_places(32), {.seed = 1}).image), 0);
  EXPECT_GT(largest_difference(one, recipe.apply(own_places(32), {.seed = 2}).image), 0);
}

}  // namespace
}  // namespace doppel::augment
