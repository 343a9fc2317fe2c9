#include "doppel/augment/transforms/mix/resize_mix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "augment/transforms/mix/partners.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(ResizeMix, ShowsTheWholePartnerInsideTheImage) {
  Sample own = flat_sample(50, 80, 0, 1), other = flat_sample(30, 30, 1, 1);
  own.label = 0;
  other.label = 1;
  other.boxes = {{0, 0, 30, 30, 1, 1}};
  double least = 1, most = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Sample out = Recipe{ResizeMix{.scale = {0.2, 0.6}, .p = 1}}.apply(own, {.index = i}, always(other));
    ASSERT_EQ(out.boxes.size(), 1U);
    const Box& box = out.boxes[0];
    EXPECT_NEAR(box.visibility, 1, 1e-9);
    // All that is white lies in the box, and the label has its share.
    const int white = cv::countNonZero(out.image > 0.5);
    EXPECT_NEAR((box.x1 - box.x0) * (box.y1 - box.y0), white, 1e-6);
    EXPECT_EQ(cv::countNonZero(out.image(cv::Rect(cv::Point2d(box.x0, box.y0), cv::Point2d(box.x1, box.y1)))),
              white);
    EXPECT_NEAR(out.label_shares.at(1).share, white / 4000.0, 1e-9);
    const double scale = (box.x1 - box.x0) / 80;
    EXPECT_NEAR((box.y1 - box.y0) / 50, scale, 0.02 + 1 / 80.0);
    least = std::min(least, scale);
    most = std::max(most, scale);
  }
  EXPECT_GE(least, 0.2 - 1 / 80.0);
  EXPECT_LE(least, 0.25);
  EXPECT_LE(most, 0.6);
  EXPECT_GE(most, 0.55);
}

TEST(ResizeMix, OnePixelTakesOnePixel) {
  const Sample out = Recipe{ResizeMix{.p = 1}}.apply(flat_sample(1, 1, 0), {}, always(flat_sample(9, 7, 1)));
  EXPECT_EQ(out.image.size(), cv::Size(1, 1));
  EXPECT_NEAR(out.image.at<cv::Vec3f>(0, 0)[0], 1, 1e-6);
}

}  // namespace
}  // namespace doppel::augment
