// Pictures in NumPy's .npy: of any numbers, with rows, columns and channels in any of its orders.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <opencv2/core.hpp>

#include "doppel/base/error.h"
#include "doppel/codec/image.h"
#include "doppel/codec/image_facts.h"
#include "error_of.h"
#include "npy_bytes.h"

namespace doppel {
namespace {

std::vector<unsigned char> bytes_of_text(const std::string& text) { return {text.begin(), text.end()}; }

template <class T>
std::vector<T> counted(std::size_t count) {
  std::vector<T> numbers(count);
  std::iota(numbers.begin(), numbers.end(), T{0});
  return numbers;
}

const DecodeOptions kAll{.depth = ImageDepth::AsStored};

template <class T>
cv::Mat decoded_npy(std::string_view type, const std::vector<std::size_t>& shape,
                    const std::vector<T>& numbers) {
  return decode_image(bytes_of_text(npy_of(type, shape, numbers)), kAll);
}

std::string npy_error(const std::string& text, const DecodeOptions& options = kAll) {
  return error_of([&] { (void)decode_image(bytes_of_text(text), options); });
}

TEST(NpyPicture, NumbersAreWhatTheyWere) {
  const cv::Mat bytes = decoded_npy("|u1", {4, 5}, counted<std::uint8_t>(20));
  ASSERT_EQ(bytes.type(), CV_8UC1);
  EXPECT_EQ(bytes.at<std::uint8_t>(3, 4), 19);
  const cv::Mat wide = decoded_npy<std::uint16_t>("<u2", {2, 2}, {0, 4095, 65535, 7});
  ASSERT_EQ(wide.type(), CV_16UC1);
  EXPECT_EQ(wide.at<std::uint16_t>(1, 0), 65535);
  const cv::Mat below = decoded_npy<std::int16_t>("<i2", {1, 2}, {-1024, 3071});
  ASSERT_EQ(below.type(), CV_32FC1);
  EXPECT_EQ(below.at<float>(0, 0), -1024);
  EXPECT_EQ(decoded_npy<double>("<f8", {1, 2}, {0.25, -3}).at<float>(0, 1), -3);
  const cv::Mat truths = decoded_npy<std::uint8_t>("|b1", {1, 2}, {0, 1});
  EXPECT_EQ(truths.at<std::uint8_t>(0, 1), 255);
  const std::string big = npy_of("{'descr': '>u2', 'fortran_order': False, 'shape': (1, 1)}", "\x01\x02");
  EXPECT_EQ(decode_image(bytes_of_text(big), kAll).at<std::uint16_t>(0, 0), 0x102);
}

TEST(NpyPicture, ChannelsAreTheShortestAxis) {
  const auto numbers = counted<std::uint16_t>(5 * 6 * 7);
  const cv::Mat last = decoded_npy("<u2", {6, 7, 5}, numbers), first = decoded_npy("<u2", {5, 6, 7}, numbers);
  ASSERT_EQ(last.size(), cv::Size(7, 6));
  ASSERT_EQ(first.size(), cv::Size(7, 6));
  ASSERT_EQ(last.type(), CV_16UC(5));
  ASSERT_EQ(first.type(), CV_16UC(5));
  EXPECT_EQ(last.ptr<std::uint16_t>(2)[3 * 5 + 4], (2 * 7 + 3) * 5 + 4);
  EXPECT_EQ(first.ptr<std::uint16_t>(2)[3 * 5 + 4], (4 * 6 + 2) * 7 + 3);
  // In Fortran's order the first index is the fastest.
  const std::string data(reinterpret_cast<const char*>(numbers.data()), 2 * numbers.size());
  const auto fortran = [&](const char* shape) {
    return decode_image(
        bytes_of_text(
            npy_of(fmt::format("{{'descr': '<u2', 'fortran_order': True, 'shape': {}}}", shape), data)),
        kAll);
  };
  EXPECT_EQ(fortran("(6, 7, 5)").ptr<std::uint16_t>(2)[3 * 5 + 4], 2 + 6 * (3 + 7 * 4));
  EXPECT_EQ(fortran("(5, 6, 7)").ptr<std::uint16_t>(2)[3 * 5 + 4], 4 + 5 * (2 + 6 * 3));
}

TEST(NpyPicture, HeadersSayWhatItIs) {
  const ImageFacts facts =
      facts_of(bytes_of_text(npy_of("<u2", {4, 6, 7}, counted<std::uint16_t>(168))), kAll);
  EXPECT_EQ(facts.kind, ImageKind::Npy);
  EXPECT_EQ(facts.size, cv::Size(7, 6));
  EXPECT_EQ(facts.channels, 4);
  EXPECT_EQ(facts.depth, CV_16U);
  EXPECT_EQ(facts.bits, 16);
  EXPECT_FALSE(facts.has_alpha);
}

TEST(NpyPicture, FourChannelsAreBands) {
  const auto bytes = bytes_of_text(npy_of("|u1", {6, 7, 4}, counted<std::uint8_t>(168)));
  EXPECT_FALSE(EncodedImage(bytes, 0, AlphaOver::White, kAll).has_alpha());
  EXPECT_NE(error_of([&] { EncodedImage(bytes, 3, AlphaOver::White, kAll); }), "");
}

TEST(NpyPicture, WhatIsNoneIsNamed) {
  const auto header = [](const char* type, const char* shape) {
    return npy_of(fmt::format("{{'descr': {}, 'fortran_order': False, 'shape': {}}}", type, shape));
  };
  EXPECT_NE(npy_error(header("'<f4'", "(7,)")).find("a .npy of shape 7, where an image is H x W"),
            std::string::npos);
  EXPECT_NE(npy_error(header("'<f4'", "(2, 3, 4, 5)")).find("of shape 2 x 3 x 4 x 5"), std::string::npos);
  EXPECT_NE(npy_error(header("'<f4'", "(8, 8, 8)")).find("fewer than it has rows"), std::string::npos);
  EXPECT_NE(npy_error(header("'<f4'", "()")).find("of shape ()"), std::string::npos);
  EXPECT_NE(npy_error(header("'|O'", "(2, 2)")).find("it holds objects"), std::string::npos);
  EXPECT_NE(npy_error(header("'<U3'", "(2, 2)")).find("it holds texts"), std::string::npos);
  EXPECT_NE(npy_error(header("'<c8'", "(2, 2)")).find("its type is <c8; bools, whole numbers and floats"),
            std::string::npos);
  EXPECT_NE(npy_error(header("'<f4'", "(2, 2)")).find("promises 16 bytes of numbers, but 0 follow"),
            std::string::npos);
  EXPECT_NE(npy_error(header("'|u1'", "(1000000, 1000000)")).find("more than the limit"), std::string::npos);
  EXPECT_NE(npy_error(header("'|u1'", "(0, 5)")).find("0 pixels"), std::string::npos);
  EXPECT_NE(npy_error(header("'|u1'", "(18446744073709551615, 5)")).find("where an image is"),
            std::string::npos);
  EXPECT_NE(npy_error(npy_of<float>("<f4", {1, 2}, {1, std::nanf("")})).find("NaN"), std::string::npos);
  EXPECT_NE(npy_error(npy_of<float>("<f4", {1, 2}, {1, 2}), {}).find("float"), std::string::npos);
}

}  // namespace
}  // namespace doppel
