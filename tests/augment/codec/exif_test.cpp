#include "codec/exif.h"

#include <gtest/gtest.h>

#include <vector>

#include "augment/codec/jpeg/jpeg_files.h"
#include "augment/test_images.h"

namespace doppel::augment {
namespace {

TEST(Exif, OrientationsOfEitherByteOrderAreRead) {
  const auto jpeg = encoded(wavy(8, 8, 1), {1, 1});
  EXPECT_EQ(jpeg_orientation(jpeg), 1);
  for (const bool little : {true, false})
    for (int n = 1; n <= 8; ++n) EXPECT_EQ(jpeg_orientation(with_orientation(jpeg, n, little)), n);
}

TEST(Exif, WhatMakesNoSenseIsUpright) {
  const auto jpeg = encoded(wavy(8, 8, 1), {1, 1});
  for (const int n : {0, 9, 255, 65535}) EXPECT_EQ(jpeg_orientation(with_orientation(jpeg, n, true)), 1) << n;
  EXPECT_EQ(jpeg_orientation({}), 1);
  const auto good = with_orientation(jpeg, 6, true);
  // Whole up to the block's end, it's read; cut before, it isn't; never is anything else.
  const std::size_t end = 2 + 2 + 2 + 6 + 8 + 2 + 2 * 12;
  for (std::size_t size = 0; size <= good.size(); ++size)
    EXPECT_EQ(jpeg_orientation(std::span(good).first(size)), size >= end ? 6 : 1) << size;
  auto other = good;
  other[12] = 'X';  // neither order of bytes
  EXPECT_EQ(jpeg_orientation(other), 1);
  other = good;
  other[16] = 0xff, other[17] = 0xff;  // the directory lies beyond the block
  EXPECT_EQ(jpeg_orientation(other), 1);
}

TEST(Exif, OtherSegmentsMayComeBefore) {
  auto jpeg = with_orientation(encoded(wavy(8, 8, 1), {1, 1}), 3, false);
  const std::vector<unsigned char> xmp{0xff, 0xe1, 0, 9, 'h', 't', 't', 'p', ':', '/', '/'},
      filled{0xff, 0xff, 0xff};
  jpeg.insert(jpeg.begin() + 2, filled.begin(), filled.end());
  jpeg.insert(jpeg.begin() + 2, xmp.begin(), xmp.end());
  EXPECT_EQ(jpeg_orientation(jpeg), 3);
  // Behind the beginning of the pixels nothing is looked for.
  const std::vector<unsigned char> scan{0xff, 0xda, 0, 2};
  jpeg.insert(jpeg.begin() + 2, scan.begin(), scan.end());
  EXPECT_EQ(jpeg_orientation(jpeg), 1);
}

}  // namespace
}  // namespace doppel::augment
