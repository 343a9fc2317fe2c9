#include "doppel/augment/transforms/quality/chromatic_aberration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(ChromaticAberration, GreenStaysAndRedAndBlueAreDrawnApart) {
  Sample sample;
  sample.image = wavy(40, 50, 3);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Recipe recipe{ChromaticAberration{{-0.05, 0.05}, 1}};
    cv::Mat before, after;
    cv::extractChannel(sample.image, before, 1);
    cv::extractChannel(recipe.apply(sample, {.seed = seed}).image, after, 1);
    EXPECT_EQ(largest_difference(before, after), 0);
    const Plan plan = recipe.draw(sample, {.seed = seed});
    const auto& drawn = std::get<op::Chromatic>(plan.ops.at(0));
    EXPECT_NE(drawn.red, drawn.blue);
    EXPECT_LE(std::max(std::abs(drawn.red), std::abs(drawn.blue)), 0.05);
  }
}

TEST(ChromaticAberration, GreyImagesAndAlphaStay) {
  Sample sample;
  sample.image = wavy(20, 21, 1);
  const Recipe recipe{ChromaticAberration{{0.2, 0.2}, 1}};
  EXPECT_TRUE(recipe.draw(sample, {}).ops.empty());
  sample.image = wavy(20, 21, 4);
  cv::Mat before, after;
  cv::extractChannel(sample.image, before, 3);
  cv::extractChannel(recipe.apply(sample, {}).image, after, 3);
  EXPECT_EQ(largest_difference(before, after), 0);
}

}  // namespace
}  // namespace doppel::augment
