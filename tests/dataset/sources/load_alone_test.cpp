#include "doppel/dataset/sources/load_alone.h"

#include <gtest/gtest.h>

#include <future>
#include <opencv2/core.hpp>

#include "doppel/codec/png.h"

namespace doppel::dataset {
namespace {

/// A grey picture of so many rows of 4,000 pixels, as a file's bytes.
Item png_of_rows(int rows) {
  Item item;
  item.encoded = encode_png(cv::Mat(rows, 4'000, CV_8UC1, cv::Scalar(7)));
  return item;
}

TEST(LoadAlone, OnePictureOfMoreThanSixteenMegabytesIsHeldAtOnce) {
  std::mutex large;
  EXPECT_FALSE(alone_with(png_of_rows(4'000).encoded, large).owns_lock());
  const Item item = png_of_rows(4'001);
  const auto first = alone_with(item.encoded, large);
  ASSERT_TRUE(first.owns_lock());
  EXPECT_FALSE(std::async(std::launch::async, [&] { return large.try_lock(); }).get());
  EXPECT_FALSE(alone_with(png_of_rows(10).encoded, large).owns_lock());  // small ones don't wait
}

}  // namespace
}  // namespace doppel::dataset
