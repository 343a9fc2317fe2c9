#include "render/sampling/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <opencv2/core.hpp>

#include "augment/test_images.h"

namespace doppel::augment {
namespace {

TEST(Sampler, ReadsEachMapItsOwnWay) {
  const cv::Mat image = wavy(30, 40, 3);
  const auto way = [&](const std::vector<Op>& ops, Sampler::Target target = Sampler::Target::Image) {
    return std::string(Sampler(image, ops, geometry_run(ops, 0, size_of(image)), target).way_name());
  };
  const auto warp = [](const Matrix3& map, Filter filter = Filter::Bilinear) {
    return std::vector<Op>{op::Warp{map, {30, 40}, {Fill::Kind::Reflect, {}}, filter}};
  };
  EXPECT_EQ(way({op::Flip{}, op::Crop{3, 4, {9, 9}}, op::Flip{op::Flip::Axis::Diagonal}}), "lattice");
  EXPECT_EQ(way(warp(translation(3, -2))), "lattice");
  EXPECT_EQ(way(warp(translation(3.5, -2))), "scaling");
  EXPECT_EQ(way(warp(scaling(1.5, 0.6))), "scaling");
  EXPECT_EQ(way(warp(scaling(0.4, 1))), "area");
  EXPECT_EQ(way(warp(rotation(5))), "bilinear");
  EXPECT_EQ(way(warp(rotation(5), Filter::Bicubic)), "bicubic");
  EXPECT_EQ(way(warp(rotation(5), Filter::Nearest)), "nearest");
  EXPECT_EQ(way(warp(rotation(5)), Sampler::Target::Mask), "nearest");
  EXPECT_EQ(way({op::Swirl{20, 15, 30, 12, {}}}), "bilinear");
}

TEST(Sampler, StripsAreTheWhole) {
  for (const int depth : {CV_8U, CV_32F})
    for (const int channels : {1, 3, 4})
      for (const Op& op : std::vector<Op>{
               op::Flip{}, op::Flip{op::Flip::Axis::Vertical}, op::Flip{op::Flip::Axis::Diagonal},
               op::Crop{-3, -2, {25, 50}}, op::Warp{rotation(20), {33, 44}, {}},
               op::Warp{rotation(20), {33, 44}, {}, Filter::Nearest},
               op::Warp{scaling(0.3, 0.4), {12, 12}, {}}, op::Warp{scaling(1.3, 1.1), {33, 44}, {}}}) {
        const cv::Mat image = wavy(30, 40, channels, depth);
        const std::vector<Op> ops{op};
        const Sampler sampler(image, ops, geometry_run(ops, 0, size_of(image)));
        cv::Mat whole(sampler.size().height, sampler.size().width, sampler.type()),
            strips(whole.size(), whole.type());
        sampler.read(0, whole.rows, whole.ptr(), whole.step[0]);
        for (int y = (whole.rows - 1) / 5 * 5; y >= 0; y -= 5)
          sampler.read(y, std::min(whole.rows, y + 5), strips.ptr(y), strips.step[0]);
        EXPECT_EQ(largest_difference(strips, whole), 0) << sampler.way_name();
      }
}

TEST(Sampler, AnImageIsHalvedUntilLessThanTwoPixelsLieUnderOne) {
  const auto times = [](double scale, Size out) {
    const std::vector<Op> ops{op::Warp{scaling(scale, scale), out, {}}};
    return halvings(Path(ops, {100, 100}), out);
  };
  EXPECT_EQ(times(1, {100, 100}), 0);
  EXPECT_EQ(times(0.51, {51, 51}), 0);
  EXPECT_EQ(times(0.49, {49, 49}), 1);
  EXPECT_EQ(times(0.2, {20, 20}), 2);
  EXPECT_EQ(times(3, {300, 300}), 0);
  // An odd last row or column counts twice.
  const cv::Mat image = (cv::Mat_<unsigned char>(1, 3) << 10, 30, 90);
  const cv::Mat half = halve(image);
  ASSERT_EQ(half.size(), cv::Size(2, 1));
  EXPECT_EQ(half.at<unsigned char>(0, 0), 20);
  EXPECT_EQ(half.at<unsigned char>(0, 1), 90);
}

TEST(Sampler, MasksKeepTheirNumbersAndHaveNothingBeyond) {
  cv::Mat mask(20, 20, CV_32S, cv::Scalar(70000));
  mask.colRange(10, 20).setTo(3);
  const std::vector<Op> ops{op::Warp{rotation(30), {20, 20}, {Fill::Kind::Color, {1, 1, 1, 1}}}};
  const Sampler sampler(mask, ops, geometry_run(ops, 0, {20, 20}), Sampler::Target::Mask);
  cv::Mat out(20, 20, CV_32S);
  sampler.read(0, 20, out.ptr(), out.step[0]);
  EXPECT_EQ(cv::countNonZero((out == 70000) | (out == 3) | (out == 0)), 400);
  EXPECT_GT(cv::countNonZero(out == 0), 0);
  EXPECT_GT(cv::countNonZero(out == 70000), 100);
}

}  // namespace
}  // namespace doppel::augment
