// Stages of tone: functions of one channel's value.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "augment/render/through.h"
#include "augment/test_images.h"

namespace doppel::augment {
namespace {

TEST(ToneStages, CurvesGoThroughTheirPointsAndStayMonotone) {
  const cv::Mat row = ramp_row(401);
  const op::Curve curve{{0, 0.05, 0.7, 0.72, 1}};
  const cv::Mat out = through(curve, row);
  for (int i = 0; i < 5; ++i)
    EXPECT_NEAR(out.at<float>(0, 100 * i), curve.y[static_cast<std::size_t>(i)], 1e-4);
  for (int x = 1; x <= 400; ++x) EXPECT_GE(out.at<float>(0, x), out.at<float>(0, x - 1));
  EXPECT_LT(cv::norm(through(op::Curve{}, row), row, cv::NORM_INF), 1e-6);
  EXPECT_LT(cv::norm(through(op::Curve{{0, 0.5, 1}}, row), row, cv::NORM_INF), 1e-6);  // points on the line
}

TEST(ToneStages, ContoursAndStepsAreTheirFormulas) {
  const cv::Mat row = ramp_row(256);
  const auto check = [&](const Op& op, const auto& formula) {
    const cv::Mat out = through(op, row);
    for (int x = 0; x < 256; ++x)
      ASSERT_NEAR(out.at<float>(0, x), formula(x / 255.0), 1e-4) << name_of(op) << x;
  };
  check(op::Contour{op::Contour::Shape::Sigmoid, 8, 0.4},
        [](double x) { return 1 / (1 + std::exp(8 * (0.4 - x))); });
  check(op::Contour{op::Contour::Shape::Log, 1.5},
        [](double x) { return std::min(1.0, 1.5 * std::log2(1 + x)); });
  check(op::Solarize{op::Solarize::Mode::Invert, 0.4}, [](double x) { return x >= 0.4 ? 1 - x : x; });
  check(op::Solarize{op::Solarize::Mode::Add, 0.5, 0.3}, [](double x) { return x < 0.5 ? x + 0.3 : x; });
  check(op::Posterize{3}, [](double x) { return (std::lround(x * 255) & 0xe0) / 255.0; });
  check(op::ColorMatrix{{0.2, 0.3, 0.4, 0.05}},
        [](double x) { return 0.9 * x + 0.05; });  // grey: the first row
}

TEST(ToneStages, StretchesSoThatTheEndsAreBlackAndWhite) {
  cv::Mat image(10, 20, CV_8UC3);
  for (int i = 0; i < 200; ++i)
    image.at<cv::Vec3b>(i / 20, i % 20) =
        cv::Vec3b(static_cast<unsigned char>(20 + i), 77, static_cast<unsigned char>(i / 2));
  const cv::Mat out = through(op::AutoContrast{}, image);
  EXPECT_EQ(out.at<cv::Vec3b>(0, 0)[0], 0);
  EXPECT_EQ(out.at<cv::Vec3b>(9, 19)[0], 255);
  EXPECT_NEAR(out.at<cv::Vec3b>(5, 0)[0], 255 * 100 / 199.0, 0.51);
  EXPECT_EQ(out.at<cv::Vec3b>(3, 3)[1], 77);  // one level stays
  EXPECT_EQ(out.at<cv::Vec3b>(9, 19)[2], 255);
  // A tenth of the pixels cut at each end: 20 of 200.
  const cv::Mat cut = through(op::AutoContrast{0.1}, image);
  EXPECT_EQ(cut.at<cv::Vec3b>(1, 0)[0], 0);
  EXPECT_EQ(cut.at<cv::Vec3b>(8, 19)[0], 255);
  EXPECT_NEAR(cut.at<cv::Vec3b>(1, 1)[0], 255 / 159.0, 0.51);
}

TEST(ToneStages, HistogramsAreMadeFlatAsOpenCvDoesOrMatched) {
  const cv::Mat image = wavy(60, 70, 1);
  cv::Mat expected;
  cv::equalizeHist(image, expected);
  EXPECT_EQ(largest_difference(through(op::Equalize{}, image), expected), 0);
  const cv::Mat one(5, 5, CV_8UC1, cv::Scalar(93));
  EXPECT_EQ(largest_difference(through(op::Equalize{}, one), one), 0);
  // To uniform between 0.2 and 0.6; a third of the way there.
  std::vector<double> quantiles;
  for (int c = 0; c < 3; ++c) quantiles.insert(quantiles.end(), {0.2, 0.4, 0.6});
  const cv::Mat fine = wavy(200, 200, 1, CV_32F);
  cv::Mat sorted;
  cv::sort(through(op::MatchHistogram{quantiles, 1}, fine).reshape(1, 1), sorted, cv::SORT_ASCENDING);
  for (const double rank : {0.1, 0.35, 0.5, 0.9})
    EXPECT_NEAR(sorted.at<float>(0, static_cast<int>(rank * 40000)), 0.2 + 0.4 * rank, 0.01);
  const cv::Mat all = through(op::MatchHistogram{quantiles, 1}, image),
                third = through(op::MatchHistogram{quantiles, 1 / 3.0}, image);
  cv::Mat blend;
  cv::addWeighted(all, 1 / 3.0, image, 2 / 3.0, 0, blend);
  EXPECT_LE(largest_difference(third, blend), 1);
}

TEST(ToneStages, MeansGoWhereTheyShould) {
  const cv::Mat image = flat_image(8, 9, cv::Scalar(0.2, 0.4, 0.3));
  const double luma = 0.299 * 0.2 + 0.587 * 0.4 + 0.114 * 0.3;
  EXPECT_NEAR(through(op::Exposure{0.5, 0.1, 9}, image).at<cv::Vec3f>(0)[0], 0.2 * 0.5 / luma, 1e-5);
  EXPECT_NEAR(through(op::Exposure{0.5, 0.1, 1.2}, image).at<cv::Vec3f>(0)[0], 0.24, 1e-5);
  EXPECT_NEAR(through(op::Exposure{0.1, 0.8, 1.2}, image).at<cv::Vec3f>(0)[1], 0.32, 1e-5);
  const cv::Vec3f own = through(op::Contrast{0.3, true, 0.1}, image).at<cv::Vec3f>(0);
  for (int c = 0; c < 3; ++c)
    EXPECT_NEAR(own[c], image.at<cv::Vec3f>(0)[c] + 0.1F, 1e-5);  // each is its mean
  EXPECT_NEAR(through(op::Contrast{0, false, 0}, image).at<cv::Vec3f>(0)[2], luma, 1e-5);
}

}  // namespace
}  // namespace doppel::augment
