#include "codec/other_formats.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "error_of.h"

namespace doppel::augment {
namespace {

/// A BMP of 2 by 2, 24 bits, rows from below, padded to four bytes: blue, green; red, white.
std::vector<unsigned char> small_bmp() {
  std::vector<unsigned char> bmp{'B', 'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0,  40,
                                 0,   0,   0,  2, 0, 0, 0, 2, 0, 0, 0,  1, 0, 24, 0};
  bmp.resize(54);
  bmp[34] = 16;
  for (const int v : {0, 0, 255, 255, 255, 255, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0})
    bmp.push_back(static_cast<unsigned char>(v));
  return bmp;
}

/// A TIFF of 2 by 1, grey, 16 bits, in either order of bytes: 0x1200 and 0xfeff.
std::vector<unsigned char> small_tiff(bool big, unsigned width = 2) {
  std::vector<unsigned char> tiff;
  const auto put = [&](unsigned value, int size) {
    for (int i = 0; i < size; ++i)
      tiff.push_back(static_cast<unsigned char>(value >> (8 * (big ? size - 1 - i : i))));
  };
  tiff = big ? std::vector<unsigned char>{'M', 'M'} : std::vector<unsigned char>{'I', 'I'};
  put(42, 2), put(8, 4), put(9, 2);
  struct Entry {
    unsigned tag, value;
  };
  for (const Entry e : {Entry{256, width},
                        {257, 1},
                        {258, 16},
                        {259, 1},
                        {262, 1},
                        {273, 122},
                        {277, 1},
                        {278, 1},
                        {279, 4}}) {
    put(e.tag, 2), put(4, 2), put(1, 4), put(e.value, 4);  // all of them as long numbers
  }
  put(0, 4);
  put(0x1200, 2), put(0xfeff, 2);
  return tiff;
}

TEST(OtherFormats, SizesAreFoundBeforeAnythingIsDecoded) {
  const auto problem = [](const std::vector<unsigned char>& bytes, long limit) {
    return error_of([&] { decode_other_format(bytes, limit); });
  };
  auto bmp = small_bmp();
  EXPECT_EQ(problem(bmp, 3), "2x2 pixels are more than the limit of 3");
  bmp[21] = 0x7f, bmp[25] = 0xff;  // 2130706434 columns, and so many rows from the top
  EXPECT_EQ(problem(bmp, 1 << 28), "2130706434x16777214 pixels are more than the limit of 268435456");
  bmp[18] = bmp[21] = 0;
  EXPECT_EQ(problem(bmp, 100), "a BMP without a size");
  // The header of OS/2 has numbers of two bytes.
  std::vector<unsigned char> old(26);
  old[0] = 'B', old[1] = 'M', old[14] = 12, old[18] = 200, old[20] = 100;
  EXPECT_EQ(problem(old, 19'999), "200x100 pixels are more than the limit of 19999");
  for (const bool big : {false, true}) {
    EXPECT_EQ(problem(small_tiff(big), 1), "2x1 pixels are more than the limit of 1");
    EXPECT_EQ(problem(small_tiff(big, 0x7fffffff), 1 << 28),
              "2147483647x1 pixels are more than the limit of 268435456");
    auto cut = small_tiff(big);
    cut.resize(20);
    EXPECT_EQ(problem(cut, 100), "a TIFF without a size");
  }
}

TEST(OtherFormats, AreReadByThePlugInOrSayWhatIsMissing) {
  const auto bmp = small_bmp();
  const std::string problem = error_of([&] { decode_other_format(bmp, 100); });
  if (problem.find("plug-in") != std::string::npos) GTEST_SKIP() << problem;
  const cv::Mat image = decode_other_format(bmp, 4);
  ASSERT_EQ(image.type(), CV_8UC3);
  EXPECT_EQ(image.at<cv::Vec3b>(0, 0), cv::Vec3b(0, 0, 255));
  EXPECT_EQ(image.at<cv::Vec3b>(0, 1), cv::Vec3b(0, 255, 0));
  EXPECT_EQ(image.at<cv::Vec3b>(1, 0), cv::Vec3b(255, 0, 0));
  EXPECT_NE(error_of([&] { decode_other_format(std::span(bmp).first(60), 100); }).find("BMP"),
            std::string::npos);
  for (const bool big : {false, true}) {
    const cv::Mat cut = decode_other_format(small_tiff(big), 2);
    ASSERT_EQ(cut.type(), CV_8UC1);
    EXPECT_EQ(cut.at<uchar>(0, 0), 0x12);
    EXPECT_EQ(cut.at<uchar>(0, 1), 0xfe);
  }
}

}  // namespace
}  // namespace doppel::augment
