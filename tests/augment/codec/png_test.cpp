#include "doppel/codec/png.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>
#include <string_view>

#include "augment/test_images.h"
#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

/// A PNG chunk by chunk, to hold what encode_png() doesn't write.
std::vector<unsigned char> png_of(std::initializer_list<std::pair<std::string_view, std::string>> chunks) {
  std::string bytes = "\x89PNG\r\n\x1a\n";
  const auto put = [&](unsigned long value) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift));
  };
  for (const auto& [name, content] : chunks) {
    put(content.size());
    const std::string body = std::string(name) + content;
    bytes += body;
    put(crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
  }
  return {bytes.begin(), bytes.end()};
}

std::string deflated(const std::string& text) {
  std::string out(compressBound(text.size()), 0);
  uLongf size = out.size();
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
           text.size());
  return out.substr(0, size);
}

/// 5 by 2 numbers of two bits in a palette: 0 1 2 3 0; 3 3 2 1 0. Entry 1 is half transparent with `alpha`.
std::vector<unsigned char> narrow_png(bool alpha) {
  using namespace std::literals;
  const std::pair header{"IHDR"sv, "\0\0\0\5\0\0\0\2\2\3\0\0\0"s};
  const std::pair palette{"PLTE"sv, "\1\2\3\12\24\36\x64\x65\x66\xff\xfe\xfd"s};
  const std::pair data{"IDAT"sv, deflated("\0\x1b\0\0\xf9\0"s)}, end{"IEND"sv, ""s};
  return alpha ? png_of({header, palette, {"tRNS"sv, "\xff\x80"s}, data, end})
               : png_of({header, palette, data, end});
}

TEST(Png, KeepsEveryBitAndChannelCount) {
  for (const int channels : {1, 3, 4}) {
    cv::Mat image(9, 11, CV_8UC(channels));
    cv::randu(image, 0, 256);
    const cv::Mat again = decode_png(encode_png(image)), part = image(cv::Rect(2, 3, 5, 4));
    EXPECT_EQ(again.type(), image.type());
    EXPECT_EQ(cv::norm(again, image, cv::NORM_INF), 0);
    EXPECT_EQ(cv::norm(decode_png(encode_png(part)), part, cv::NORM_INF), 0);
  }
  const dataset::TemporaryFolder folder;
  const cv::Mat image(3, 4, CV_8UC3, cv::Scalar(1, 2, 3));
  write_png(folder.path() / "a.png", image);
  EXPECT_EQ(cv::norm(decode_png(read_file(folder.path() / "a.png")), image, cv::NORM_INF), 0);
}

TEST(Png, SixteenBitsAreCutAndPalettesLookedUp) {
  cv::Mat deep(1, 3, CV_16UC1);
  deep.at<unsigned short>(0, 0) = 0x12ff;
  deep.at<unsigned short>(0, 1) = 0xff00;
  deep.at<unsigned short>(0, 2) = 0x00ff;
  EXPECT_EQ(
      cv::norm(decode_png(encode_png(deep)), cv::Mat(cv::Matx<uchar, 1, 3>(0x12, 0xff, 0)), cv::NORM_INF), 0);
  const cv::Mat looked_up = decode_png(narrow_png(false)), clear = decode_png(narrow_png(true));
  ASSERT_EQ(looked_up.type(), CV_8UC3);
  ASSERT_EQ(clear.type(), CV_8UC4);
  EXPECT_EQ(looked_up.at<cv::Vec3b>(0, 1), cv::Vec3b(10, 20, 30));
  EXPECT_EQ(looked_up.at<cv::Vec3b>(1, 0), cv::Vec3b(255, 254, 253));
  EXPECT_EQ(clear.at<cv::Vec4b>(0, 1), cv::Vec4b(10, 20, 30, 128));
  EXPECT_EQ(clear.at<cv::Vec4b>(0, 2), cv::Vec4b(100, 101, 102, 255));
}

TEST(Png, MasksAreTheNumbersThemselves) {
  const cv::Mat indices = decode_mask(narrow_png(true));
  EXPECT_EQ(cv::norm(indices, cv::Mat(cv::Matx<uchar, 2, 5>(0, 1, 2, 3, 0, 3, 3, 2, 1, 0)), cv::NORM_INF), 0);
  cv::Mat bytes(7, 5, CV_8UC1), wide(7, 5, CV_32SC1);
  cv::randu(bytes, 0, 256);
  cv::randu(wide, 0, 65536);
  wide.at<int>(0, 0) = 65535;
  for (const cv::Mat& mask : {bytes, wide}) {
    const cv::Mat again = decode_mask(encode_mask(mask));
    EXPECT_EQ(again.type(), mask.type());
    EXPECT_EQ(cv::norm(again, mask, cv::NORM_INF), 0);
  }
  wide.at<int>(3, 3) = 65536;
  EXPECT_EQ(error_of([&] { encode_mask(wide); }).substr(0, 16), "a mask's numbers");
  wide.at<int>(3, 3) = -1;
  EXPECT_THROW(encode_mask(wide), Error);
  // With colours for those who look at it.
  const std::vector<PaletteColor> colors{{0, 0, 0}, {255, 0, 0}, {9, 8, 7}};
  const cv::Mat few = (cv::Mat_<uchar>(1, 3) << 2, 0, 1);
  EXPECT_EQ(cv::norm(decode_mask(encode_mask(few, colors)), few, cv::NORM_INF), 0);
  EXPECT_EQ(decode_png(encode_mask(few, colors)).at<cv::Vec3b>(0, 0), cv::Vec3b(9, 8, 7));
  EXPECT_EQ(error_of([&] { encode_mask(few, std::span(colors).first(2)); }),
            "a mask holds 2, but its palette has 2 colours");
  EXPECT_THROW(decode_mask(encode_png(cv::Mat(2, 2, CV_8UC3))), Error);
}

