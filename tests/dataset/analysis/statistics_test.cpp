#include "doppel/dataset/analysis/statistics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dataset/levels.h"
#include "dataset/written_files.h"
#include "doppel/dataset/sources/image_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(ImageStatistics, AreMeanAndDeviationOfAllPixels) {
  // Levels 0 to 9 alike: mean 4.5, variance (10² - 1) / 12.
  const ImageStatistics found = image_statistics(*levels(10, 0));
  EXPECT_EQ(found.channels, 1);
  EXPECT_EQ(found.size, (Size{2, 3}));
  ASSERT_EQ(found.mean.size(), 1U);
  EXPECT_NEAR(found.mean[0], 4.5 / 255, 1e-9);
  EXPECT_NEAR(found.std[0], std::sqrt(99 / 12.0) / 255, 1e-9);
  EXPECT_EQ(image_statistics(*levels(1, 100)).std[0], 1e-3);  // at least
  const ImageStatistics colour = image_statistics(*levels(10, 0), 3);
  EXPECT_EQ(colour.channels, 3);
  ASSERT_EQ(colour.mean.size(), 3U);
  EXPECT_NEAR(colour.mean[2], 4.5 / 255, 1e-9);
}

TEST(ImageStatistics, LookAtSomeEvenlySpread) {
  std::size_t calls = 0, all = 0;
  const ImageStatistics found =
      image_statistics(*levels(100, 0), 0, 10, [&](std::size_t, std::size_t of) { ++calls, all = of; });
  EXPECT_EQ(calls, 10U);
  EXPECT_EQ(all, 10U);
  EXPECT_NEAR(found.mean[0], 45 / 255.0, 1e-9);  // 0, 10 … 90
}

TEST(ImageStatistics, PassOverWhatCannotBeReadUnlessItIsAll) {
  const TemporaryFolder folder;
  const auto bad = put_text(folder.path() / "bad.png", "x");
  const ImageStatistics found = image_statistics(
      ImageFiles({bad, put_image(folder.path() / "1.png"), put_image(folder.path() / "2.png", {20, 20})}));
  EXPECT_EQ(found.channels, 3);
  EXPECT_FALSE(found.size);  // they differ
  EXPECT_NEAR(found.mean[0], 40 / 255.0, 1e-9);
  EXPECT_NEAR(found.mean[2], 200 / 255.0, 1e-9);
  EXPECT_NE(error_of([&] { image_statistics(ImageFiles({bad})); }).find("bad.png"), std::string::npos);
  EXPECT_NE(error_of([] { image_statistics(*levels(0, 0)); }).find("no samples"), std::string::npos);
}

/// A PNG with one pixel.
std::filesystem::path put_pixel(const std::filesystem::path& file, const cv::Mat& pixel) {
  return put_bytes(file, encode_png(pixel));
}

TEST(ImageStatistics, OneImageInColourMakesAllOfThemColour) {
  const TemporaryFolder folder;
  const auto grey = put_pixel(folder.path() / "1.png", cv::Mat(1, 1, CV_8UC1, cv::Scalar(51)));
  const auto colour = put_pixel(folder.path() / "2.png", cv::Mat(1, 1, CV_8UC3, cv::Scalar(255, 102, 0)));
  for (const auto& order : {std::vector{grey, colour}, {colour, grey}}) {
    const ImageStatistics found = image_statistics(ImageFiles(order));
    ASSERT_EQ(found.channels, 3);
    EXPECT_NEAR(found.mean[0], 0.6, 1e-9);
    EXPECT_NEAR(found.mean[1], 0.3, 1e-9);
    EXPECT_NEAR(found.mean[2], 0.1, 1e-9);
    EXPECT_NEAR(found.std[2], 0.1, 1e-9);
    EXPECT_EQ(found.transparent, 0U);
    EXPECT_EQ(found.looked_at, 2U);
  }
}

TEST(ImageStatistics, TwelveBitsInSixteenAreCounted) {
  const TemporaryFolder folder;
  cv::Mat dark(1, 64, CV_32S), full(1, 64, CV_32S);
  for (int x = 0; x < 64; ++x) dark.at<int>(0, x) = 64 * x, full.at<int>(0, x) = 1024 * x;
  put_bytes(folder.path() / "dark.png", encode_mask(dark));
  put_bytes(folder.path() / "full.png", encode_mask(full));
  put_image(folder.path() / "flat.png", {64, 1});
  const ImageStatistics found = image_statistics(*ImageFiles::below(folder.path()));
  EXPECT_EQ(found.looked_at, 3U);
  EXPECT_EQ(found.few_levels, 1U);
}

TEST(ImageStatistics, TransparencyIsCountedAndPutOverWhatIsTold) {
  const TemporaryFolder folder;
  const auto clear = put_pixel(folder.path() / "1.png", cv::Mat(1, 1, CV_8UC4, cv::Scalar(51, 51, 51, 0)));
  const auto opaque = put_pixel(folder.path() / "2.png", cv::Mat(1, 1, CV_8UC4, cv::Scalar(0, 0, 0, 255)));
  const auto plain = put_pixel(folder.path() / "3.png", cv::Mat(1, 1, CV_8UC3, cv::Scalar(0, 0, 0)));
  const ImageFiles files({plain, clear, opaque});
  const auto found = [&](AlphaOver alpha) { return image_statistics(files, 0, 10, {}, alpha); };
  EXPECT_EQ(found(AlphaOver::White).transparent, 1U);
  EXPECT_EQ(found(AlphaOver::White).channels, 3);
  EXPECT_NEAR(found(AlphaOver::White).mean[0], 1 / 3.0, 1e-9);
  EXPECT_EQ(found(AlphaOver::Black).mean[0], 0);
  EXPECT_NEAR(found(AlphaOver::Drop).mean[0], 0.2 / 3, 1e-9);
  const ImageStatistics kept = found(AlphaOver::Keep);
  ASSERT_EQ(kept.channels, 4);
  EXPECT_NEAR(kept.mean[0], 0.2 / 3, 1e-9);
  EXPECT_NEAR(kept.mean[3], 2 / 3.0, 1e-9);  // what has no alpha is opaque
}

}  // namespace
}  // namespace doppel::dataset
