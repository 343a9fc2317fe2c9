#include "doppel/augment/transforms/policy/three_augment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <opencv2/core.hpp>
#include <string_view>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(ThreeAugment, IsGreySolariseOrBlurAlike) {
  std::map<std::string_view, int> counts;
  double least = 2, most = 0;
  Sample sample = flat_sample(9, 9, 0);
  sample.image.setTo(cv::Scalar(0.1, 0.5, 0.4));
  for (std::uint64_t i = 0; i < 1500; ++i) {
    const Plan plan = Recipe{ThreeAugment{.jitter = 0}}.draw(sample, {.index = i});
    ASSERT_EQ(plan.ops.size(), 1U);
    ++counts[name_of(plan.ops[0])];
    if (const auto* blur = std::get_if<op::GaussianBlur>(&plan.ops[0])) {
      least = std::min(least, blur->sigma);
      most = std::max(most, blur->sigma);
    } else if (std::holds_alternative<op::ColorMatrix>(plan.ops[0])) {
      const cv::Vec3f out =
          Recipe{ThreeAugment{.jitter = 0}}.apply(sample, {.index = i}).image.at<cv::Vec3f>(4, 4);
      for (int c = 0; c < 3; ++c) EXPECT_NEAR(out[c], 0.299 * 0.1 + 0.587 * 0.5 + 0.114 * 0.4, 1e-5);
    }
  }
  for (const char* one : {"ColorMatrix", "Solarize", "GaussianBlur"})
    EXPECT_NEAR(counts[one], 500, 95) << one;
  EXPECT_TRUE(least >= 0.1 && least < 0.15 && most > 1.95 && most <= 2) << least << " " << most;
}

TEST(ThreeAugment, JitterFollowsWithoutHue) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    const Plan plan = Recipe{ThreeAugment{}}.draw(flat_sample(9, 9, 0.5), {.index = i});
    ASSERT_EQ(plan.ops.size(), 4U);  // brightness, contrast and saturation in any order
    int contrasts = 0;
    for (std::size_t k = 1; k < 4; ++k)
      if (const auto* contrast = std::get_if<op::Contrast>(&plan.ops[k])) {
        ++contrasts;
        EXPECT_LE(std::abs(contrast->factor - 1), 0.3);
      } else {
        EXPECT_TRUE(std::holds_alternative<op::ColorMatrix>(plan.ops[k]));
      }
    EXPECT_EQ(contrasts, 1);
  }
}

}  // namespace
}  // namespace doppel::augment
