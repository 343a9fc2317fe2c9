#include "sources/pixel_numbers.h"

#include <gtest/gtest.h>

#include "dataset/npy_bytes.h"
#include "error_of.h"
#include "sources/npy.h"

namespace doppel::dataset {
namespace {

using Pixels = std::vector<int>;

template <class T>
ArrayPtr numbers_array(const char* type, std::vector<T> numbers) {
  const std::string text = npy_of<T>(type, {1, numbers.size()}, numbers);
  return npy_array("x", "x", ByteRange({text.begin(), text.end()}));
}

template <class T>
Pixels pixels_of(const char* type, const std::vector<T>& numbers) {
  const ArrayPtr array = numbers_array(type, numbers);
  std::vector<unsigned char> stored(array->facts().bytes_of_row()), bytes(numbers.size());
  array->read(0, stored);
  PixelNumbers(*array).to_bytes(stored, bytes);
  return {bytes.begin(), bytes.end()};
}

template <class T>
std::string pixels_error(const char* type, const std::vector<T>& numbers) {
  return error_of([&] { (void)pixels_of(type, numbers); });
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
  EXPECT_NE(pixels_error<std::uint16_t>("<u2", {0, 256, 257}).find("keeps the upper 8 of 16 bits"),
            std::string::npos);
}

TEST(PixelNumbers, NothingIsCutSilently) {
  EXPECT_EQ(
      pixels_error<float>("<f4", {0, 0.5F, 1}),
      "x: doppel reads 8 bits a channel, and its float32 numbers, from 0 to 1, are neither whole ones from "
      "0 to 255 nor multiples of 1/255 (image 0 has 0.5): scale it to 0 … 255, round, and save uint8");
  EXPECT_NE(pixels_error<float>("<f4", {-1, 1}).find("undo its normalisation"), std::string::npos);
  EXPECT_NE(pixels_error<std::int16_t>("<i2", {-1, 1}), "");
  EXPECT_NE(pixels_error<std::uint16_t>("<u2", {0, 4095}), "");
  EXPECT_NE(pixels_error<double>("<f8", {0, std::nan("")}), "");
  EXPECT_NE(pixels_error<double>("<f8", {0, 256}), "");
  EXPECT_NE(pixels_error<double>("<f8", {0, 65535}), "");
}

}  // namespace
}  // namespace doppel::dataset
