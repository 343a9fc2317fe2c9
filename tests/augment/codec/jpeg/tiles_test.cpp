#include "codec/jpeg/tiles.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <opencv2/core.hpp>

#include "augment/codec/jpeg/jpeg_files.h"
#include "augment/test_images.h"
#include "doppel/base/random.h"

namespace doppel::augment {
namespace {

TEST(JpegTiles, AreFoundWhereIntervalsDivideRowsOrAreRows) {
  // 96 x 64 grey: 12 MCUs a row, 8 rows.
  const cv::Mat image = wavy(64, 96, 1);
  for (const int interval : {1, 3, 4, 12, 24, 36}) {
    const auto bytes = encoded(image, {1, 1, false, interval});
    const auto tiles = JpegTiles::find(bytes);
    ASSERT_TRUE(tiles) << interval;
    EXPECT_EQ(tiles->interval(), static_cast<unsigned>(interval));
  }
  for (const int interval : {0, 5, 8, 18})
    EXPECT_FALSE(JpegTiles::find(encoded(image, {1, 1, false, interval})));
  EXPECT_FALSE(JpegTiles::find(encoded(image, {1, 1, true, 4})));  // progressive
  EXPECT_FALSE(JpegTiles::find({}));
}

TEST(JpegTiles, AreNoneWhereMarkersAreNotThosePromised) {
  const auto whole = encoded(wavy(64, 96, 1), {1, 1, false, 4});
  for (const std::size_t missing : {1U, 2U, 50U, 1500U})
    EXPECT_FALSE(JpegTiles::find(std::span(whole).first(whole.size() - missing))) << missing;
  const auto at = [&](unsigned char marker) {
    const std::array<unsigned char, 2> wanted{0xff, marker};
    return static_cast<std::size_t>(std::ranges::search(whole, wanted).begin() - whole.begin());
  };
  auto turned = whole;
  turned[at(0xd1) + 1] = 0xd3;
  EXPECT_FALSE(JpegTiles::find(turned));
  auto missing = whole;
  missing[at(0xd1) + 1] = 0;  // a byte of data now
  EXPECT_FALSE(JpegTiles::find(missing));
}

TEST(JpegTiles, CoverTwoPixelsMoreInWholeTiles) {
  const auto bytes = encoded(wavy(61, 93, 1), {1, 1, false, 4});  // tiles of 32 x 8
  const auto tiles = JpegTiles::find(bytes);
  ASSERT_TRUE(tiles);
  EXPECT_EQ(tiles->table().cover({40, 20, 10, 3}), cv::Rect(32, 16, 32, 16));  // rows 18 to 25
  EXPECT_EQ(tiles->table().cover({34, 18, 28, 4}), cv::Rect(32, 16, 32, 8));
  EXPECT_EQ(tiles->table().cover({33, 18, 28, 4}), cv::Rect(0, 16, 64, 8));
  EXPECT_EQ(tiles->table().cover({0, 0, 1, 1}), cv::Rect(0, 0, 32, 8));
  EXPECT_EQ(tiles->table().cover({92, 60, 1, 1}), cv::Rect(64, 56, 29, 5));  // at the image's own edge
  EXPECT_EQ(tiles->table().cover({0, 0, 93, 61}), cv::Rect(0, 0, 93, 61));
}

TEST(JpegTiles, WhatIsSelectedIsASmallerImage) {
  const auto bytes = encoded(wavy(61, 93, 1), {1, 1, false, 4});
  const cv::Mat whole = by_libjpeg(bytes, 1);
  const auto tiles = JpegTiles::find(bytes);
  ASSERT_TRUE(tiles);
  std::vector<unsigned char> header;
  std::vector<std::span<const unsigned char>> segments;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const Stream s{.index = i};
    const cv::Rect region(s.integer("x", 0, 92), s.integer("y", 0, 60), 1 + s.integer("w", 0, 40),
                          1 + s.integer("h", 0, 30));
    const cv::Rect cover = tiles->table().cover(region & cv::Rect(0, 0, 93, 61));
    tiles->select(cover, header, segments);
    // The parts put together, with the markers that are due: libjpeg reads it.
    std::vector<unsigned char> part(header.begin(), header.end() - 2);
    for (std::size_t k = 0; k < segments.size(); ++k) {
      if (k > 0) part.insert(part.end(), {0xff, static_cast<unsigned char>(0xd0 + (k - 1) % 8)});
      part.insert(part.end(), segments[k].begin(), segments[k].end());
    }
    part.insert(part.end(), {0xff, 0xd9});
    const cv::Mat image = by_libjpeg(part, 1);
    ASSERT_EQ(image.size(), cover.size());
    EXPECT_EQ(cv::norm(image, whole(cover), cv::NORM_INF), 0) << cover;
  }
}

}  // namespace
}  // namespace doppel::augment
