#include "pack/map_numbers.h"

#include <gtest/gtest.h>

#include "some_maps.h"

namespace doppel::dataset::pack {
namespace {

const cv::Size kWide(300, 300);

void expect_whole(const cv::Mat& values, int depth, std::int64_t first, const std::string& what) {
  const auto whole = whole_map(values);
  ASSERT_TRUE(whole) << what;
  EXPECT_EQ(whole->numbers.depth(), depth) << what;
  EXPECT_EQ(whole->unit.first, first) << what;
  EXPECT_TRUE(same_bits(map_values(whole->numbers, whole->unit), values)) << what;
}

TEST(MapNumbers, AreWholeOnesInTheUnitsThatMapsHave) {
  const auto bytes = [](int k) { return k % 256; };
  const auto words = [](int k) { return k % 65536; };
  expect_whole(map_of_numbers(kWide, 1, bytes), CV_8U, 0, "bytes");
  expect_whole(map_of_numbers(kWide, 3, words), CV_16U, 0, "words");
  expect_whole(map_of_numbers(kWide, 2, [&](int k) { return (words(k) - 32768) / 64.0; }), CV_16U, -32768,
               "KITTI's flow");
  expect_whole(map_of_numbers(kWide, 1, [&](int k) { return words(k) / 256.0; }), CV_16U, 0, "KITTI's depth");
  expect_whole(map_of_numbers(kWide, 1, [&](int k) { return bytes(k) - 300; }), CV_8U, -300, "below 0");
  // Each way in which a share or a decimal fraction is rounded.
  expect_whole(map_of_numbers(kWide, 3, [&](int k) { return bytes(k) / 255.0; }), CV_8U, 0, "shares");
  expect_whole(
      map_of_numbers(kWide, 3,
                     [&](int k) { return static_cast<float>(bytes(k)) * static_cast<float>(1 / 255.0); }),
      CV_8U, 0, "OpenCV's shares");
  expect_whole(map_of_numbers(kWide, 1, [&](int k) { return static_cast<float>(words(k)) / 65535.0F; }),
               CV_16U, 0, "shares of 16 bits");
  expect_whole(map_of_numbers(kWide, 1, [&](int k) { return words(k) * 0.001; }), CV_16U, 0, "millimetres");
  expect_whole(map_of_numbers(kWide, 1, [&](int k) { return static_cast<float>(words(k)) * 0.001F; }), CV_16U,
               0, "millimetres in floats");
  expect_whole(map_of_numbers(kWide, 1, [&](int k) { return words(k) / 1000.0; }), CV_16U, 0, "thousandths");
  cv::Mat converted;
  map_of_numbers(kWide, 1, words).convertTo(converted, CV_32F, 0.0002);
  expect_whole(converted, CV_16U, 0, "TUM's depth, as a manifest's scale gives it");
}

TEST(MapNumbers, WhatIsNotWholeToTheBitStaysFloats) {
  EXPECT_FALSE(whole_map(rough_map({20, 10}, 1)));
  for (const float other : {-0.0F, std::nextafter(1.0F, 2.0F), 70'000.0F,
                            std::numeric_limits<float>::infinity(), std::nanf(""), 3e38F}) {
    cv::Mat values(10, 20, CV_32F, cv::Scalar(0));
    EXPECT_TRUE(whole_map(values));
    values.at<float>(9, 19) = other;
    EXPECT_FALSE(whole_map(values)) << other;
  }
}

}  // namespace
}  // namespace doppel::dataset::pack
