// Effects that need the whole image; EdgeDetect's is in tests/augment/transforms.
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "augment/render/through.h"
#include "augment/test_images.h"
#include "dataset/temporary_folder.h"
#include "doppel/codec/png.h"

namespace doppel::augment {
namespace {

TEST(EffectOps, SnowSettlesWhereItIsLight) {
  const cv::Mat dark = flat_image(70, 80, cv::Scalar(0.1, 0.15, 0.2)),
                light = flat_image(70, 80, cv::Scalar(0.9, 0.8, 0.7));
  EXPECT_LT(cv::norm(through(op::SnowSettle{1}, dark), dark, cv::NORM_INF), 1e-5);
  EXPECT_LT(cv::norm(through(op::SnowSettle{0}, light), light, cv::NORM_INF), 1e-5);
  const cv::Vec3f before = light.at<cv::Vec3f>(40, 40),
                  after = through(op::SnowSettle{1}, light).at<cv::Vec3f>(40, 40);
  EXPECT_GT(after[2], before[2]);
  EXPECT_LT(after[0] - after[2], before[0] - before[2]);  // and paler
  // What faces up, above a darker part, takes more.
  cv::Mat roof = flat_image(64, 64, cv::Scalar::all(0.7), 1);
  roof.rowRange(32, 64).setTo(0.5);
  const cv::Mat snowed = through(op::SnowSettle{1}, roof);
  EXPECT_GT(snowed.at<float>(31, 9), snowed.at<float>(10, 9) + 0.05F);
}

TEST(EffectOps, HalftonesHaveAsMuchInkAsTheImageIsDark) {
  const auto ink = [](double level) {
    return 1 - cv::mean(through(op::Halftone{6, 45, 1}, flat_image(120, 120, cv::Scalar::all(level))))[0];
  };
  EXPECT_NEAR(ink(0), 1, 0.05);
  for (const double level : {0.8, 0.6, 0.4}) EXPECT_NEAR(ink(level) / (1 - level), 1.15, 0.2) << level;
  const cv::Mat image = flat_image(60, 60, cv::Scalar::all(0.5)),
                dots = through(op::Halftone{6, 20, 1}, image);
  double low = 0, high = 0;
  cv::minMaxLoc(dots.reshape(1), &low, &high);
  EXPECT_NEAR(low, 0, 1e-5);
  EXPECT_NEAR(high, 1, 1e-5);
  EXPECT_LT(cv::norm(through(op::Halftone{6, 20, 0.4}, image), 0.6 * image + 0.4 * dots, cv::NORM_INF), 1e-5);
}

TEST(EffectOps, ShapesMayShowTheImageFromElsewhere) {
  const cv::Mat image = wavy(40, 50, 3);
  const op::Shapes shapes{op::Shapes::Kind::Triangle, {10, 10, 30, 10, 10, 30}, {}, 7, -4};
  cv::Mat out = through(shapes, image);
  EXPECT_EQ(out.at<cv::Vec3b>(15, 12), image.at<cv::Vec3b>(11, 19));
  EXPECT_EQ(out.at<cv::Vec3b>(29, 29), image.at<cv::Vec3b>(29, 29));
  int changed = 0;
  for (int i = 0; i < 2000; ++i)
    changed += out.at<cv::Vec3b>(i / 50, i % 50) != image.at<cv::Vec3b>(i / 50, i % 50);
  EXPECT_NEAR(changed, 200, 20);
}

TEST(EffectOps, FourierAdaptTakesTheOtherImagesLowFrequencies) {
  const dataset::TemporaryFolder folder;
  const std::string file = (folder.path() / "other.png").string(),
                    same = (folder.path() / "same.png").string();
  const cv::Mat image = wavy(40, 50, 3), other(20, 30, CV_8UC3, cv::Scalar(50, 120, 200));
  write_png(file, other);
  // Up to 0 of the side: the mean alone, where nothing is clamped.
  const cv::Mat calm = 0.2 * image + cv::Scalar::all(100);
  const cv::Scalar mean = cv::mean(through(op::FourierAdapt{file, 0.001}, calm));
  EXPECT_NEAR(mean[0], 50, 1);
  EXPECT_NEAR(mean[2], 200, 1);
  write_png(same, image);
  EXPECT_LE(largest_difference(through(op::FourierAdapt{same, 0.2}, image), image), 1);
}

TEST(EffectOps, CoversMayBeBlurredCopies) {
  const cv::Mat image = wavy(60, 50, 3);
  const cv::Rect hole(5, 8, 20, 30);
  cv::Mat out = through(op::Cover{{5, 8, 20, 30}, CoverFill::Blur}, image), soft;
  cv::GaussianBlur(image, soft, {0, 0}, 5, 5, cv::BORDER_REFLECT_101);
  EXPECT_LE(largest_difference(out(hole), soft(hole)), 2);
  image(hole).copyTo(out(hole));
  EXPECT_EQ(largest_difference(out, image), 0);
}

}  // namespace
}  // namespace doppel::augment