TEST(Png, DamageAndSizesBeyondTheLimitAreErrors) {
  const auto png = encode_png(cv::Mat(64, 60, CV_8UC3, cv::Scalar(1, 2, 3)));
  for (const std::size_t keep : {std::size_t{0}, std::size_t{8}, std::size_t{20}, png.size() - 20})
    for (const ImageDepth depth : {ImageDepth::Eight, ImageDepth::AsStored}) {
      EXPECT_THROW(decode_png(std::span(png).first(keep), 1 << 20, depth), Error) << keep;
      EXPECT_THROW(decode_mask(std::span(png).first(keep), 1 << 20), Error) << keep;
    }
  EXPECT_NO_THROW(decode_png(png, 64 * 60));
  EXPECT_EQ(error_of([&] { decode_png(png, 64 * 60 - 1); }), "60x64 pixels are more than the limit of 3839");
  auto huge = png;  // the header claims 2^31 - 1 by 2^31 - 1
  for (std::size_t i = 16; i < 24; ++i) huge[i] = i % 4 == 0 ? 0x7f : 0xff;
  EXPECT_THROW(decode_png(huge), Error);
  auto wrong = encode_png(wavy(64, 60, 3));
  wrong[wrong.size() / 2] ^= 1;
  EXPECT_THROW(decode_png(wrong), Error);
}

TEST(Png, LongTextsAndProfilesAreLeftOut) {
  const cv::Mat image = wavy(20, 30, 3);
  const auto png = encode_png(image);
  constexpr std::size_t kHeader = 8 + 25, kLong = 100'000;  // the signature and IHDR
  for (const char* kind : {"zTXt", "iTXt", "iCCP"}) {
    std::vector<unsigned char> chunk{0, static_cast<unsigned char>(kLong >> 16),
                                     static_cast<unsigned char>(kLong >> 8),
                                     static_cast<unsigned char>(kLong & 255)};
    chunk.insert(chunk.end(), kind, kind + 4);
    chunk.resize(8 + kLong, 7);
    const auto sum = ::crc32(0, chunk.data() + 4, static_cast<unsigned>(chunk.size() - 4));
    for (int shift = 24; shift >= 0; shift -= 8) chunk.push_back(static_cast<unsigned char>(sum >> shift));
    auto longer = png;
    longer.insert(longer.begin() + kHeader, chunk.begin(), chunk.end());
    EXPECT_EQ(cv::norm(decode_png(longer), image, cv::NORM_INF), 0) << kind;
    longer[kHeader + 5000] ^= 1;
    EXPECT_EQ(error_of([&] { decode_png(longer); }), "not a whole PNG: a checksum doesn't fit what it's of")
        << kind;
  }
}

TEST(Png, AChunkIsntLongerThanTheFile) {
  auto png = encode_png(cv::Mat(5, 6, CV_8UC1, cv::Scalar(1)));
  constexpr std::size_t kHeader = 8 + 25;  // the signature and IHDR
  for (const char* kind : {"eXIf", "iCCP", "tEXt", "zTXt"}) {
    const std::array<unsigned char, 8> promise{0x40, 0, 0, 0};
    auto longer = png;
    longer.insert(longer.begin() + kHeader, promise.begin(), promise.end());
    std::copy_n(kind, 4, longer.begin() + kHeader + 4);
    const std::string fault = "not a whole PNG: a chunk of it is longer than the file";
    EXPECT_EQ(error_of([&] { decode_png(longer); }), fault) << kind;
    EXPECT_EQ(error_of([&] { decode_mask(longer, 1 << 20); }), fault) << kind;
  }
}

TEST(Png, DamageBehindThePixelsIsAnErrorToo) {
  // The last checksum stands behind the pixels, and before the 12 bytes of IEND.
  const auto said_of = [](const cv::Mat& image, const auto& damage) {
    auto png = encode_png(image);
    damage(png);
    const std::string said = error_of([&] { decode_png(png); });
    EXPECT_EQ(error_of([&] { decode_png(png, 1 << 20, ImageDepth::AsStored); }), said);
    EXPECT_EQ(image.channels() > 1 ? said : error_of([&] { decode_mask(png, 1 << 20); }), said);
    return said;
  };
  for (const int type : {CV_8UC1, CV_16UC1, CV_8UC3, CV_16UC3, CV_8UC4}) {
    const cv::Mat image(64, 60, type, cv::Scalar(1, 2, 3, 4));
    EXPECT_EQ(said_of(image, [](auto& png) { png[png.size() - 13] ^= 1; }),
              "not a whole PNG: a checksum doesn't fit what it's of");
    EXPECT_EQ(said_of(image, [](auto& png) { png.back() ^= 1; }),
              "not a whole PNG: a checksum doesn't fit what it's of");
    for (const std::size_t cut : {std::size_t{1}, std::size_t{6}, std::size_t{12}})
      EXPECT_EQ(said_of(image, [&](auto& png) { png.resize(png.size() - cut); }),
                "not a whole PNG: its end is damaged, or isn't there")
          << cut;
    EXPECT_EQ(said_of(image, [](auto& png) { png.insert(png.end(), {'m', 'o', 'r', 'e'}); }), "");
  }
}

}  // namespace
}  // namespace doppel::augment
