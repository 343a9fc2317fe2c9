#include "render/whole/morphology.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace doppel::augment {
namespace {

TEST(MorphologyOps, ExtremesAreOpenCvsOverADisc) {
  for (const int type : {CV_8UC1, CV_8UC3, CV_32FC3})
    for (const cv::Size shape : {cv::Size(1, 1), {1, 40}, {40, 1}, {31, 17}, {64, 65}}) {
      cv::Mat image(shape, type);
      cv::randu(image, 0, type == CV_32FC3 ? 1 : 256);
      for (const double radius : {0.3, 0.8, 1.0, 1.3, 2.0, 2.9, 5.0, 9.5}) {
        const int reach = static_cast<int>(std::ceil(radius));
        cv::Mat disc(2 * reach + 1, 2 * reach + 1, CV_8U), expected;
        for (int y = -reach; y <= reach; ++y)
          for (int x = -reach; x <= reach; ++x)
            disc.at<uchar>(y + reach, x + reach) = x * x + y * y <= radius * radius + 0.5 ? 1 : 0;
        using Mode = op::Morphology::Mode;
        cv::dilate(image, expected, disc);
        EXPECT_EQ(cv::norm(extremes(image, {Mode::Dilate, radius}), expected, cv::NORM_INF), 0) << radius;
        cv::erode(image, expected, disc);
        EXPECT_EQ(cv::norm(extremes(image, {Mode::Erode, radius}), expected, cv::NORM_INF), 0) << radius;
      }
    }
}

}  // namespace
}  // namespace doppel::augment
