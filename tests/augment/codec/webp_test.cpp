#include "codec/webp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <vector>

#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(Webp, LosslessImagesAreExact) {
  // By libwebp's encoder: 3 by 2 pixels, and 2 by 2 with transparency.
  const std::vector<unsigned char> colour{82, 73,  70,  70,  60,  0,   0,   0,   87,  69,  66,  80, 86,  80,
                                          56, 76,  47,  0,   0,   0,   47,  2,   64,  0,   0,   47, 32,  16,
                                          32, 136, 240, 159, 106, 67,  72,  144, 208, 253, 191, 87, 129, 0,
                                          65, 137, 255, 74,  243, 31,  32,  54,  57,  182, 10,  20, 178, 141,
                                          0,  135, 238, 21,  56,  146, 139, 232, 127, 188, 11,  0},
      clear{82,  73,  70,  70,  62, 0,   0,   0,   87,  69,  66,  80,  86,  80,  56,  76,  50,  0,
            0,   0,   47,  1,   64, 0,   16,  31,  160, 32,  109, 3,   22,  238, 171, 156, 144, 128,
            160, 249, 255, 212, 3,  5,   105, 27,  48,  221, 113, 51,  255, 250, 38,  32,  33,  242,
            255, 144, 11,  78,  41, 192, 145, 125, 181, 63,  113, 129, 134, 136, 254, 71};
  const unsigned char colours[] = {0, 0, 0, 255, 0, 0, 10, 20, 30, 0, 255, 0, 0, 0, 255, 255, 255, 255};
  const unsigned char clears[] = {1, 2, 3, 255, 250, 100, 50, 128, 9, 8, 7, 200, 0, 0, 255, 1};
  const cv::Mat image = decode_webp(colour, 6), with_alpha = decode_webp(clear, 4);
  ASSERT_EQ(image.type(), CV_8UC3);
  ASSERT_EQ(image.size(), cv::Size(3, 2));
  EXPECT_TRUE(std::equal(std::begin(colours), std::end(colours), image.data));
  ASSERT_EQ(with_alpha.type(), CV_8UC4);
  EXPECT_TRUE(std::equal(std::begin(clears), std::end(clears), with_alpha.data));

  EXPECT_EQ(error_of([&] { decode_webp(colour, 5); }), "3x2 pixels are more than the limit of 5");
  for (std::size_t keep = 0; keep < colour.size() - 2; ++keep)
    EXPECT_THROW(decode_webp(std::span(colour).first(keep), 100), Error) << keep;
  auto damaged = colour;
  damaged[20] = 0;  // the signature of a lossless image
  EXPECT_THROW(decode_webp(damaged, 100), Error);
}

}  // namespace
}  // namespace doppel::augment
