#include "doppel/dataset/combine/ranged.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "doppel/base/error.h"
#include "doppel/dataset/analysis/statistics.h"
#include "doppel/dataset/sources/memory.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

SourcePtr one_image(const cv::Mat& image) {
  augment::Sample sample;
  sample.image = image;
  return std::make_shared<InMemory>(std::vector{sample}, std::vector<std::string>{});
}

TEST(Ranged, TwelveBitsFillSixteenAndKeepTheirOrder) {
  cv::Mat image(64, 64, CV_16U);
  for (int i = 0; i < 4096; ++i) image.ptr<std::uint16_t>()[i] = static_cast<std::uint16_t>(i);
  const Ranged ranged(one_image(image), 0, 4095);
  const cv::Mat out = load(ranged, 0).image;
  ASSERT_EQ(out.type(), CV_16U);
  EXPECT_EQ(out.ptr<std::uint16_t>()[4095], 65535);
  for (int i = 0; i < 4096; ++i) ASSERT_EQ(std::lround(out.ptr<std::uint16_t>()[i] * 4095 / 65535.0), i);
}

TEST(Ranged, WhatLiesOutsideIsCutOffOfWholeNumbersAlone) {
  const cv::Mat shorts = (cv::Mat_<std::uint16_t>(1, 3) << 50, 150, 250);
  const cv::Mat cut = load(Ranged(one_image(shorts), 100, 200), 0).image;
  EXPECT_EQ(cut.at<std::uint16_t>(0), 0);
  EXPECT_EQ(cut.at<std::uint16_t>(2), 65535);
  const cv::Mat floats = (cv::Mat_<float>(1, 3) << -1000, 0, 3000);
  const cv::Mat shares = load(Ranged(one_image(floats), -1000, 1000), 0).image,
                halves = (cv::Mat_<float>(1, 3) << 0, 0.5, 2);
  EXPECT_LT(cv::norm(shares, halves, cv::NORM_INF), 1e-6) << shares;
}

TEST(Ranged, AlphaHasItsOwnRange) {
  const cv::Mat image(2, 2, CV_16UC4, cv::Scalar(0, 2000, 4000, 65535));
  const auto out = load(Ranged(one_image(image), 0, 4000), 0, 0, AlphaOver::Keep).image.at<cv::Vec4w>(0, 0);
  EXPECT_EQ(out, (cv::Vec4w(0, 32768, 65535, 65535)));
}

TEST(Ranged, BytesBesideWiderNumbersStayAsTheyAre) {
  const cv::Mat bytes = (cv::Mat_<unsigned char>(1, 2) << 0, 255);
  EXPECT_EQ(cv::norm(load(Ranged(one_image(bytes), 0, 4095), 0).image, bytes, cv::NORM_INF), 0);
  EXPECT_EQ(load(Ranged(one_image(bytes / 17), 0, 15), 0).image.at<unsigned char>(1), 255);
}

TEST(Ranged, ARangeIsMeasuredOfAllNumbersButAlpha) {
  const cv::Mat image(2, 2, CV_16UC4, cv::Scalar(7, 2000, 4000, 65535));
  EXPECT_EQ(measured_range(*one_image(image)), (std::pair{7.0, 4000.0}));
  const cv::Mat flat(2, 2, CV_8U, cv::Scalar(3));
  EXPECT_NE(error_of([&] { (void)measured_range(*one_image(flat)); }).find("all numbers of the images"),
            std::string::npos);
  EXPECT_NE(error_of([&] { Ranged(one_image(flat), 3, 3); }).find("a range of intensities from 3 to 3"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
