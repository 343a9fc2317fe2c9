// Numbers of 16 bits, floats and bands come out of files as other programs put them there.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <string_view>

#include "augment/codec/deep_images.h"
#include "augment/codec/stored_images.h"
#include "doppel/base/error.h"
#include "doppel/codec/image.h"
#include "doppel/codec/image_facts.h"
#include "doppel/codec/png.h"
#include "error_of.h"

namespace doppel {
namespace {

DecodeOptions as_stored(int frame = 0) { return {.depth = ImageDepth::AsStored, .frame = frame}; }

std::string label_of(const DeepImage& deep) { return deep.name + " " + std::to_string(deep.frame); }

/// True where the plug-in that reads it wasn't built.
bool is_missing(const DeepImage& deep) {
  return lacks_plugin(error_of([&] { decode_image(deep.bytes); }));
}

TEST(DeepImages, AreWhatOtherProgramsStored) {
  const auto all = deep_images();
  ASSERT_GT(all.size(), 40U);
  for (const DeepImage& deep : all) {
    if (is_missing(deep)) continue;
    cv::Mat image;
    ASSERT_EQ(error_of([&] { image = decode_image(deep.bytes, as_stored(deep.frame)); }), "")
        << label_of(deep);
    ASSERT_EQ(image.size(), deep.pixels.size()) << label_of(deep);
    ASSERT_EQ(image.type(), deep.pixels.type()) << label_of(deep);
    EXPECT_LE(cv::norm(image.reshape(1), deep.pixels.reshape(1), cv::NORM_INF), deep.off) << label_of(deep);
  }
}

TEST(DeepImages, ValuesOfAnExrAreAsLongAsTheirTypes) {
  const std::vector<unsigned char> whole = deep_bytes("half.exr");
  if (lacks_plugin(error_of([&] { decode_image(whole); }))) GTEST_SKIP() << "built without OpenEXR";
  // The size follows the type, which follows the name.
  const std::pair<std::string, char> values[]{{"box2i", 16}, {"compression", 1}, {"lineOrder", 1},
                                              {"float", 4},  {"v2f", 8},         {"chlist", 55}};
  for (const auto& [value, size] : values) {
    std::vector<unsigned char> damaged = whole;
    const std::string type = '\0' + value + '\0';
    const auto at = std::ranges::search(damaged, type + size).end() - 1;
    ASSERT_NE(at, damaged.end()) << value;
    ++*at;
    damaged.insert(at + 4 + whole[static_cast<std::size_t>(at - damaged.begin())], 0);
    EXPECT_NE(error_of([&] {
                decode_image(damaged, as_stored());
              }).find("with a value of another size than its type has"),
              std::string::npos)
        << value;
  }
}

TEST(DeepImages, HeadersSayWhatPixelsAre) {
  for (const DeepImage& deep : deep_images()) {
    if (is_missing(deep)) continue;
    ImageFacts facts;
    ASSERT_EQ(error_of([&] { facts = facts_of(deep.bytes, as_stored(deep.frame)); }), "") << label_of(deep);
    EXPECT_EQ(facts.size, deep.pixels.size()) << label_of(deep);
    EXPECT_EQ(facts.channels, deep.pixels.channels()) << label_of(deep);
    EXPECT_EQ(facts.depth, deep.pixels.depth()) << label_of(deep);
    EXPECT_EQ(facts.bits, deep.bits) << label_of(deep);
    EXPECT_EQ(facts.orientation, deep.orientation) << label_of(deep);
    EXPECT_EQ(facts.frames, deep.frames) << label_of(deep);
    EXPECT_EQ(facts.has_alpha, deep.alpha) << label_of(deep);
    EXPECT_EQ(facts_of(deep.bytes, {.frame = deep.frame}).depth, deep.pixels.depth())
        << "whatever is asked for: " << label_of(deep);
  }
}

TEST(DeepImages, FilesOfBytesAreTheSameAsStored) {
  for (const StoredImage& stored : stored_images()) {
    if (stored.name.ends_with(":grey") || stored.bits > 8) continue;
    cv::Mat image;
    const std::string problem = error_of([&] { image = decode_image(stored.bytes, as_stored()); });
    if (lacks_plugin(problem)) continue;
    const ImageFacts facts = facts_of(stored.bytes, as_stored());
    EXPECT_EQ(facts.size, image.size()) << stored.name;
    EXPECT_EQ(facts.channels, image.channels()) << stored.name;
    EXPECT_EQ(facts.depth, image.depth()) << stored.name;
    if (image.channels() == stored.pixels.channels()) {
      EXPECT_LE(cv::norm(image, stored.pixels, cv::NORM_INF), stored.off) << stored.name;
    }
  }
}

TEST(DeepImages, EightBitsAreTheUpperEightOfSixteen) {
  for (const DeepImage& deep : deep_images()) {
    if (is_missing(deep) || deep.pixels.depth() == CV_32F) continue;
    cv::Mat image;
    const std::string problem = error_of([&] { image = decode_image(deep.bytes, {.frame = deep.frame}); });
    if (!problem.empty()) {
      EXPECT_NE(problem.find("AsStored"), std::string::npos) << problem;
      continue;
    }
    const ImageFacts facts = facts_of(deep.bytes, {.frame = deep.frame});
    EXPECT_EQ(image.depth(), CV_8U);
    EXPECT_EQ(facts.channels, image.channels()) << label_of(deep);
    EXPECT_TRUE(image.channels() == 1 || image.channels() == 3 || image.channels() == 4) << label_of(deep);
    if (deep.pixels.channels() != image.channels()) continue;
    cv::Mat wanted;
    deep.pixels.convertTo(wanted, CV_8U, deep.pixels.depth() == CV_16U ? 1 / 257. : 1);
    EXPECT_LE(cv::norm(image, wanted, cv::NORM_INF), std::max(1., deep.off)) << label_of(deep);
  }
}

TEST(DeepImages, FloatsAreRefusedWhereBytesAreAsked) {
  for (const DeepImage& deep : deep_images()) {
    if (is_missing(deep) || deep.pixels.depth() != CV_32F) continue;
    const std::string problem = error_of([&] { decode_image(deep.bytes, {.frame = deep.frame}); });
    EXPECT_NE(problem.find("AsStored"), std::string::npos) << label_of(deep) << ": " << problem;
  }
}

TEST(DeepImages, ReadersGiveGreyRgbAndRgbaOfEveryDepthAndBandsAlone) {
  for (const DeepImage& deep : deep_images()) {
    if (is_missing(deep)) continue;
    const EncodedImage whole(deep.bytes, 0, AlphaOver::White, as_stored(deep.frame));
    EXPECT_EQ(whole.depth(), deep.pixels.depth());
    EXPECT_EQ(whole.channels(), deep.pixels.channels());
    EXPECT_EQ(whole.has_alpha(), deep.alpha) << label_of(deep);
    const int from = deep.pixels.channels();
    const bool bands = from == 2 || from > 4 || (from == 4 && !deep.alpha);
    for (const int channels : {1, 2, 3, 4, 5}) {
      cv::Mat image;
      const std::string problem = error_of([&] {
        image = *EncodedImage(deep.bytes, channels, AlphaOver::Black, as_stored(deep.frame)).pixels();
      });
      if (channels == from || (!bands && channels != 2 && channels != 5)) {
        ASSERT_EQ(problem, "") << label_of(deep);
        EXPECT_EQ(image.type(), CV_MAKETYPE(deep.pixels.depth(), channels));
        if (!bands) {
          EXPECT_LE(
              cv::norm(image.reshape(1),
                       with_channels(*whole.pixels(), channels, AlphaOver::Black).reshape(1), cv::NORM_INF),
              0);
        }
      } else {
        EXPECT_NE(problem.find(std::to_string(from)), std::string::npos) << label_of(deep) << problem;
        EXPECT_NE(problem.find(std::to_string(channels)), std::string::npos) << label_of(deep) << problem;
      }
    }
  }
}

TEST(DeepImages, FramesThatAreNotThereAreNamed) {
  EXPECT_EQ(error_of([] { decode_image(deep_bytes("grey16.png"), as_stored(1)); }),
            "frame 1 was asked for (they are counted from 0), and one is read of this PNG");
  EXPECT_EQ(error_of([] { facts_of(deep_bytes("pages16.tif"), as_stored(3)); }),
            "frame 3 was asked for (they are counted from 0), and 3 is read of this TIFF");
  EXPECT_THROW(facts_of(deep_bytes("pages16.tif"), as_stored(-1)), Error);
}

TEST(DeepImages, DicomsThatArePackedOtherwiseAreNamed) {
  std::vector<unsigned char> bytes = deep_bytes("jpeg_lossless12.dcm");
  constexpr std::string_view kSyntax = "1.2.840.10008.1.2.4.70";
  const auto place = std::ranges::search(bytes, kSyntax).begin();
  ASSERT_NE(place, bytes.end());
  const auto problem = [&](std::string_view tail) {
    std::ranges::copy(tail, place + kSyntax.size() - 2);
    return error_of([&] { decode_image(bytes, as_stored()); });
  };
  const std::string read =
      "; plain ones, run lengths, JPEG of 8 bits and without loss, JPEG-LS and JPEG 2000 are read (gdcmconv "
      "--raw "
      "unpacks others)";
  EXPECT_EQ(problem("51"), "a DICOM packed by JPEG of 12 bits" + read);
  EXPECT_EQ(problem("99"), "a DICOM packed by a way that isn't known (1.2.840.10008.1.2.4.99)" + read);
  EXPECT_EQ(problem("\x1b\x07"),
            "a DICOM packed by a way that isn't known (1.2.840.10008.1.2.4.\\x1b\\x07)" + read);
  EXPECT_EQ(facts_of(bytes).bits, 12);
}

TEST(DeepImages, DicomsWhoseFramesSayOtherwiseAreNamed) {
  std::vector<unsigned char> bytes = deep_bytes("jpeg_lossless12.dcm");
  constexpr std::array<unsigned char, 6> kHeader{0xff, 0xc3, 0, 11, 16, 0};
  const auto place = std::ranges::search(bytes, kHeader).begin();
  ASSERT_NE(place, bytes.end());
  place[6] = 200;
  EXPECT_EQ(error_of([&] { decode_image(bytes, as_stored()); }),
            "not a whole DICOM: a frame's own header says 8x200 pixels of 1 samples of 16 bits, the file's "
            "8x5 of 1 "
            "of 16");
}

TEST(DeepImages, FloatsThatAreNoneAreNamedWithTheirPlace) {
  std::vector<unsigned char> bytes = deep_bytes("big.pfm");  // rows from below, big-endian
  const auto put = [&](int x, int y, int c, float value) {
    const auto word = std::bit_cast<std::uint32_t>(value);
    const std::size_t at =
        bytes.size() - 7 * 5 * 12 + static_cast<std::size_t>((4 - y) * 7 * 12 + x * 12 + c * 4);
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<unsigned char>(word >> (24 - 8 * i));
  };
  put(6, 3, 0, std::numeric_limits<float>::infinity());
  EXPECT_EQ(error_of([&] { decode_image(bytes, as_stored()); }),
            "it holds numbers that are infinite, the first at x 6, y 3, channel 0");
  put(4, 1, 2, std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(error_of([&] { decode_image(bytes, as_stored()); }),
            "it holds numbers that are none (NaN), the first at x 4, y 1, channel 2");
  EXPECT_THROW(EncodedImage(bytes, 0, AlphaOver::White, as_stored()), Error);
}

TEST(DeepImages, ManyBytesAPixelCountAsManyPixels) {
  const auto problem = [](long most) {
    return error_of([&] {
      decode_image(deep_bytes("sixty_four.tif"), {.depth = ImageDepth::AsStored, .max_pixels = most});
    });
  };
  EXPECT_EQ(problem(4 * 35), "");
  EXPECT_EQ(problem(4 * 35 - 1), "7x5 pixels of 64 bytes are more than the limit of 34");
}

TEST(DeepImages, CutOrDamagedTheyAreErrorsOrImagesAsTheirHeadersSay) {
  testing::internal::CaptureStderr();
  const auto check = [](const std::vector<unsigned char>& bytes, const DeepImage& deep) {
    for (const ImageDepth depth : {ImageDepth::AsStored, ImageDepth::Eight}) {
      const DecodeOptions options{.depth = depth, .frame = deep.frame, .max_pixels = 1 << 20};
      try {
        const cv::Mat image = decode_image(bytes, options);
        const ImageFacts facts = facts_of(bytes, options);
        ASSERT_EQ(facts.size, image.size()) << label_of(deep);
        ASSERT_EQ(facts.channels, image.channels()) << label_of(deep);
        ASSERT_EQ(depth == ImageDepth::Eight ? CV_8U : facts.depth, image.depth()) << label_of(deep);
      } catch (const Error& error) {
        ASSERT_EQ(std::string(error.what()).find("OpenCV"), std::string::npos) << error.what();
      }
    }
  };
  for (const DeepImage& deep : deep_images()) {
    const std::size_t size = deep.bytes.size(), step = 1 + size / 80;
    for (std::size_t at = 0; at < size; at += step) {
      check({deep.bytes.begin(), deep.bytes.begin() + static_cast<std::ptrdiff_t>(at)}, deep);
      for (const int change : {0x01, 0x80, 0xff}) {
        std::vector<unsigned char> bytes = deep.bytes;
        bytes[at] ^= static_cast<unsigned char>(change);
        check(bytes, deep);
      }
    }
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace doppel
