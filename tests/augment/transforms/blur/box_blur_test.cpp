#include "doppel/augment/transforms/blur/box_blur.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <set>

#include "augment/transforms/blur/one_point.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(BoxBlur, SpreadsAPointEvenlyOverASquare) {
  const cv::Mat out = Recipe{BoxBlur{{5, 5}, 1}}.apply(one_point(11), {}).image;
  for (int y = 0; y < 11; ++y)
    for (int x = 0; x < 11; ++x) {
      const bool inside = std::max(std::abs(x - 5), std::abs(y - 5)) <= 2;
      EXPECT_NEAR(out.at<float>(y, x), inside ? 1.0 / 25 : 0.0, 1e-6) << x << " " << y;
    }
}

TEST(BoxBlur, MirrorsTheImageAtItsEdges) {
  Sample sample;
  sample.image = (cv::Mat_<unsigned char>(1, 3) << 0, 75, 225);
  const cv::Mat out = Recipe{BoxBlur{{3, 3}, 1}}.apply(sample, {}).image;
  // 75 0 75 | 0 75 225 | 75 225 75
  EXPECT_EQ(out.at<unsigned char>(0, 0), 50);
  EXPECT_EQ(out.at<unsigned char>(0, 1), 100);
  EXPECT_EQ(out.at<unsigned char>(0, 2), 125);
}

TEST(BoxBlur, SizesAreOddAndEvenDrawsTakeTheNext) {
  std::set<int> sizes;
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    for (const Op& op : Recipe{BoxBlur{{2, 6}, 1}}.draw(one_point(3), {.seed = seed}).ops)
      sizes.insert(std::get<op::BoxBlur>(op).size);
  EXPECT_EQ(sizes, (std::set{3, 5, 7}));
}

}  // namespace
}  // namespace doppel::augment
