#include "doppel/augment/transforms/structure/blend_mask.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/color/negative.h"
#include "doppel/augment/transforms/crop/resize.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(BlendMask, ShowsItsPartsInBoxesOrInThoseOfOneClass) {
  Sample sample;
  sample.image = wavy(40, 60, 3);
  sample.boxes = {{5, 6, 20, 16, 0, 1}, {30, 20, 55, 36, 1, 1}};
  for (const bool one_class : {false, true}) {
    const auto mask = one_class ? BlendMask::Mask::Class : BlendMask::Mask::Boxes;
    const Sample out = Recipe{BlendMask{{Negative{.p = 1}}, mask, 0.2, 1}}.apply(sample, {});
    cv::Mat wanted = sample.image.clone();
    const cv::Mat negative = cv::Scalar::all(255) - sample.image;
    for (const cv::Rect& box : {cv::Rect(5, 6, 15, 10), cv::Rect(30, 20, 25, 16)})
      if (!one_class || box.x == 30) negative(box).copyTo(wanted(box));
    EXPECT_EQ(largest_difference(out.image, wanted), 0) << one_class;
  }
}

TEST(BlendMask, ACheckersSquaresAreAShareOfTheShortSide) {
  const Recipe recipe{BlendMask{{Negative{.p = 1}}, BlendMask::Mask::Checker, 0.25}};
  const cv::Mat out = recipe.apply(flat_sample(40, 60, 0), {}).image;
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 60; ++x)
      ASSERT_EQ(out.at<cv::Vec3f>(y, x)[0], (x / 10 + y / 10) % 2 == 0 ? 1.F : 0.F) << x << " " << y;
}

TEST(BlendMask, AGradientRunsThroughTheWholeImageFromNoneToAll) {
  const Recipe recipe{BlendMask{{Negative{.p = 1}}, BlendMask::Mask::Gradient}};
  for (std::uint64_t i = 0; i < 20; ++i) {
    const cv::Mat out = recipe.apply(flat_sample(40, 60, 0, 1), {.index = i}).image;
    double low = 0, high = 0;
    cv::minMaxLoc(out, &low, &high);
    EXPECT_NEAR(low, 0, 0.03);
    EXPECT_NEAR(high, 1, 0.03);
    // Opposite places share out the whole.
    cv::Mat turned;
    cv::flip(out, turned, -1);
    EXPECT_LE(cv::norm(out + turned, cv::Mat(out.size(), CV_32F, cv::Scalar(1)), cv::NORM_INF), 1e-5);
  }
}

TEST(BlendMask, TargetsStayAndTheSizeMust) {
  Sample sample = flat_sample(20, 30, 0.5);
  sample.boxes = {{2, 3, 8, 9, 0, 1}};
  sample.keypoints = {{4, 5, 0, 1, 0, 1}};
  const Sample out = Recipe{BlendMask{{HorizontalFlip{.p = 1}}}}.apply(sample, {});
  EXPECT_EQ(out.boxes, sample.boxes);
  EXPECT_EQ(out.keypoints, sample.keypoints);
  EXPECT_TRUE((Recipe{BlendMask{{Negative{.p = 0}}}}.draw(sample, {}).ops.empty()));
  EXPECT_EQ(error_of([&] { Recipe{BlendMask{{Resize{.size = {9, 9}}}}}.apply(sample, {}); }),
            "BlendMask: its parts must keep the image's size");
}

}  // namespace
}  // namespace doppel::augment
