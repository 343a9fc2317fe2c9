#include "base/image_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <thread>

namespace doppel::augment {
namespace {

TEST(ImagePool, ImagesThatLiveAreApart) {
  for (int round = 0; round < 3; ++round) {
    std::vector<cv::Mat> held;
    for (int i = 0; i < 30; ++i) {
      held.push_back(pooled_image(1 + i, 40 - i, CV_8UC(1 + i % 4)));
      ASSERT_EQ(held.back().size(), cv::Size(40 - i, 1 + i));
      ASSERT_EQ(held.back().type(), CV_8UC(1 + i % 4));
      held.back().setTo(cv::Scalar::all(i));
    }
    for (int i = 0; i < 30; ++i)
      EXPECT_EQ(cv::countNonZero(held[static_cast<std::size_t>(i)].reshape(1) != i), 0) << i;
  }
  EXPECT_TRUE(pooled_image(0, 5, CV_8UC3).empty());
}

#ifndef __SANITIZE_THREAD__  // for which nothing is used again
TEST(ImagePool, MemoryComesBackWhenTheLastSharerGoes) {
  cv::Mat first = pooled_image(50, 60, CV_32FC3);
  const unsigned char* const data = first.data;
  cv::Mat sharer = first;
  first.release();
  EXPECT_NE(pooled_image(50, 60, CV_32FC3).data, data);
  sharer.release();
  EXPECT_EQ(pooled_image(50, 60, CV_32FC3).data, data);
  EXPECT_EQ(pooled_image(60, 50, CV_32FC3).data, data);  // in another shape
  // What a thread made outlives it.
  cv::Mat kept;
  std::thread([&] { (kept = pooled_image(9, 9, CV_8UC1)).setTo(7); }).join();
  EXPECT_EQ(cv::countNonZero(kept == 7), 81);
}

// Nothing but the image itself tells this thread that the other is done: the thread sanitizer sees whether it
// does.
TEST(ImagePool, WhatAnotherThreadGaveBackWasReadBefore) {
  cv::Mat image = pooled_zeros(64, 64, CV_8UC1);
  const unsigned char* const data = image.data;
  int seen = 0;
  std::thread other([&seen, given = std::move(image)]() mutable {
    for (int i = 0; i < 64; ++i) seen += given.at<unsigned char>(i, i);
    given.release();
  });
  cv::Mat again = pooled_image(64, 64, CV_8UC1);
  while (again.data != data) {
    std::this_thread::yield();
    again.release();
    again = pooled_image(64, 64, CV_8UC1);
  }
  std::memset(again.data, 7, again.total());
  other.join();
  EXPECT_EQ(seen, 0);
}
#endif

TEST(ImagePool, ContentsAreWhatTheirNamesSay) {
  pooled_image(8, 9, CV_8UC3).setTo(cv::Scalar::all(255));
  EXPECT_EQ(cv::countNonZero(pooled_zeros(8, 9, CV_8UC3).reshape(1)), 0);
  cv::Mat image(8, 9, CV_8UC3, cv::Scalar(0, 51, 255));
  const cv::Mat copy = pooled_copy(image), floats = pooled_floats(image);
  image.setTo(cv::Scalar::all(1));
  EXPECT_EQ(copy.at<cv::Vec3b>(7, 8), cv::Vec3b(0, 51, 255));
  EXPECT_LT(cv::norm(floats.at<cv::Vec3f>(7, 8), cv::Vec3f(0, 0.2F, 1), cv::NORM_INF), 1e-7);
  EXPECT_EQ(cv::norm(pooled_floats(floats), floats, cv::NORM_INF), 0);
  EXPECT_EQ(pooled_like(image, CV_32FC1).size(), image.size());
}

TEST(ImagePool, ADetachedPartHasNoSurroundings) {
  cv::Mat image(12, 12, CV_8UC1, cv::Scalar(200));
  cv::Mat part = image(cv::Rect(4, 4, 4, 4));
  part.setTo(10);
  cv::Mat blurred, beyond;
  cv::blur(detached(part), blurred, {3, 3});
  cv::blur(part, beyond, {3, 3});
  EXPECT_EQ(cv::countNonZero(blurred != 10), 0);
  EXPECT_GT(cv::countNonZero(beyond != 10), 0);  // without it OpenCV looks past the edge
  EXPECT_EQ(detached(part).data, part.data);
}

}  // namespace
}  // namespace doppel::augment
