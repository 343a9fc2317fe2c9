#include "render/sampling/scale.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"

namespace doppel::augment {
namespace {

TEST(ScaleReader, IsOpenCvsBilinearResizeInAnyOrderOfRows) {
  for (const int channels : {3, 4})
    for (const auto& [from, to] : {std::pair{Size{17, 23}, Size{40, 31}},
                                   {Size{20, 30}, Size{11, 16}},
                                   {Size{1, 1}, Size{3, 5}},
                                   {Size{2, 9}, Size{2, 17}}}) {
      const cv::Mat image = wavy(from.height, from.width, channels);
      cv::Mat expected, down(to.height, to.width, image.type()), up(down.size(), image.type());
      cv::resize(image, expected, {to.width, to.height}, 0, 0, cv::INTER_LINEAR);
      ScaleReader reader(image, {0, double(from.width) / to.width, to.width},
                         {0, double(from.height) / to.height, to.height}, Fill::Kind::Replicate);
      for (int y = 0; y < to.height; ++y) reader.read(y, down.ptr(y));
      for (int y = to.height - 1; y >= 0; --y) reader.read(y, up.ptr(y));
      EXPECT_LE(largest_difference(down, expected), 1) << from.width << " to " << to.width;
      EXPECT_EQ(largest_difference(up, down), 0);
    }
}

TEST(ScaleReader, MirroredItReadsFromTheFarEnd) {
  const cv::Mat image = wavy(9, 14, 3);
  cv::Mat flipped;
  cv::flip(image, flipped, -1);
  std::vector<unsigned char> out(60), expected(60);
  for (const Fill::Kind border :
       {Fill::Kind::Reflect, Fill::Kind::Wrap, Fill::Kind::Replicate, Fill::Kind::Symmetric}) {
    ScaleReader mirrored(image, {14, -0.7, 20}, {9, -0.6, 15}, border);
    ScaleReader plain(flipped, {0, 0.7, 20}, {0, 0.6, 15}, border);
    for (int y = 0; y < 15; ++y) {
      mirrored.read(y, out.data());
      plain.read(y, expected.data());
      for (std::size_t i = 0; i < 60; ++i) ASSERT_NEAR(out[i], expected[i], 1);
    }
  }
}

TEST(ScaleReader, StaysInsideUpToTheOuterCentres) {
  EXPECT_TRUE(ScaleReader::stays_inside({0, 1, 10}, 10));
  EXPECT_FALSE(ScaleReader::stays_inside({0, 0.5, 20}, 10));  // the first centre is at 0.25
  EXPECT_TRUE(ScaleReader::stays_inside({10, -1, 10}, 10));
  EXPECT_FALSE(ScaleReader::stays_inside({0.1, 1, 10}, 10));
  EXPECT_TRUE(ScaleReader::stays_inside({0.1, 1, 9}, 10));
}

}  // namespace
}  // namespace doppel::augment
