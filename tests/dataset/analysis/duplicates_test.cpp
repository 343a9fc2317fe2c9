#include "doppel/dataset/analysis/duplicates.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"
#include "doppel/codec/image.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/png.h"

namespace doppel::dataset {
namespace {

DuplicateFinder::Fingerprint print_of(const std::vector<unsigned char>& bytes) {
  return DuplicateFinder::fingerprint(bytes, decode_image(bytes));
}

TEST(Duplicates, TheSameBytesAreExactWhateverTheyShow) {
  DuplicateFinder finder;
  const auto flat = encode_png(cv::Mat(20, 20, CV_8UC3, cv::Scalar(9, 9, 9)));
  finder.add(print_of(flat), "a", 0);
  finder.add(print_of(encode_png(cv::Mat(20, 20, CV_8UC3, cv::Scalar(9, 9, 10)))), "other", 0);
  EXPECT_TRUE(finder.pairs().empty());  // flat images have no near ones
  finder.add(print_of(flat), "b", 0);
  finder.add(print_of(flat), "c", 1, 1);
  ASSERT_EQ(finder.pairs().size(), 2U);
  EXPECT_EQ(finder.pairs()[0], (DuplicateFinder::Pair{"a", "b", true, false, false}));
  EXPECT_EQ(finder.pairs()[1], (DuplicateFinder::Pair{"a", "c", true, true, true}));
}

TEST(Duplicates, AnotherEncodingSizeOrLightIsNear) {
  const cv::Mat photo = augment::wavy(160, 200, 3);
  cv::Mat small, lighter;
  cv::resize(photo, small, {}, 0.5, 0.5, cv::INTER_AREA);
  photo.convertTo(lighter, CV_8U, 1, 3);
  DuplicateFinder finder;
  finder.add(print_of(encode_png(photo)), "photo", 0);
  finder.add(print_of(encode_jpeg(photo, 70)), "jpeg", 0);
  finder.add(print_of(encode_png(small)), "small", 0);
  finder.add(print_of(encode_png(lighter)), "lighter", 0);
  ASSERT_EQ(finder.pairs().size(), 3U);
  EXPECT_EQ(finder.pairs()[0], (DuplicateFinder::Pair{"photo", "jpeg"}));
  EXPECT_EQ(finder.pairs()[1].b, "small");
  EXPECT_EQ(finder.pairs()[2].b, "lighter");
  EXPECT_FALSE(finder.pairs()[1].exact || finder.pairs()[2].exact);
}

TEST(Duplicates, WhatIsTurnedMirroredOrInvertedIsAnotherImage) {
  const cv::Mat photo = augment::wavy(160, 160, 3);
  cv::Mat mirrored, turned;
  cv::flip(photo, mirrored, 1);
  cv::rotate(photo, turned, cv::ROTATE_90_CLOCKWISE);
  DuplicateFinder finder;
  for (const cv::Mat& one : {photo, mirrored, turned, cv::Mat(255 - photo)})
    finder.add(print_of(encode_png(one)), "x", 0);
  EXPECT_TRUE(finder.pairs().empty());
  // Without pixels, bytes are all there is.
  EXPECT_EQ(DuplicateFinder::fingerprint(encode_png(photo), {}).shape, 0U);
}

}  // namespace
}  // namespace doppel::dataset
