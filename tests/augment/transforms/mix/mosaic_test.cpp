#include "doppel/augment/transforms/mix/mosaic.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

/// A partner of its own class and level at each call: 1 and 0.2, 2 and 0.4, …
PartnerSource mosaic_partners(int& given, Size size) {
  return [&given, size](std::uint64_t) {
    ++given;
    Sample sample = flat_sample(size.height, size.width, 0.2 * given, 1);
    sample.label = given;
    sample.boxes = {{0, 0, double(size.width), double(size.height), given, 1}};
    return PartnerPick{sample, {}};
  };
}

TEST(Mosaic, FourSamplesShareTheImageByArea) {
  Sample own = flat_sample(60, 90, 0, 1);
  own.label = 0;
  own.boxes = {{0, 0, 90, 60, 0, 1}};
  for (std::uint64_t i = 0; i < 100; ++i) {
    int given = 0;
    const Sample out =
        Recipe{Mosaic{.p = 1}}.apply(own, {.index = i}, mosaic_partners(given, {31 + int(i), 57}));
    EXPECT_EQ(given, 3);
    ASSERT_EQ(out.image.size(), own.image.size());
    ASSERT_EQ(out.label_shares.size(), 4U);
    ASSERT_EQ(out.boxes.size(), 4U);
    int pixels = 0;
    for (const LabelShare& share : out.label_shares) {
      const int seen = cv::countNonZero(cv::abs(out.image - 0.2 * share.label) < 0.01);
      EXPECT_NEAR(share.share, seen / 5400.0, 1e-9);
      pixels += seen;
      // Each box, which was its whole image, is its cell.
      const Box& box = out.boxes[static_cast<std::size_t>(share.label)];
      EXPECT_EQ(box.label, share.label);
      EXPECT_NEAR((box.x1 - box.x0) * (box.y1 - box.y0), seen, 1e-6);
    }
    EXPECT_EQ(pixels, 5400);
    // The four meet within the middle.
    const Box& first = out.boxes[0];
    EXPECT_TRUE(first.x1 >= 26 && first.x1 <= 64 && first.y1 >= 17 && first.y1 <= 43);
  }
}

TEST(Mosaic, OtherGridsAreEven) {
  Sample own = flat_sample(60, 90, 0, 1);
  int given = 0;
  const Sample out = Recipe{Mosaic{.grid = {1, 3}, .p = 1}}.apply(own, {}, mosaic_partners(given, {60, 90}));
  EXPECT_EQ(given, 2);
  for (int k = 0; k < 3; ++k)
    EXPECT_LE(cv::norm(out.image.colRange(30 * k, 30 * k + 30), cv::Mat(60, 30, CV_32F, cv::Scalar(0.2 * k)),
                       cv::NORM_INF),
              1e-5);
}

}  // namespace
}  // namespace doppel::augment
