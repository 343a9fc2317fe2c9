#include "doppel/codec/image.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <string_view>

#include "augment/test_images.h"
#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/jpeg.h"
#include "doppel/codec/png.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

std::vector<unsigned char> image_bytes(std::string_view text) { return {text.begin(), text.end()}; }

TEST(Image, KindsAreKnownByTheirFirstBytes) {
  using namespace std::literals;
  const auto kind = [](std::string_view text) { return image_kind(image_bytes(text)); };
  EXPECT_EQ(kind("\xff\xd8\xff\xe0"), ImageKind::Jpeg);
  EXPECT_EQ(kind("\x89PNG\r\n\x1a\n"), ImageKind::Png);
  EXPECT_EQ(kind("RIFF\1\2\3\4WEBPVP8 "), ImageKind::Webp);
  EXPECT_EQ(kind("P5 "), ImageKind::Pgm);
  EXPECT_EQ(kind("P6\n"), ImageKind::Ppm);
  EXPECT_EQ(kind("BM"), ImageKind::Bmp);
  EXPECT_EQ(kind("II*\0"sv), ImageKind::Tiff);
  EXPECT_EQ(kind("MM\0*"sv), ImageKind::Tiff);
  EXPECT_EQ(kind("GIF87a"), ImageKind::Gif);
  EXPECT_EQ(kind("GIF89a"), ImageKind::Gif);
  EXPECT_EQ(kind("\xff\x0a"), ImageKind::Jxl);
  EXPECT_EQ(kind("\0\0\0\x0cJXL \r\n\x87\n"sv), ImageKind::Jxl);
  EXPECT_EQ(kind("\0\0\0\x18"
                 "ftypheic\0\0\0\0mif1heic"sv),
            ImageKind::Heif);
  EXPECT_EQ(kind("\0\0\0\x1c"
                 "ftypmif1\0\0\0\0mif1avifmiaf"sv),
            ImageKind::Avif);
  EXPECT_EQ(kind("\0\0\0\x14"
                 "ftypisom\0\0\0\0mp42"sv),
            ImageKind::Unknown);
  EXPECT_EQ(kind("\xff\xff\xff\xff"
                 "ftyp"sv),
            ImageKind::Unknown);
  for (const std::string_view other :
       {""sv, "\xff\xd8"sv, "\x89PNG\n"sv, "RIFF\1\2\3\4WAVE"sv, "P4 "sv, "GIF88a"sv})
    EXPECT_EQ(kind(other), ImageKind::Unknown) << other;
}

