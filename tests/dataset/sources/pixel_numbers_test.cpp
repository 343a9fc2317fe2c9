#include "sources/pixel_numbers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "error_of.h"
#include "npy_bytes.h"
#include "sources/npy.h"

namespace doppel::dataset {
namespace {

using Pixels = std::vector<int>;

template <class T>
ArrayPtr numbers_array(const char* type, std::vector<T> numbers) {
  const std::string text = npy_of<T>(type, {1, numbers.size()}, numbers);
  return npy_array("x", "x", ByteRange({text.begin(), text.end()}));
}

/// What becomes of them, and their depth.
template <class T>
std::pair<std::vector<float>, int> deep_pixels_of(const char* type, const std::vector<T>& numbers) {
  const ArrayPtr array = numbers_array(type, numbers);
  std::vector<unsigned char> stored(array->facts().bytes_of_row());
  array->read(0, stored);
  const PixelNumbers how(*array);
  cv::Mat pixels(1, static_cast<int>(numbers.size()), how.depth()), floats;
  how.to_pixels(stored, pixels.data);
  pixels.convertTo(floats, CV_32F);
  return {{floats.begin<float>(), floats.end<float>()}, how.depth()};
}

template <class T>
Pixels pixels_of(const char* type, const std::vector<T>& numbers) {
  const auto [pixels, depth] = deep_pixels_of(type, numbers);
  EXPECT_EQ(depth, CV_8U);
  return {pixels.begin(), pixels.end()};
}

template <class T>
std::string pixels_error(const char* type, const std::vector<T>& numbers) {
  return error_of([&] { (void)deep_pixels_of(type, numbers); });
}

TEST(PixelNumbers, WholeOnesUpTo255AreWhatTheyAre) {
  EXPECT_EQ(pixels_of<std::uint8_t>("|u1", {0, 1, 255}), (Pixels{0, 1, 255}));
  EXPECT_EQ(pixels_of<std::int64_t>("<i8", {0, 1, 255}), (Pixels{0, 1, 255}));
  EXPECT_EQ(pixels_of<std::uint16_t>("<u2", {0, 1, 0}), (Pixels{0, 1, 0}));
  EXPECT_EQ(pixels_of<double>("<f8", {0, 2, 255}), (Pixels{0, 2, 255}));
  EXPECT_EQ(pixels_of<float>("<f4", {0, 2, 255}), (Pixels{0, 2, 255}));
}

TEST(PixelNumbers, SharesOfOneAreMultipliedBy255) {
  std::vector<float> floats;
  std::vector<double> doubles;
  Pixels all;
  for (int k = 0; k < 256; ++k) {
    all.push_back(k);
    floats.push_back(static_cast<float>(k) / 255.0F);
    doubles.push_back(floats.back());  // rounded on its way
  }
  EXPECT_EQ(pixels_of("<f4", floats), all);
  EXPECT_EQ(pixels_of("<f8", doubles), all);
  EXPECT_EQ(pixels_of<float>("<f4", {0, 1}), (Pixels{0, 255}));
  EXPECT_EQ(pixels_of<std::uint8_t>("|b1", {0, 1}), (Pixels{0, 255}));
}

TEST(PixelNumbers, SixteenBitsAreReadWhereTheLowerOnesSayNothing) {
  EXPECT_EQ(pixels_of<std::uint16_t>("<u2", {0, 257, 65535}), (Pixels{0, 1, 255}));
  EXPECT_EQ(pixels_of<std::uint16_t>("<u2", {0, 256, 65280}), (Pixels{0, 1, 255}));
}

TEST(PixelNumbers, OthersAreKeptAsTheyAre) {
  using Floats = std::vector<float>;
  EXPECT_EQ(deep_pixels_of<std::uint16_t>("<u2", {0, 256, 257}), (std::pair{Floats{0, 256, 257}, CV_16U}));
  EXPECT_EQ(deep_pixels_of<std::uint16_t>(">u2", {4095, 1}).second, CV_16U);
  EXPECT_EQ(deep_pixels_of<std::int64_t>("<i8", {0, 4095}), (std::pair{Floats{0, 4095}, CV_16U}));
  EXPECT_EQ(deep_pixels_of<float>("<f4", {0, 0.5F, 1}), (std::pair{Floats{0, 0.5F, 1}, CV_32F}));
  EXPECT_EQ(deep_pixels_of<std::int16_t>("<i2", {-1000, 3071}), (std::pair{Floats{-1000, 3071}, CV_32F}));
  EXPECT_EQ(deep_pixels_of<double>("<f8", {0, 256.5}), (std::pair{Floats{0, 256.5}, CV_32F}));
  EXPECT_EQ(PixelNumbers(*numbers_array<std::int16_t>("<i2", {-1000, 3071})).range(),
            (std::pair{-1000.0, 3071.0}));
  EXPECT_FALSE(PixelNumbers(*numbers_array<float>("<f4", {0, 0.5F, 1})).range());
}

TEST(PixelNumbers, WhatIsNoNumberIsRefused) {
  EXPECT_EQ(pixels_error<double>("<f8", {0, std::nan("")}),
            "x: image 0 holds a number that is none (NaN), or infinite");
  EXPECT_NE(pixels_error<float>("<f4", {0, INFINITY}), "");
}

}  // namespace
}  // namespace doppel::dataset
