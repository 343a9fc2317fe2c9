#include "doppel/augment/transforms/color/color_temperature.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(ColorTemperature, IsThePlanckianLocusAgainst6500Kelvin) {
  const auto gains = [](double kelvin) {
    return 4 * on_color(ColorTemperature{{kelvin, kelvin}, 1}, {0.25, 0.25, 0.25});
  };
  EXPECT_LT(cv::norm(gains(6500) - cv::Vec3d(1, 1, 1)), 1e-5);
  // From the published chromaticities: CIE illuminant A (0.4476, 0.4075), and 10000 K (0.2807, 0.2884),
  // over 6500 K (0.3135, 0.3237), as linear sRGB with green at 1.
  EXPECT_NEAR(gains(2856)[0], 2.108, 0.03);
  EXPECT_NEAR(gains(2856)[2], 0.268, 0.01);
  EXPECT_NEAR(gains(10000)[0], 0.827, 0.01);
  EXPECT_NEAR(gains(10000)[2], 1.367, 0.02);
  for (double kelvin = 2000; kelvin < 30000; kelvin *= 1.2) {
    EXPECT_NEAR(gains(kelvin)[1], 1, 1e-6);
    EXPECT_GT(gains(kelvin)[0], gains(kelvin * 1.2)[0]) << kelvin;  // hotter is bluer
    EXPECT_LT(gains(kelvin)[2], gains(kelvin * 1.2)[2]) << kelvin;
  }
}

TEST(ColorTemperature, IsDrawnEvenlyInTheReciprocal) {
  // 50 mired to each side of 6500 K.
  const double middle = 1e6 / 6500;
  int warm = 0, very_warm = 0;
  const ColorTemperature light{{1e6 / (middle + 50), 1e6 / (middle - 50)}, 1};
  const ColorTemperature edge{{1e6 / (middle + 25), 1e6 / (middle + 25)}, 1};
  const double half_way = drawn_op<op::ColorMatrix>(edge, 0).matrix[0];
  for (std::uint64_t seed = 0; seed < 800; ++seed) {
    const double red = drawn_op<op::ColorMatrix>(light, seed).matrix[0];
    warm += red > 1;
    very_warm += red > half_way;
  }
  EXPECT_NEAR(warm, 400, 60);
  EXPECT_NEAR(very_warm, 200, 50);
  EXPECT_TRUE(leaves_grey_alone(ColorTemperature{.p = 1}));
}

}  // namespace
}  // namespace doppel::augment