TEST(Image, DecodesEachFormatOrSaysWhatIsWrong) {
  const cv::Mat image = wavy(9, 14, 3);
  const auto jpeg = encode_jpeg(image, 95), png = encode_png(image);
  EXPECT_EQ(cv::norm(decode_image(jpeg), decode_jpeg(jpeg), cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(decode_image(png), image, cv::NORM_INF), 0);
  EXPECT_EQ(decode_image(image_bytes("P5 1 1 255 a")).at<char>(0, 0), 'a');
  EXPECT_EQ(error_of([] { decode_image({}); }), "an empty file");
  EXPECT_EQ(error_of([] { decode_image(image_bytes("GIF88a")); }),
            "not an image that is read: no JPEG, PNG, WebP, PGM, PPM, PAM, PFM, BMP, TIFF, GIF, HEIC, AVIF, "
            "JPEG XL, OpenEXR, DICOM, NIfTI or .npy");
  for (const auto& bytes : {jpeg, png, image_bytes("P6 14 9 255 " + std::string(400, 'x'))}) {
    EXPECT_NO_THROW(decode_image(bytes, {.max_pixels = 14 * 9}));
    EXPECT_EQ(error_of([&] { decode_image(bytes, {.max_pixels = 14 * 9 - 1}); }),
              "14x9 pixels are more than the limit of 125");
    EXPECT_THROW(decode_image(std::span(bytes).first(bytes.size() / 2)), Error);
  }
}

TEST(Image, WaitsWithAJpegAndHasOthersAtOnce) {
  const cv::Mat image = wavy(20, 30, 3);
  const auto jpeg = encode_jpeg(image, 95), png = encode_png(image);
  EncodedImage late(jpeg), grey(jpeg, 1);
  EXPECT_EQ(late.pixels(), nullptr);
  EXPECT_EQ(late.size(), cv::Size(30, 20));
  EXPECT_EQ(late.channels(), 3);
  EXPECT_EQ(grey.channels(), 1);
  cv::Mat out(20, 30, CV_8UC3), half(10, 15, CV_8UC3);
  late.decode({5, 5, 9, 7}, out);
  EXPECT_EQ(cv::norm(out(cv::Rect(5, 5, 9, 7)), decode_jpeg(jpeg)(cv::Rect(5, 5, 9, 7)), cv::NORM_INF), 0);
  late.decode_halved(1, {0, 0, 30, 20}, half);
  EXPECT_NEAR(cv::mean(half)[0], cv::mean(image)[0], 2);

  const EncodedImage there(png), one(png, 1);
  ASSERT_NE(there.pixels(), nullptr);
  EXPECT_EQ(cv::norm(*there.pixels(), image, cv::NORM_INF), 0);
  EXPECT_EQ(one.pixels()->channels(), 1);
  EXPECT_EQ(one.channels(), 1);
  const auto map = image_bytes("P5 2 1 255 ab");
  EXPECT_EQ(EncodedImage(map).pixels()->data, map.data() + 11);  // in the bytes themselves
  EXPECT_EQ(EncodedImage(map, 3).channels(), 3);
}

TEST(Image, ChannelsComeAndGoByRec601AndOpaque) {
  const cv::Mat colour(1, 1, CV_8UC3, cv::Scalar(255, 0, 0)), grey(1, 1, CV_8UC1, cv::Scalar(9)),
      clear(1, 1, CV_8UC4, cv::Scalar(0, 255, 0, 7));
  EXPECT_EQ(with_channels(colour, 1).at<uchar>(0, 0), 76);  // 0.299 of 255
  EXPECT_EQ(with_channels(clear, 1, AlphaOver::Drop).at<uchar>(0, 0), 150);
  EXPECT_EQ(with_channels(clear, 3, AlphaOver::Drop).at<cv::Vec3b>(0, 0), cv::Vec3b(0, 255, 0));
  EXPECT_EQ(with_channels(clear, 3).at<cv::Vec3b>(0, 0), cv::Vec3b(248, 255, 248));  // over white
  EXPECT_EQ(with_channels(grey, 3).at<cv::Vec3b>(0, 0), cv::Vec3b(9, 9, 9));
  EXPECT_EQ(with_channels(grey, 4).at<cv::Vec4b>(0, 0), cv::Vec4b(9, 9, 9, 255));
  EXPECT_EQ(with_channels(colour, 4).at<cv::Vec4b>(0, 0), cv::Vec4b(255, 0, 0, 255));
  for (const int same : {0, 4}) EXPECT_EQ(with_channels(clear, same).data, clear.data);
}

TEST(Image, AFilesErrorNamesIt) {
  const dataset::TemporaryFolder folder;
  const std::string good = folder.path() / "good.png", bad = folder.path() / "bad.png";
  write_png(good, cv::Mat(2, 3, CV_8UC1, cv::Scalar(5)));
  write_file(bad, std::string_view("hello"));
  EXPECT_EQ(read_image(good).size(), cv::Size(3, 2));
  EXPECT_EQ(error_of([&] { read_image(bad); }),
            bad +
                ": not an image that is read: no JPEG, PNG, WebP, PGM, PPM, PAM, PFM, BMP, TIFF, GIF, HEIC, "
                "AVIF, JPEG XL, OpenEXR, DICOM, NIfTI or .npy");
  EXPECT_NE(error_of([&] { read_image(good + "x"); }).find(good + "x"), std::string::npos);
}

}  // namespace
}  // namespace doppel::augment
