#include "doppel/augment/transforms/noise/pixel_dropout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>

#include "augment/transforms/noise/level_moments.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(PixelDropout, SharesAreDrawnOverTheirRange) {
  double low = 1, high = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    int dropped = 0;
    const cv::Mat out = on_level(PixelDropout{{0.2, 0.4}, {1, 0.25, 0}, 1}, 0.5, 48, 3, seed);
    for (const auto& pixel : cv::Mat_<cv::Vec3f>(out)) dropped += pixel == cv::Vec3f(1, 0.25F, 0);
    low = std::min(low, dropped / (48.0 * 48));
    high = std::max(high, dropped / (48.0 * 48));
  }
  EXPECT_NEAR(low, 0.2, 0.03);
  EXPECT_NEAR(high, 0.4, 0.03);
}

TEST(PixelDropout, OneValueIsAGrey) {
  const PixelDropout grey{{0.2, 0.2}, {0.75}, 1}, same{{0.2, 0.2}, {0.75, 0.75, 0.75}, 1};
  EXPECT_EQ(cv::norm(on_level(grey, 0, 32), on_level(same, 0, 32), cv::NORM_INF), 0);
  EXPECT_EQ(error_of([] { Transform{PixelDropout{.color = {0, 1}}}; }),
            "PixelDropout: color needs one value, or r, g, b");
  EXPECT_EQ(error_of([] { Transform{PixelDropout{.color = {}}}; }),
            "PixelDropout: color needs one value, or r, g, b");
}

}  // namespace
}  // namespace doppel::augment
