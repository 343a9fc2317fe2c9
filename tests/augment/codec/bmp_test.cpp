// BMPs that other programs don't write: headers that lie, odd masks, runs that leave the image.
#include "codec/bmp.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/codec/stored_images.h"
#include "doppel/base/error.h"
#include "doppel/codec/image.h"
#include "doppel/codec/image_facts.h"

namespace doppel {
namespace {

using Bytes = std::vector<unsigned char>;

void put(Bytes& bytes, std::size_t at, std::size_t count, std::uint32_t value) {
  for (std::size_t i = 0; i < count; ++i) bytes.at(at + i) = static_cast<unsigned char>(value >> (8 * i));
}

/// Two by two pixels of 32 bits, each colour by its mask; `pixels` from the lowest row on.
Bytes masked(const std::array<std::uint32_t, 4>& masks, const std::array<std::uint32_t, 4>& pixels) {
  Bytes bytes(70 + 16);
  bytes[0] = 'B', bytes[1] = 'M';
  put(bytes, 10, 4, 70);
  put(bytes, 14, 4, 56);
  put(bytes, 18, 4, 2);
  put(bytes, 22, 4, 2);
  put(bytes, 26, 2, 1);
  put(bytes, 28, 2, 32);
  put(bytes, 30, 4, 3);
  for (std::size_t i = 0; i < 4; ++i) {
    put(bytes, 54 + 4 * i, 4, masks[i]);
    put(bytes, 70 + 4 * i, 4, pixels[i]);
  }
  return bytes;
}

std::string refused(const Bytes& bytes) {
  try {
    (void)decode_image(bytes);
  } catch (const Error& error) { return error.what(); }
  return "";
}

TEST(Bmp, MasksOfAnyWidthAreScaledToTheFullRange) {
  const Bytes bytes = masked({0x3ff00000, 0xffc00, 0x3ff, 0}, {0x3ff00000 | 512 << 10 | 1, 0, 0, 0x3ff});
  const cv::Mat image = decode_image(bytes);
  ASSERT_EQ(image.type(), CV_8UC3);
  EXPECT_EQ(image.at<cv::Vec3b>(1, 0), cv::Vec3b(255, 128, 0));  // 512 · 255 / 1023 = 127.6
  EXPECT_EQ(image.at<cv::Vec3b>(0, 1), cv::Vec3b(0, 0, 255));
  EXPECT_EQ(facts_of(bytes).bits, 10);
}

TEST(Bmp, AlphaThatIsNothingEverywhereMeansNone) {
  const std::array<std::uint32_t, 4> masks{0xff0000, 0xff00, 0xff, 0xff000000};
  const cv::Mat none = decode_image(masked(masks, {0x112233, 1, 2, 3}));
  ASSERT_EQ(none.type(), CV_8UC4);
  EXPECT_EQ(none.at<cv::Vec4b>(1, 0), cv::Vec4b(0x11, 0x22, 0x33, 255));
  const cv::Mat some = decode_image(masked(masks, {0x112233, 1, 2, 0x80000003}));
  EXPECT_EQ(some.at<cv::Vec4b>(1, 0)[3], 0);
  EXPECT_EQ(some.at<cv::Vec4b>(0, 1)[3], 128);
}

TEST(Bmp, HeadersThatMakeNoSenseAreRefused) {
  const Bytes good = masked({0xff0000, 0xff00, 0xff, 0}, {});
  ASSERT_EQ(refused(good), "");
  EXPECT_NE(refused(masked({}, {})).find("have no bits"), std::string::npos);
  const auto with = [&](std::size_t at, std::size_t count, std::uint32_t value) {
    Bytes bytes = good;
    put(bytes, at, count, value);
    return refused(bytes);
  };
  EXPECT_NE(with(14, 4, 13).find("header"), std::string::npos);
  EXPECT_NE(with(14, 4, 200).find("cut off"), std::string::npos);
  EXPECT_NE(with(18, 4, 0).find("0x2 pixels, where"), std::string::npos);
  EXPECT_NE(with(18, 4, 0x80000000).find("-2147483648x2 pixels, where"), std::string::npos);
  EXPECT_NE(with(22, 4, 0x80000000).find("limit"), std::string::npos);
  EXPECT_NE(with(28, 2, 7).find("7 bits"), std::string::npos);
  EXPECT_NE(with(30, 4, 4).find("method 4"), std::string::npos);
  EXPECT_NE(with(10, 4, 0x7fffffff).find("aren't all there"), std::string::npos);
  EXPECT_NE(with(22, 4, 3).find("aren't all there"), std::string::npos);
}

TEST(Bmp, RunsThatLeaveTheImageOrEndEarlyDoNoHarm) {
  Bytes bytes = stored_bytes("runs4.bmp");
  const std::size_t pixels = bytes.size() - 20;
  bytes[pixels] = 255;  // a run of 255 in a row of 7
  EXPECT_EQ(refused(bytes), "");
  bytes[pixels] = 7;
  bytes.resize(bytes.size() - 2);  // no end of the image, and not all of it
  EXPECT_NE(refused(bytes).find("aren't all there"), std::string::npos);
}

TEST(Bmp, PalettesMayBeShortAndMustBeThere) {
  Bytes bytes = stored_bytes("palette.bmp");
  put(bytes, 46, 4, 1);  // one colour is used: others are black
  put(bytes, 10, 4, static_cast<std::uint32_t>(bytes.size() - 40));
  EXPECT_EQ(refused(bytes), "");
  put(bytes, 46, 4, 0);  // as many as 8 bits can name
  bytes.resize(100);
  EXPECT_NE(refused(bytes).find("palette"), std::string::npos);
}

}  // namespace
}  // namespace doppel
