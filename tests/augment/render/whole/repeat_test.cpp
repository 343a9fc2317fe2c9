#include "render/whole/repeat.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace doppel::augment {
namespace {

TEST(RepeatPixels, IsOpenCvsNearestForAnyPixelAndSize) {
  for (const int type : {CV_8UC1, CV_8UC3, CV_8UC4, CV_32SC1, CV_32FC3})
    for (const cv::Size from : {cv::Size(1, 1), {3, 7}, {10, 4}})
      for (const cv::Size to : {cv::Size(1, 1), {10, 8}, {37, 41}, {64, 9}}) {
        cv::Mat small(from, type), out(to, type), expected;
        cv::randu(small, 0, 200);
        repeat_pixels(small, out);
        cv::resize(small, expected, to, 0, 0, cv::INTER_NEAREST);
        EXPECT_EQ(cv::norm(out, expected, cv::NORM_INF), 0) << from << " to " << to;
      }
}

}  // namespace
}  // namespace doppel::augment
