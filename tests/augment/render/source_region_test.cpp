// What a plan reads of its image: the rest may hold anything.
#include <gtest/gtest.h>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"

namespace doppel::augment {
namespace {

TEST(SourceRegion, PixelsOutsideItChangeNothing) {
  const char* const recipes[] = {
      "[RandomResizedCrop: {size: [24, 24]}]",
      "[RandomResizedCrop: {size: [24, 24], scale: [0.02, 0.3]}, HorizontalFlip: {}, ColorJitter: {p: 1}]",
      "[HorizontalFlip: {}, RandomCrop: {size: [20, 30]}]",
      "[Rotate: {p: 1}, CenterCrop: {size: [20, 20]}]",
      "[Rotate: {p: 1, fill: reflect}, CenterCrop: {size: [60, 50]}]",
      "[Affine: {p: 1, fill: wrap}, CenterCrop: {size: [30, 30]}]",
      "[Perspective: {p: 1, fill: replicate}, RandomCrop: {size: [16, 16]}]",
      "[Resize: {size: [20, 20]}]",
      "[Resize: {size: [200, 170], filter: bicubic}, RandomCrop: {size: [64, 64]}]",
      "[Transpose: {p: 1}, RandomCrop: {size: [31, 17]}]",
      "[Elastic: {p: 1}, RandomCrop: {size: [31, 17]}]",
      "[ColorJitter: {p: 1}, RandomCrop: {size: [31, 17]}]",
      "[Pad: {left: 9, right: 4, top: 3, bottom: 2, fill: reflect}, RandomCrop: {size: [40, 40]}]"};
  for (const char* text : recipes) {
    const Recipe recipe = Recipe::from_yaml(text);
    int smaller = 0;
    for (std::uint64_t index = 0; index < 60; ++index) {
      Sample sample;
      sample.image = wavy(71, 93, index % 2 == 0 ? 3 : 1);
      const Plan plan = recipe.draw(sample, {.seed = 4, .index = index});
      const cv::Rect region = source_region(plan);
      ASSERT_EQ(region & cv::Rect(0, 0, 93, 71), region) << text;
      smaller += region.area() < 93 * 71;
      cv::Mat spoilt(71, 93, sample.image.type(), cv::Scalar::all(index % 3 == 0 ? 255 : 7));
      sample.image(region).copyTo(spoilt(region));
      ASSERT_EQ(cv::norm(render(plan, sample.image), render(plan, spoilt), cv::NORM_INF), 0)
          << text << " " << index;
    }
    const std::string_view name(text);
    if (name.starts_with("[RandomResizedCrop") || name.starts_with("[HorizontalFlip") ||
        name.starts_with("[Transpose")) {
      EXPECT_GT(smaller, 30) << text;
    }
  }
}

TEST(SourceRegion, PixelsAreFilledInBeforeATransformLooks) {
  Sample sample;
  sample.image = cv::Mat(64, 64, CV_8UC3, cv::Scalar::all(0));
  int asked = 0;
  const auto fill = [&] { ++asked, wavy(64, 64, 3).copyTo(sample.image); };
  (void)Recipe::from_yaml("[RandomCrop: {size: [20, 20]}]").draft(sample, {}, {}, fill);
  EXPECT_EQ(asked, 0);
  (void)Recipe::from_yaml("[ObjectSafeCrop: {}]").draft(sample, {}, {}, fill);
  EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace doppel::augment
