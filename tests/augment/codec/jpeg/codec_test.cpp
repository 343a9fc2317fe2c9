// JPEGs decoded in part: the same bits as decoded whole.
#include "doppel/codec/jpeg.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <span>

#include "augment/codec/jpeg/jpeg_files.h"
#include "augment/test_images.h"
#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

TEST(JpegReader, PartsOfColourReadAsGreyAreThoseOfTheWhole) {
  const auto bytes = with_restarts(encoded(wavy(90, 200, 3), {2, 2}));
  const cv::Mat whole = by_libjpeg(bytes, 1);
  const cv::Rect region(70, 30, 60, 40);
  cv::Mat part(whole.size(), CV_8UC1);
  JpegReader(bytes, 1).read(region, part);
  EXPECT_EQ(cv::norm(part(region), whole(region), cv::NORM_INF), 0);
}

TEST(JpegReader, ARegionHasTheBitsOfTheWhole) {
  const Stream stream{.seed = 3};
  std::uint64_t turn = 0;
  for (const cv::Size size : {cv::Size(131, 97), {64, 48}, {17, 200}, {9, 5}})
    for (const int channels : {1, 3})
      for (const Coding coding : {Coding{1, 1, false, 0},
                                  {2, 1, false, 0},
                                  {2, 2, false, 0},
                                  {1, 2, false, 0},
                                  {2, 2, true, 0},
                                  {2, 2, false, 3}}) {
        const cv::Mat image = wavy(size.height, size.width, channels);
        const auto bytes = encoded(image, coding);
        const cv::Mat whole = decode_jpeg(bytes);
        ASSERT_EQ(whole.size(), size);
        for (int k = 0; k < 25; ++k, ++turn) {
          const Stream one = stream.split("region", turn);
          const int x = one.integer("x", 0, size.width - 1), y = one.integer("y", 0, size.height - 1);
          const cv::Rect region(x, y, one.integer("w", 1, size.width - x),
                                one.integer("h", 1, size.height - y));
          cv::Mat part(size, whole.type(), cv::Scalar::all(77));
          JpegReader(bytes).read(region, part);
          ASSERT_EQ(cv::norm(part(region), whole(region), cv::NORM_INF), 0)
              << region << " of " << size << ", " << coding.across << "x" << coding.down
              << (coding.progressive ? " progressive" : "");
        }
      }
}

TEST(JpegReader, MayBeReadTwiceAndSeveralAtOnce) {
  const auto a = encoded(wavy(50, 60, 3), {2, 2}), b = encoded(wavy(40, 30, 1), {1, 1});
  JpegReader first(a), second(b);
  cv::Mat whole(first.size(), CV_8UC3), grey(second.size(), CV_8UC1);
  first.read({10, 10, 20, 20}, whole);
  second.read({{}, grey.size()}, grey);
  first.read({{}, whole.size()}, whole);
  EXPECT_EQ(cv::norm(whole, decode_jpeg(a), cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(grey, decode_jpeg(b), cv::NORM_INF), 0);
}

TEST(JpegReader, GivesTheChannelsThatAreAskedFor) {
  const auto color = encoded(wavy(20, 24, 3), {2, 2}), grey = encoded(wavy(20, 24, 1), {1, 1}),
             ink = encoded(wavy(20, 24, 4), {1, 1});
  for (const auto& bytes : {color, grey, ink})
    for (const int channels : {1, 3}) {
      JpegReader reader(bytes, channels);
      ASSERT_EQ(reader.channels(), channels);
      cv::Mat image(reader.size(), CV_8UC(channels), cv::Scalar::all(0));
      reader.read({{}, image.size()}, image);
      EXPECT_GT(cv::mean(image)[0], 20);
    }
  EXPECT_EQ(JpegReader(ink).channels(), 3);
}

TEST(JpegReader, StandsImagesUpright) {
  // A bright corner, and where each orientation has it once the image is upright.
  cv::Mat stored(32, 48, CV_8UC3, cv::Scalar::all(20));
  stored(cv::Rect(0, 0, 16, 16)).setTo(cv::Scalar::all(240));
  const auto bytes = encoded(stored, {1, 1});
  struct Expected {
    int orientation;
    bool right, bottom;
  };
  for (const Expected e : {Expected{1, false, false},
                           {2, true, false},
                           {3, true, true},
                           {4, false, true},
                           {5, false, false},
                           {6, true, false},
                           {7, true, true},
                           {8, false, true}})
    for (const bool little : {true, false}) {
      const cv::Mat image = decode_jpeg(with_orientation(bytes, e.orientation, little));
      ASSERT_EQ(image.size(), e.orientation < 5 ? cv::Size(48, 32) : cv::Size(32, 48)) << e.orientation;
      for (const bool right : {false, true})
        for (const bool bottom : {false, true}) {
          const int value = image.ptr(bottom ? image.rows - 4 : 4)[3 * (right ? image.cols - 4 : 4)];
          EXPECT_EQ(value > 128, right == e.right && bottom == e.bottom) << e.orientation;
        }
    }
  EXPECT_EQ(decode_jpeg(with_orientation(bytes, 99, true)).size(), cv::Size(48, 32));
}

TEST(JpegReader, RefusesWhatIsDamaged) {
  const auto bytes = encoded(wavy(60, 80, 3), {2, 2});
  EXPECT_THROW(JpegReader({bytes.data(), 20}), Error);
  EXPECT_THROW(JpegReader(bytes, 0, 60 * 80 - 1), Error);
  const std::span<const unsigned char> cut(bytes.data(), bytes.size() * 2 / 3);
  EXPECT_THROW(decode_jpeg(cut), Error);
  cv::Mat image(60, 80, CV_8UC3);
  JpegReader(cut).read({0, 0, 80, 8}, image);  // what's needed is there
  EXPECT_THROW(JpegReader(cut).read({0, 50, 80, 10}, image), Error);
  // A header that lies about its length, and one that ends inside EXIF.
  auto lying = with_orientation(bytes, 6, true);
  lying[4] = 0xff, lying[5] = 0xff;
  EXPECT_THROW(decode_jpeg(lying), Error);
}

}  // namespace
}  // namespace doppel::augment
