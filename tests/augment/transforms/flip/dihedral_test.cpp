#include "doppel/augment/transforms/flip/dihedral.h"

#include <gtest/gtest.h>

#include <map>
#include <opencv2/core.hpp>
#include <vector>

#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Dihedral, AllEightSymmetriesAreAsLikely) {
  Sample sample;
  sample.image = (cv::Mat_<unsigned char>(2, 2) << 1, 2, 3, 4);
  std::map<std::vector<unsigned char>, int> seen;
  for (std::uint64_t i = 0; i < 1600; ++i) {
    const cv::Mat out = Recipe{Dihedral{.p = 1}}.apply(sample, {.index = i}).image;
    ++seen[{out.at<unsigned char>(0, 0), out.at<unsigned char>(0, 1), out.at<unsigned char>(1, 0),
            out.at<unsigned char>(1, 1)}];
  }
  EXPECT_EQ(seen.size(), 8U);
  for (const auto& [corners, count] : seen) {
    EXPECT_NEAR(count, 200, 60);
    // Neighbours stay neighbours: what lay across a corner still does.
    EXPECT_EQ(corners[0] + corners[3], 5);
  }
}

TEST(Dihedral, TargetsGoWithTheirPixels) {
  Sample sample;
  sample.image = cv::Mat(5, 9, CV_8UC1, cv::Scalar(0));
  sample.image(cv::Rect(1, 2, 3, 2)).setTo(255);
  sample.masks = {sample.image.clone()};
  sample.boxes = {{1, 2, 4, 4, 0, 1}};
  for (std::uint64_t i = 0; i < 60; ++i) {
    const Sample out = Recipe{Dihedral{.p = 1}}.apply(sample, {.index = i});
    const Box& b = out.boxes.at(0);
    const cv::Rect box(int(b.x0), int(b.y0), int(b.x1 - b.x0), int(b.y1 - b.y0));
    EXPECT_EQ(box.area(), 6);
    EXPECT_EQ(cv::countNonZero(out.image(box)), 6) << i;
    EXPECT_EQ(cv::norm(out.image, out.masks.at(0), cv::NORM_INF), 0);
  }
}

}  // namespace
}  // namespace doppel::augment
