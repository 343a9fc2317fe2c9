#include "draft/saliency.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/base/random.h"

namespace doppel::augment {
namespace {

TEST(Saliency, OneThingOnAPlainGroundIsFound) {
  for (std::uint64_t i = 0; i < 40; ++i) {
    const Stream s{.index = i};
    cv::Mat image(160, 220, CV_8UC3, cv::Scalar(70, 80, 90));
    const cv::Rect thing(s.integer("x", 20, 170), s.integer("y", 20, 110), 30, 30);
    cv::randu(image(thing), 0, 256);
    const cv::Rect found = salient_region(image);
    // Nearly all of it, and not much more: within a few of 64 cells a side.
    EXPECT_GT((found & thing).area(), 0.9 * thing.area()) << thing << found;
    EXPECT_LT(found.area(), image.size().area() / 3) << found;
  }
}

TEST(Saliency, IsTheSameWhateverTheChannelsAndTheRange) {
  cv::Mat grey(90, 120, CV_8UC1, cv::Scalar(60));
  grey(cv::Rect(70, 20, 15, 18)).setTo(230);
  const cv::Rect expected = salient_region(grey);
  for (const int channels : {3, 4}) {
    cv::Mat image;
    cv::merge(std::vector<cv::Mat>(static_cast<std::size_t>(channels), grey), image);
    EXPECT_EQ(salient_region(image), expected) << channels;
  }
  cv::Mat floats;
  grey.convertTo(floats, CV_32F, 1 / 255.0);
  const cv::Rect of_floats = salient_region(floats);
  EXPECT_GT((of_floats & expected).area(), 0.8 * (of_floats | expected).area());
}

TEST(Saliency, LiesInTheImageAndIsAllOfAPlainOne) {
  for (const cv::Size size : {cv::Size(1, 1), {3, 2}, {1, 300}, {300, 2}, {40, 50}})
    for (const int type : {CV_8U, CV_32F}) {
      const cv::Rect found = salient_region(wavy(size.height, size.width, 3, type));
      EXPECT_EQ(found & cv::Rect({}, size), found);
      EXPECT_GT(found.area(), 0);
    }
  for (const int level : {60, 128, 255})
    EXPECT_EQ(salient_region(cv::Mat(50, 70, CV_8UC3, cv::Scalar::all(level))), cv::Rect(0, 0, 70, 50));
}

}  // namespace
}  // namespace doppel::augment
