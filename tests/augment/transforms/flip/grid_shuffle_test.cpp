#include "doppel/augment/transforms/flip/grid_shuffle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <vector>

#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(GridShuffle, PermutesTilesAndKeypointsGoWithTheirs) {
  // Sides that three doesn't divide: tiles of four sizes.
  Sample sample;
  sample.image = cv::Mat(10, 11, CV_8UC1);
  for (int i = 0; i < 110; ++i) {
    sample.image.data[i] = static_cast<unsigned char>(i);
    sample.keypoints.push_back({i % 11 + 0.5, i / 11 + 0.5, 0, 1, i, 1});
  }
  int moved = 0;
  for (std::uint64_t i = 0; i < 50; ++i) {
    const Sample out = Recipe{GridShuffle{.grid = {3, 3}, .p = 1}}.apply(sample, {.index = i});
    ASSERT_EQ(out.image.size(), sample.image.size());
    for (const Keypoint& k : out.keypoints)
      EXPECT_EQ(out.image.at<unsigned char>(int(k.y), int(k.x)), k.label)
          << i;  // so all pixels are still there
    ASSERT_EQ(out.keypoints.size(), 110U);
    moved += cv::norm(out.image, sample.image, cv::NORM_INF) > 0;
  }
  EXPECT_GT(moved, 40);
}

TEST(GridShuffle, EveryTileComesToEveryPlaceAsOften) {
  Sample sample;
  sample.image = (cv::Mat_<unsigned char>(2, 2) << 0, 1, 2, 3);
  std::array<std::array<int, 4>, 4> at{};
  for (std::uint64_t i = 0; i < 1600; ++i) {
    const cv::Mat out = Recipe{GridShuffle{.grid = {2, 2}, .p = 1}}.apply(sample, {.index = i}).image;
    for (std::size_t place = 0; place < 4; ++place) ++at[place][out.data[place]];
  }
  for (const auto& place : at)
    for (const int n : place) EXPECT_NEAR(n, 400, 80);
}

TEST(GridShuffle, PiecesOfABoxLieOnTheirPixels) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    const Stream stream{.seed = 53, .index = i};
    const cv::Rect paint(stream.integer("x", 0, 110), stream.integer("y", 0, 80), 40, 40);
    Sample sample;
    sample.image = cv::Mat(120, 150, CV_8UC1, cv::Scalar(0));
    sample.image(paint).setTo(255);
    sample.boxes = {{double(paint.x), double(paint.y), paint.x + 40.0, paint.y + 40.0, 3, 1}};
    const Sample out = Recipe{GridShuffle{.p = 1}}.apply(sample, stream);
    cv::Mat boxes(out.image.size(), CV_8U, cv::Scalar(0));
    double seen = 0;
    for (const Box& b : out.boxes) {
      boxes(cv::Rect(cv::Point(int(std::lround(b.x0)), int(std::lround(b.y0))),
                     cv::Point(int(std::lround(b.x1)), int(std::lround(b.y1)))))
          .setTo(255);
      seen += b.visibility;
    }
    EXPECT_EQ(cv::countNonZero(boxes != out.image), 0) << i;
    EXPECT_NEAR(seen, 1, 1e-6) << i;
  }
}

TEST(GridShuffle, MoreTilesThanPixelsAreHarmless) {
  for (const cv::Size size : {cv::Size(1, 1), {3, 2}}) {
    Sample sample;
    sample.image = cv::Mat(size, CV_8UC1, cv::Scalar(9));
    const Sample out = Recipe{GridShuffle{.grid = {5, 5}, .p = 1}}.apply(sample, {.seed = 1});
    EXPECT_EQ(cv::countNonZero(out.image == 9), size.area());
  }
}

}  // namespace
}  // namespace doppel::augment
