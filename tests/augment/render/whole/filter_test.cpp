#include "render/whole/filter.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"

namespace doppel::augment {
namespace {

TEST(FilterPasses, BoxesAreMeansRoundedToNearest) {
  for (const int type : {CV_8UC1, CV_8UC3, CV_8UC4})
    for (const cv::Size shape : {cv::Size(1, 1), {2, 9}, {31, 17}, {64, 5}}) {
      const cv::Mat image = wavy(shape.height, shape.width, CV_MAT_CN(type));
      for (const int size : {1, 3, 7, 15, 17}) {
        cv::Mat expected;
        cv::blur(image, expected, {size, size}, {-1, -1}, cv::BORDER_REFLECT_101);
        EXPECT_LE(cv::norm(box(image, size), expected, cv::NORM_INF), 1) << size;
      }
    }
}

TEST(FilterPasses, KernelsOfBytesAreNearExact) {
  cv::Mat sharp(3, 5, CV_32F), strong(3, 3, CV_32F), soft(7, 7, CV_32F);
  cv::RNG rng(5);
  rng.fill(sharp, cv::RNG::UNIFORM, -0.15, 0.25);
  rng.fill(strong, cv::RNG::UNIFORM, -30, 30);  // beyond 16 bits: by OpenCV
  rng.fill(soft, cv::RNG::UNIFORM, 0, 1);
  soft /= cv::sum(soft)[0];
  for (const int channels : {1, 3})
    for (const cv::Size shape : {cv::Size(1, 1), {1, 8}, {40, 3}, {150, 31}})
      for (const cv::Mat& kernel : {sharp, strong, soft}) {
        const cv::Mat image = wavy(shape.height, shape.width, channels);
        cv::Mat floats, exact;
        image.convertTo(floats, CV_32F);
        cv::filter2D(floats, exact, -1, kernel, {-1, -1}, 0, cv::BORDER_REFLECT_101);
        exact = cv::min(cv::max(exact, 0), 255);
        filtered(image, kernel).convertTo(floats, CV_32F);
        EXPECT_LT(cv::norm(floats, exact, cv::NORM_INF), 0.6) << shape;
      }
}

TEST(FilterPasses, GaussiansAreNearExact) {
  for (const double sigma : {0.1, 0.7, 2.0, 5.0})
    for (const cv::Size shape : {cv::Size(1, 1), {3, 2}, {61, 40}}) {
      const cv::Mat image = wavy(shape.height, shape.width, 3);
      cv::Mat floats, exact;
      image.convertTo(floats, CV_32F);
      cv::GaussianBlur(floats, exact, {51, 51}, sigma, sigma, cv::BORDER_REFLECT_101);
      gaussian(image, sigma).convertTo(floats, CV_32F);
      EXPECT_LT(cv::norm(floats, exact, cv::NORM_INF), 0.8) << sigma << shape;
      const cv::Mat white(shape, CV_8UC3, cv::Scalar::all(255));
      EXPECT_EQ(largest_difference(gaussian(white, sigma), white), 0) << sigma;
    }
}

TEST(FilterPasses, ResultsGoToTheirPlace) {
  const cv::Mat image = wavy(20, 23, 3), kernel(3, 3, CV_32F, cv::Scalar(1 / 9.0));
  cv::Mat larger(24, 30, image.type(), cv::Scalar::all(7)), place = larger(cv::Rect(3, 2, 23, 20));
  const auto check = [&](const cv::Mat& there, const cv::Mat& wanted) {
    EXPECT_EQ(there.data, place.data);
    EXPECT_EQ(largest_difference(place, wanted), 0);
    EXPECT_EQ(cv::norm(larger.row(1), cv::Mat(1, 30, image.type(), cv::Scalar::all(7)), cv::NORM_INF), 0);
    EXPECT_EQ(cv::norm(larger.row(22), cv::Mat(1, 30, image.type(), cv::Scalar::all(7)), cv::NORM_INF), 0);
  };
  check(filtered(image, kernel, place), filtered(image, kernel));
  check(box(image, 5, place), box(image, 5));
  check(gaussian(image, 1.5, place), gaussian(image, 1.5));
}

}  // namespace
}  // namespace doppel::augment
