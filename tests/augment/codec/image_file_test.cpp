#include "codec/image_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <opencv2/core.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/codec/png.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(ImageFile, AThreadKeepsTheLastFew) {
  const dataset::TemporaryFolder folder;
  const auto path = [&](int i) { return (folder.path() / (std::to_string(i) + ".png")).string(); };
  for (int i = 0; i < 20; ++i) write_png(path(i), cv::Mat(4, 5, CV_8UC3, cv::Scalar(i, 0, 0)));
  const cv::Mat first = image_from(path(0), 0);
  EXPECT_EQ(image_from(path(0), 3).data, first.data);
  std::filesystem::remove(path(0));
  EXPECT_EQ(image_from(path(0), 3).at<cv::Vec3b>(3, 4), cv::Vec3b(0, 0, 0));
  // After many others it's gone from there, too; what was given stays.
  for (int i = 1; i < 20; ++i)
    EXPECT_EQ(image_from(path(i), 3).at<cv::Vec3b>(0, 0), cv::Vec3b(static_cast<uchar>(i), 0, 0));
  EXPECT_NE(error_of([&] { image_from(path(0), 3); }).find(path(0)), std::string::npos);
  EXPECT_EQ(first.at<cv::Vec3b>(3, 4), cv::Vec3b(0, 0, 0));
}

TEST(ImageFile, HasTheChannelsAskedFor) {
  const dataset::TemporaryFolder folder;
  const std::string path = folder.path() / "a.png";
  write_png(path, cv::Mat(4, 5, CV_8UC4, cv::Scalar(255, 255, 255, 9)));
  for (const int channels : {1, 3, 4}) EXPECT_EQ(image_from(path, channels).channels(), channels);
  EXPECT_EQ(image_from(path, 0).channels(), 4);
  EXPECT_EQ(image_from(path, 4).at<cv::Vec4b>(0, 0), cv::Vec4b(255, 255, 255, 9));
  EXPECT_THROW(image_from(path + ".jpg", 3), Error);
}

}  // namespace
}  // namespace doppel::augment
