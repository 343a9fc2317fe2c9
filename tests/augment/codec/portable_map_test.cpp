#include "doppel/codec/portable_map.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <string_view>

#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

std::span<const unsigned char> map_bytes(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

TEST(PortableMap, BytesAreSharedNotCopied) {
  const std::string grey = "P5 2 3 255\nabcdef", colour = "P6\n# 9 9 9\n1\t2 # one\n255 \n\1\2\3\4\5";
  const cv::Mat image = portable_map(map_bytes(grey), 6), two = portable_map(map_bytes(colour), 2);
  EXPECT_EQ(image.size(), cv::Size(2, 3));
  EXPECT_EQ(image.type(), CV_8UC1);
  EXPECT_EQ(static_cast<const void*>(image.data), grey.data() + 11);
  EXPECT_EQ(image.at<char>(2, 1), 'f');
  // One white space ends the header: the next byte is a pixel, a line's end or not.
  EXPECT_EQ(two.size(), cv::Size(1, 2));
  EXPECT_EQ(two.at<cv::Vec3b>(0, 0), cv::Vec3b('\n', 1, 2));
  EXPECT_EQ(two.at<cv::Vec3b>(1, 0), cv::Vec3b(3, 4, 5));
}

TEST(PortableMap, OtherMaximaAreScaledToAByte) {
  using namespace std::literals;
  const cv::Mat few = portable_map(map_bytes("P5 4 1 3 \0\1\2\3"sv), 9);
  EXPECT_EQ(cv::norm(few, cv::Mat(cv::Matx<uchar, 1, 4>(0, 85, 170, 255)), cv::NORM_INF), 0);
  // Two bytes a number, the high one first; numbers beyond the most are the most.
  const cv::Mat deep = portable_map(map_bytes("P5 3 1 65535 \xff\xff\x80\0\0\x80"sv), 9);
  EXPECT_EQ(cv::norm(deep, cv::Mat(cv::Matx<uchar, 1, 3>(255, 128, 0)), cv::NORM_INF), 0);
  EXPECT_EQ(portable_map(map_bytes("P5 1 1 100 \xff"sv), 9).at<uchar>(0, 0), 255);
}

TEST(PortableMap, WhatIsWrongIsSaid) {
  const auto problem = [](std::string_view text) {
    return error_of([&] { portable_map(map_bytes(text), 100); });
  };
  EXPECT_EQ(problem("P5 2 2 255 abc"), "a PGM or PPM of 2x2 whose pixels aren't all there");
  EXPECT_EQ(problem("P6 2 2 255 abcabcabcab"), "a PGM or PPM of 2x2 whose pixels aren't all there");
  EXPECT_EQ(problem("P5 11 10 255 "), "11x10 pixels are more than the limit of 100");
  EXPECT_EQ(problem("P5 0 10 255 "), "0x10 pixels, where an image has one at least");
  EXPECT_EQ(problem("P5 2 2 0 abcd"), "a PGM or PPM whose largest number is 0");
  EXPECT_EQ(problem("P5 2 2 65536 abcd"), "a PGM or PPM whose largest number is 65536");
  EXPECT_EQ(problem("P5 -2 2 255 abcd"), "not a PGM or PPM: a number is missing in its header");
  EXPECT_EQ(problem("P5 2 2"), "not a PGM or PPM: a number is missing in its header");
  EXPECT_EQ(problem("P5 2 2 # and no more"), "not a PGM or PPM: a number is missing in its header");
  EXPECT_EQ(problem("P5 2 2 255"), "not a PGM or PPM: no space after its header");
  EXPECT_NE(problem("P5 99999999999999999999 1 255 a"), "");
  EXPECT_NE(problem("P5"), "");
}

}  // namespace
}  // namespace doppel::augment
