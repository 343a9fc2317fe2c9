#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/codec/image.h"
#include "doppel/codec/webp.h"
#include "error_of.h"

namespace doppel {
namespace {

TEST(EncodeWebp, ReadsBackNearlyTheSame) {
  using augment::wavy;
  for (const int channels : {1, 3, 4}) {
    const cv::Mat image = wavy(40, 50, channels);
    const cv::Mat back = decode_image(encode_webp(image, 95));
    EXPECT_EQ(back.size(), image.size());
    EXPECT_EQ(back.channels(), channels == 4 ? 4 : 3);
    EXPECT_LT(cv::norm(with_channels(back, 3, AlphaOver::Drop), with_channels(image, 3, AlphaOver::Drop),
                       cv::NORM_L1) /
                  (40 * 50 * 3),
              12)  // chroma is halved
        << channels;
  }
  EXPECT_LT(encode_webp(wavy(40, 50, 3), 5).size(), encode_webp(wavy(40, 50, 3), 95).size());
  EXPECT_NE(error_of([] { encode_webp(cv::Mat(1, 16384, CV_8UC3), 90); }).find("16383"), std::string::npos);
}

}  // namespace
}  // namespace doppel
