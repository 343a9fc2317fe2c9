// JPEGs with restart markers: cut into tiles, the same pixels.
#include "doppel/codec/jpeg.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <span>

#include "augment/codec/jpeg/jpeg_files.h"
#include "augment/test_images.h"
#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

/// Random parts of `bytes` are those of `whole`.
void expect_parts(const std::vector<unsigned char>& bytes, const cv::Mat& whole, int times) {
  for (int k = 0; k < times; ++k) {
    const Stream one = Stream{.seed = 4}.split("region", static_cast<std::uint64_t>(k));
    const int x = one.integer("x", 0, whole.cols - 1), y = one.integer("y", 0, whole.rows - 1);
    const cv::Rect region(x, y, one.integer("w", 1, whole.cols - x), one.integer("h", 1, whole.rows - y));
    cv::Mat part(whole.size(), whole.type(), cv::Scalar::all(77));
    JpegReader(bytes).read(region, part);
    ASSERT_EQ(cv::norm(part(region), whole(region), cv::NORM_INF), 0) << region << " of " << whole.size();
  }
}

TEST(Restarts, ChangeNoPixelOfTheWholeOrAPart) {
  // Rows of MCUs that parts of 4 divide, that 3 and 5 divide, and prime ones.
  for (const cv::Size size : {cv::Size(500, 61), {131, 97}, {75, 200}, {9, 5}, {177, 90}})
    for (const int channels : {1, 3, 4})
      for (const Coding coding : {Coding{1, 1, false, 0},
                                  {2, 1, false, 0},
                                  {2, 2, false, 0},
                                  {1, 2, false, 0},
                                  {4, 1, false, 0},
                                  {2, 2, true, 0},
                                  {2, 2, false, 3}}) {
        const auto before = encoded(wavy(size.height, size.width, channels), coding);
        const auto after = with_restarts(before);
        const cv::Mat whole = decode_jpeg(before);
        ASSERT_EQ(cv::norm(decode_jpeg(after), whole, cv::NORM_INF), 0) << size << " " << channels;
        expect_parts(after, whole, 12);
      }
}

TEST(Restarts, ManyRowsInOneIntervalAreTilesToo) {
  const cv::Mat image = wavy(203, 90, 3);
  for (const int rows : {1, 2, 5}) {
    const auto bytes = encoded(image, {2, 2, false, 6 * rows});
    expect_parts(bytes, decode_jpeg(bytes), 40);
  }
}

TEST(Restarts, TheOrientationStays) {
  const auto before = with_orientation(encoded(wavy(40, 70, 3), {2, 2}), 6, true);
  const auto after = with_restarts(before);
  const cv::Mat whole = decode_jpeg(before);
  ASSERT_EQ(whole.size(), cv::Size(40, 70));
  EXPECT_EQ(cv::norm(decode_jpeg(after), whole, cv::NORM_INF), 0);
  expect_parts(after, whole, 10);
}

TEST(Restarts, MakeAPartCheaper) {
  // What is decoded of a corner doesn't reach the damage in the other half.
  auto bytes = with_restarts(encoded(wavy(256, 512, 3), {2, 2}));
  const cv::Mat whole = decode_jpeg(bytes);
  for (std::size_t i = bytes.size() * 7 / 10; i < bytes.size() * 9 / 10; ++i)
    if (bytes[i] != 0xff && bytes[i - 1] != 0xff) bytes[i] = 0x55;
  const cv::Rect corner(400, 10, 100, 60);
  cv::Mat part(whole.size(), whole.type());
  JpegReader(bytes).read(corner, part);
  EXPECT_EQ(cv::norm(part(corner), whole(corner), cv::NORM_INF), 0);
}

TEST(Restarts, DamageIsAnErrorOrAnImageAndNeverACrash) {
  const auto good = with_restarts(encoded(wavy(96, 200, 3), {2, 2}));
  const cv::Rect region(60, 30, 80, 40);
  int errors = 0;
  for (std::uint64_t k = 0; k < 3000; ++k) {
    const Stream one = Stream{.seed = 5}.split("damage", k);
    auto bytes = good;
    for (int i = 0; i < 3; ++i) {
      const Stream place = one.split("byte", static_cast<std::uint64_t>(i));
      const int end = k % 2 == 0 ? 700 : static_cast<int>(bytes.size()) - 1;
      bytes[static_cast<std::size_t>(
          place.integer("at", 2, std::min(end, static_cast<int>(bytes.size()) - 1)))] =
          static_cast<unsigned char>(place.integer("value", 0, 255));
    }
    if (k % 5 == 0)
      bytes.resize(static_cast<std::size_t>(one.integer("size", 4, static_cast<int>(bytes.size()))));
    try {
      JpegReader reader(bytes, 0, 1 << 20);
      cv::Mat part(reader.size(), CV_8UC(reader.channels()));
      const cv::Rect inside = region & cv::Rect({}, reader.size());
      if (!inside.empty()) reader.read(inside, part);
    } catch (const Error&) { ++errors; }
  }
  EXPECT_GT(errors, 100);
  EXPECT_THROW(with_restarts(std::span(good).first(good.size() / 2)), Error);
}

TEST(Restarts, ComeEveryFourMcusOrThereabouts) {
  // The part nearest to 4 of a row of MCUs: 12, 10, 9, 14 and 22 of them, and a prime number.
  for (const auto& [mcus, expected] :
       {std::pair{12, 4}, {10, 5}, {9, 3}, {14, 7}, {22, 2}, {13, 13}, {1, 1}}) {
    const auto bytes = with_restarts(encoded(wavy(20, 16 * mcus - 3, 3), {2, 2}));
    // The segment that says so: its marker, its length, the interval.
    const std::array<unsigned char, 4> interval{0xff, 0xdd, 0, 4};
    const auto found = std::ranges::search(bytes, interval);
    ASSERT_FALSE(found.empty()) << mcus;
    EXPECT_EQ(found.end()[0] * 256 + found.end()[1], expected) << mcus;
  }
}

}  // namespace
}  // namespace doppel::augment
