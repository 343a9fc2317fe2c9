#include "doppel/augment/transforms/occlusion/drop_in_object.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(DropInObject, HolesLieInsideObjectsAndTakeTheirShare) {
  Sample sample = flat_sample(60, 100, 1, 1);
  sample.boxes = {{10, 10, 30, 50, 0, 1}, {50, 20, 90, 40, 1, 1}};
  const DropInObject drop{
      .holes = {1, 1}, .height = {0.5, 0.5}, .width = {0.25, 0.25}, .fill = CoverFill::Color, .p = 1};
  for (std::uint64_t i = 0; i < 100; ++i) {
    const Sample out = Recipe{drop}.apply(sample, {.index = i});
    int outside = 0;
    for (int y = 0; y < 60; ++y)
      for (int x = 0; x < 100; ++x) {
        const bool inside =
            (x >= 10 && x < 30 && y >= 10 && y < 50) || (x >= 50 && x < 90 && y >= 20 && y < 40);
        outside += out.image.at<float>(y, x) == 0 && !inside;
      }
    EXPECT_EQ(outside, 0) << i;
    // 5x20 and 10x10 pixels, and a pixel more where the hole lies between pixels.
    for (const cv::Rect& box : {cv::Rect(10, 10, 20, 40), cv::Rect(50, 20, 40, 20)}) {
      const int hidden = static_cast<int>(box.area()) - cv::countNonZero(out.image(box));
      EXPECT_GE(hidden, 100);
      EXPECT_LE(hidden, 126);
    }
    for (const Box& box : out.boxes) EXPECT_NEAR(box.visibility, 1 - 1 / 8.0, 0.05);
  }
}

TEST(DropInObject, WithoutObjectsThereAreNoHoles) {
  EXPECT_TRUE((Recipe{DropInObject{.p = 1}}.draw(flat_sample(9, 9, 1), {}).ops.empty()));
}

}  // namespace
}  // namespace doppel::augment
