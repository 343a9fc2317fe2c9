#include "doppel/augment/transforms/blur/median_blur.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <set>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(MedianBlur, DropsSpecksAndKeepsEdges) {
  for (const int depth : {CV_8U, CV_32F})
    for (const int size : {3, 5, 7}) {
      const double white = depth == CV_8U ? 255 : 1;
      Sample sample;
      sample.image = cv::Mat(24, 24, CV_MAKETYPE(depth, 3), cv::Scalar::all(0));
      sample.image.colRange(12, 24).setTo(cv::Scalar::all(white));
      const cv::Mat clean = sample.image.clone();
      sample.image(cv::Rect(4, 12, 1, 1)).setTo(cv::Scalar::all(white));
      sample.image(cv::Rect(19, 12, 1, 1)).setTo(cv::Scalar::all(0));
      const cv::Mat out = Recipe{MedianBlur{{size, size}, 1}}.apply(sample, {}).image;
      EXPECT_EQ(largest_difference(out, clean), 0) << depth << " " << size;
    }
}

TEST(MedianBlur, SizesAreOddAndEvenDrawsTakeTheNext) {
  Sample sample;
  sample.image = wavy(3, 3, 1);
  std::set<int> sizes;
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    for (const Op& op : Recipe{MedianBlur{{1, 4}, 1}}.draw(sample, {.seed = seed}).ops)
      sizes.insert(std::get<op::MedianBlur>(op).size);
  EXPECT_EQ(sizes, (std::set{3, 5}));  // and nothing for 1
}

}  // namespace
}  // namespace doppel::augment
