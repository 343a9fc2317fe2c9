#include "render/stages/capsules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

namespace doppel::augment {
namespace {

/// What a layer lets through, all rows of it.
cv::Mat let_through(const CapsuleLayer& layer, Size size) {
  cv::Mat t(size.height, size.width, CV_32FC1, cv::Scalar(1));
  for (int y = size.height - 1; y >= 0; --y)  // in any order
    layer.row(y, {t.ptr<float>(y), static_cast<std::size_t>(size.width)});
  return t;
}

TEST(CapsuleLayer, ASpeckHasItsAreaAndOpacity) {
  // A disc of radius 10 whose edge falls over 5 pixels, once per square of the side: π (r² + 5²/12) in all.
  const Size size{100, 100};
  int whole = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const cv::Mat hidden = 1 - let_through(CapsuleLayer(op::Specks{1, 0.1, 0.1, 0.8, {}, seed}, size), size);
    const cv::Mat inner = hidden(cv::Rect(1, 1, 98, 98));
    if (std::abs(cv::sum(inner)[0] - cv::sum(hidden)[0]) > 0) continue;  // cut by an edge
    ++whole;
    EXPECT_NEAR(cv::sum(hidden)[0], 0.8 * 3.14159265 * (100 + 25 / 12.0), 1);
    EXPECT_NEAR(cv::norm(hidden, cv::NORM_INF), 0.8, 1e-6);
  }
  EXPECT_GT(whole, 10);
}

TEST(CapsuleLayer, MoreCapsulesLetLessThrough) {
  const Size size{60, 80};
  const auto mean = [&](const CapsuleLayer& layer) {
    const cv::Mat t = let_through(layer, size);
    EXPECT_TRUE(cv::checkRange(t, true, nullptr, 0, 1 + 1e-6));
    return cv::mean(t)[0];
  };
  EXPECT_EQ(mean(CapsuleLayer(op::Rain{.amount = 0}, size)), 1);
  EXPECT_EQ(mean(CapsuleLayer(op::SnowFall{.amount = 0}, size)), 1);
  EXPECT_EQ(mean(CapsuleLayer(op::Specks{.count = 0}, size)), 1);
  double rain = 1, snow = 1, specks = 1;
  for (const double amount : {0.2, 0.5, 1.0}) {
    const double now[] = {mean(CapsuleLayer(op::Rain{.amount = amount}, size)),
                          mean(CapsuleLayer(op::SnowFall{.amount = amount}, size)),
                          mean(CapsuleLayer(op::Specks{.count = 400 * amount}, size))};
    EXPECT_LT(now[0], rain);
    EXPECT_LT(now[1], snow);
    EXPECT_LT(now[2], specks);
    rain = now[0], snow = now[1], specks = now[2];
  }
}

TEST(CapsuleLayer, StreaksRunAlongTheirAngle) {
  const Size size{200, 200};
  const auto change = [&](double angle, bool across) {
    const cv::Mat t =
        let_through(CapsuleLayer(op::Rain{.amount = 0.5, .angle = angle, .seed = 3}, size), size);
    return across ? cv::norm(t.colRange(1, 200), t.colRange(0, 199), cv::NORM_L1)
                  : cv::norm(t.rowRange(1, 200), t.rowRange(0, 199), cv::NORM_L1);
  };
  EXPECT_GT(change(0, true), 3 * change(0, false));  // from the vertical
  EXPECT_GT(change(90, false), 3 * change(90, true));
}

}  // namespace
}  // namespace doppel::augment
