#include "doppel/augment/transforms/color/sepia.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(Sepia, IsTheUsualTintBlendedInByItsShare) {
  const cv::Vec3d color{0.2, 0.4, 0.6};
  const cv::Vec3d tinted(0.393 * 0.2 + 0.769 * 0.4 + 0.189 * 0.6, 0.349 * 0.2 + 0.686 * 0.4 + 0.168 * 0.6,
                         0.272 * 0.2 + 0.534 * 0.4 + 0.131 * 0.6);
  for (const double share : {0.0, 0.3, 1.0}) {
    const cv::Vec3d out = on_color(Sepia{{share, share}, 1}, color);
    EXPECT_LT(cv::norm(out - (share * tinted + (1 - share) * color)), 1e-6) << share;
  }
}

TEST(Sepia, IsBrownOnAllGreysAndLeavesGreyImages) {
  for (int i = 1; i <= 10; ++i) {
    const cv::Vec3d out = on_color(Sepia{.p = 1}, cv::Vec3d::all(i / 10.0));
    EXPECT_GE(out[0], out[1]);
    EXPECT_GT(out[1], out[2]);
  }
  EXPECT_EQ(cv::norm(on_color(Sepia{.p = 1}, {0, 0, 0})), 0);
  EXPECT_TRUE(leaves_grey_alone(Sepia{.p = 1}));
  expect_fills(0.2, 0.7, [](std::uint64_t seed) {
    return (1 - drawn_op<op::ColorMatrix>(Sepia{{0.2, 0.7}, 1}, seed).matrix[0]) / (1 - 0.393);
  });
}

}  // namespace
}  // namespace doppel::augment
