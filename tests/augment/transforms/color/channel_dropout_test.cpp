#include "doppel/augment/transforms/color/channel_dropout.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(ChannelDropout, AsManyAsAskedGetTheFillAndTheRestStay) {
  const cv::Vec3d color{0.1, 0.5, 0.9};
  for (const int count : {0, 1, 2}) {
    std::array<int, 3> dropped{};
    for (std::uint64_t seed = 0; seed < 600; ++seed) {
      const cv::Vec3d out = on_color(ChannelDropout{{count, count}, 0.25, 1}, color, seed);
      int now = 0;
      for (int c = 0; c < 3; ++c) {
        const bool gone = std::abs(out[c] - 0.25) < 1e-6;
        EXPECT_TRUE(gone || std::abs(out[c] - color[c]) < 1e-6) << out;
        now += gone;
        dropped[static_cast<std::size_t>(c)] += gone;
      }
      EXPECT_EQ(now, count);
    }
    for (const int times : dropped) EXPECT_NEAR(times, 200 * count, 50);  // none is favoured
  }
}

TEST(ChannelDropout, NeverTakesAllChannels) {
  EXPECT_TRUE(leaves_grey_alone(ChannelDropout{.p = 1}));
  EXPECT_EQ(error_of([] { Recipe{ChannelDropout{.count = {1, 3}}}; }),
            "ChannelDropout: count is 3, but must be 0 to 2");
}

}  // namespace
}  // namespace doppel::augment
