// Files of every form, made by other programs, are the images that those programs see.
#include "doppel/codec/image.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <opencv2/imgproc.hpp>

#include "augment/codec/stored_images.h"
#include "doppel/base/error.h"
#include "doppel/codec/image_facts.h"
#include "doppel/codec/png.h"

namespace doppel {
namespace {

/// What goes wrong; "" where nothing does.
template <class Do>
std::string problem_of(const Do& run) {
  try {
    run();
  } catch (const Error& error) { return error.what(); }
  return {};
}

bool names_a_library(const std::string& text) {
  return text.find("OpenCV") != std::string::npos || text.find("cv::") != std::string::npos ||
         text.find("(-") != std::string::npos;
}

cv::Mat decoded(const StoredImage& stored) {
  if (stored.name.find(":grey") == std::string::npos) return decode_image(stored.bytes);
  EncodedImage reader(stored.bytes, 1);
  cv::Mat image(reader.size(), CV_8UC1);
  reader.decode({{}, reader.size()}, image);
  return image;
}

TEST(StoredImages, IsWhatOtherProgramsSee) {
  const auto all = stored_images();
  ASSERT_GT(all.size(), 75U);
  for (const StoredImage& stored : all) {
    cv::Mat image;
    const std::string problem = problem_of([&] { image = decoded(stored); });
    if (lacks_plugin(problem)) continue;
    ASSERT_EQ(problem, "") << stored.name;
    ASSERT_EQ(image.size(), stored.pixels.size()) << stored.name;
    ASSERT_EQ(image.type(), stored.pixels.type()) << stored.name;
    EXPECT_LE(cv::norm(image, stored.pixels, cv::NORM_INF), stored.off) << stored.name;
  }
}

TEST(StoredImages, MasksAreTurnedAsTheirOwnFileSays) {
  const cv::Mat plain(2, 3, CV_8U, cv::Scalar(4));
  std::vector<unsigned char> bytes = encode_png(plain);
  EXPECT_EQ(decode_mask(bytes).size(), cv::Size(3, 2));
  // An eXIf chunk behind the header: a directory of one tag, orientation 6. Its check sum isn't looked at.
  const unsigned char exif[] = {0,  0, 0, 26, 'e', 'X', 'I', 'f', 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1,
                                18, 0, 3, 0,  0,   0,   1,   0,   6,   0,   0, 0,  0, 0, 0, 0, 0, 0, 0};
  bytes.insert(bytes.begin() + 33, std::begin(exif), std::end(exif));
  EXPECT_EQ(decode_mask(bytes).size(), cv::Size(2, 3));
}

TEST(StoredImages, NumbersThatAreNoImagesAreRefusedByName) {
  const std::string problem = problem_of([] { decode_image(stored_bytes("floating.tif")); });
  EXPECT_NE(problem.find("32-bit floating-point"), std::string::npos) << problem;
  const std::string path = DOPPEL_AUGMENT_DATA "/images/floating.tif";
  EXPECT_EQ(problem_of([&] { read_image(path); }), path + ": " + problem);
}

TEST(StoredImages, FilesThatAreCutOffSaySoInOurWords) {
  testing::internal::CaptureStderr();
  for (const StoredImage& stored : stored_images()) {
    const std::span whole(stored.bytes);
    const std::size_t step = std::max<std::size_t>(1, whole.size() / 60);
    for (std::size_t keep = 0; keep < whole.size(); keep += step) {
      // An own copy, so that reading beyond its end is seen.
      const std::vector<unsigned char> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(keep));
      const std::string problem = problem_of([&] {
        const cv::Mat image = decode_image(part);
        ASSERT_EQ(facts_of(part).size, image.size()) << stored.name << " " << keep;
      });
      EXPECT_FALSE(names_a_library(problem)) << problem;
      // Some end in what no decoder needs: a directory of tags, an orientation, frames of an animation.
      EXPECT_TRUE(keep >= whole.size() / 4 || !problem.empty()) << stored.name << " " << keep;
    }
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << "nor do libraries speak";
}

TEST(StoredImages, DamageThrowsNothingButErrorAndFactsAgreeWithPixels) {
  for (const StoredImage& stored : stored_images()) {
    for (std::size_t at = 0; at < stored.bytes.size(); at += 1 + stored.bytes.size() / 80)
      for (const int change : {0x01, 0x80, 0xff}) {
        std::vector<unsigned char> bytes = stored.bytes;
        bytes[at] ^= static_cast<unsigned char>(change);
        const std::string problem = problem_of([&] {
          constexpr long kPixels = 1 << 20;
          const cv::Mat image = decode_image(bytes, {.max_pixels = kPixels});
          const ImageFacts facts = facts_of(bytes, {.max_pixels = kPixels});
          ASSERT_EQ(facts.size, image.size()) << stored.name << " " << at;
          ASSERT_EQ(facts.channels, image.channels()) << stored.name << " " << at;
        });
        EXPECT_FALSE(names_a_library(problem)) << problem;
      }
  }
}

/// OpenCV's whole numbers for 0.299, 0.587 and 0.114.
int grey_of(const unsigned char* rgb) {
  return (rgb[0] * 9798 + rgb[1] * 19235 + rgb[2] * 3735 + (1 << 14)) >> 15;
}

TEST(StoredImages, GreyIsTheSameFormulaForEveryFileInColor) {
  for (const StoredImage& stored : stored_images()) {
    if (stored.pixels.channels() != 3 || stored.name.ends_with(".jpg")) continue;
    cv::Mat grey, color;
    const std::string problem = problem_of([&] {
      grey = *EncodedImage(stored.bytes, 1).pixels();
      color = *EncodedImage(stored.bytes, 3).pixels();
    });
    if (lacks_plugin(problem)) continue;
    ASSERT_EQ(problem, "") << stored.name;
    ASSERT_EQ(grey.type(), CV_8UC1);
    for (int y = 0; y < grey.rows; ++y)
      for (int x = 0; x < grey.cols; ++x) {
        const unsigned char* rgb = color.ptr(y, x);
        ASSERT_EQ(grey.at<unsigned char>(y, x), grey_of(rgb)) << stored.name;
        ASSERT_NEAR(grey.at<unsigned char>(y, x), 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2], 0.51);
      }
  }
}

TEST(StoredImages, GreyFilesAsRgbAreTheSameThreeTimes) {
  for (const StoredImage& stored : stored_images()) {
    if (stored.pixels.channels() != 1 || stored.name.ends_with(":grey")) continue;
    cv::Mat color, three;
    const std::string problem = problem_of([&] { color = *EncodedImage(stored.bytes, 3).pixels(); });
    if (lacks_plugin(problem)) continue;
    cv::merge(std::vector<cv::Mat>(3, stored.pixels), three);
    EXPECT_EQ(cv::norm(color, three, cv::NORM_INF), 0) << stored.name;
  }
}

TEST(StoredImages, AsRgbaEveryFileHasAlphaAndTheSameColors) {
  for (const StoredImage& stored : stored_images()) {
    if (stored.name.ends_with(":grey")) continue;
    const std::string problem = problem_of([&] {
      EncodedImage reader(stored.bytes, 4, AlphaOver::Keep);
      cv::Mat image;
      if (reader.pixels()) {
        image = *reader.pixels();
      } else {
        image.create(reader.size(), CV_8UC4);
        reader.decode({{}, reader.size()}, image);
      }
      ASSERT_EQ(reader.channels(), 4) << stored.name;
      EXPECT_LE(cv::norm(image, with_channels(stored.pixels, 4), cv::NORM_INF), stored.off) << stored.name;
    });
    EXPECT_TRUE(problem.empty() || lacks_plugin(problem)) << stored.name << ": " << problem;
  }
}

TEST(StoredImages, AlphaIsPutOverAColorWhateverTheFormat) {
  int seen = 0;
  for (const StoredImage& stored : stored_images()) {
    if (stored.pixels.channels() != 4) continue;
    for (const auto alpha : {AlphaOver::White, AlphaOver::Black, AlphaOver::Drop})
      for (const int channels : {1, 3}) {
        cv::Mat image;
        const std::string problem =
            problem_of([&] { image = *EncodedImage(stored.bytes, channels, alpha).pixels(); });
        if (lacks_plugin(problem)) continue;
        EXPECT_EQ(cv::norm(image, with_channels(stored.pixels, channels, alpha), cv::NORM_INF), 0)
            << stored.name;
        ++seen;
      }
    EXPECT_THROW(EncodedImage(stored.bytes, 3, AlphaOver::Keep), UsageError);
  }
  EXPECT_GE(seen, 6 * 8);
}

}  // namespace
}  // namespace doppel
