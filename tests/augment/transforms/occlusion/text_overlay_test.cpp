#include "doppel/augment/transforms/occlusion/text_overlay.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <string>
#include <vector>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(TextOverlay, LettersAreAsTallAsTheyShouldBeAndWhollyInsideAtTheTop) {
  const TextOverlay text{.words = {"EH"}, .height = {0.2, 0.2}, .opacity = {1, 1}, .p = 1};
  for (std::uint64_t i = 0; i < 50; ++i) {
    const cv::Mat out = Recipe{text}.apply(flat_sample(100, 200, 0, 1), {.index = i}).image;
    const cv::Rect ink = cv::boundingRect(out > 0.5);
    // 20 pixels and the pen's width.
    EXPECT_NEAR(ink.height, 21.5, 2.5) << i;
    EXPECT_LT(ink.x, 0.75 * 200);
  }
}

TEST(TextOverlay, InkHasItsColourAndOpacity) {
  const TextOverlay text{
      .words = {"EH"}, .height = {0.5, 0.5}, .opacity = {0.5, 0.5}, .color = {1, 0.4, 0}, .p = 1};
  const cv::Mat out = Recipe{text}.apply(flat_sample(100, 200, 0.2), {}).image;
  // Halfway from the image to the ink, where a letter is thick enough, and never beyond.
  std::vector<cv::Mat> planes;
  cv::split(out, planes);
  double low = 0, high = 0;
  cv::minMaxLoc(planes[0], &low, &high);
  EXPECT_NEAR(low, 0.2, 1e-6);
  EXPECT_NEAR(high, 0.6, 1e-3);
  cv::minMaxLoc(planes[1], &low, &high);
  EXPECT_NEAR(high, 0.3, 1e-3);
  cv::minMaxLoc(planes[2], &low, &high);
  EXPECT_NEAR(low, 0.1, 1e-3);
  EXPECT_NEAR(high, 0.2, 1e-6);
}

TEST(TextOverlay, EachWordComesUp) {
  std::set<std::string> words;
  const TextOverlay text{.words = {"a", "b", "c"}, .p = 1};
  for (std::uint64_t i = 0; i < 50; ++i)
    words.insert(std::get<op::Text>(Recipe{text}.draw(flat_sample(9, 9, 0), {.index = i}).ops.at(0)).words);
  EXPECT_EQ(words.size(), 3U);
  EXPECT_TRUE((Recipe{TextOverlay{.words = {}, .p = 1}}.draw(flat_sample(9, 9, 0), {}).ops.empty()));
}

}  // namespace
}  // namespace doppel::augment
