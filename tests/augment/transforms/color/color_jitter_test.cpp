#include "doppel/augment/transforms/color/color_jitter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <opencv2/core.hpp>
#include <string>
#include <variant>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

/// Torchvision's functional_tensor, by its formulas.
struct TorchvisionColor {
  static double clamp(double v) { return std::clamp(v, 0.0, 1.0); }
  static double grey(const cv::Vec3d& c) { return 0.2989 * c[0] + 0.587 * c[1] + 0.114 * c[2]; }
  static cv::Vec3d blend(const cv::Vec3d& a, double b, double ratio) {
    cv::Vec3d out;
    for (int k = 0; k < 3; ++k) out[k] = clamp(ratio * a[k] + (1 - ratio) * b);
    return out;
  }
  static cv::Vec3d hue(const cv::Vec3d& c, double turn) {
    const double top = std::max({c[0], c[1], c[2]}), low = std::min({c[0], c[1], c[2]}), chroma = top - low;
    const double s = top == low ? 0 : chroma / top, d = top == low ? 1 : chroma;
    const double rc = (top - c[0]) / d, gc = (top - c[1]) / d, bc = (top - c[2]) / d;
    double h = c[0] == top ? bc - gc : c[1] == top ? 2 + rc - bc : 4 + gc - rc;
    h = std::fmod(h / 6 + 1 + turn + 1, 1.0);
    const double i = std::floor(h * 6), f = h * 6 - i;
    const double p = clamp(top * (1 - s)), q = clamp(top * (1 - s * f)), t = clamp(top * (1 - s * (1 - f)));
    switch (static_cast<int>(i) % 6) {
      case 0:
        return {top, t, p};
      case 1:
        return {q, top, p};
      case 2:
        return {p, top, t};
      case 3:
        return {p, q, top};
      case 4:
        return {t, p, top};
      default:
        return {top, p, q};
    }
  }
};

TEST(ColorJitter, IsTorchvisionsOverTheCube) {
  // All colours of a 17^3 cube as one float image.
  cv::Mat cube(17, 289, CV_32FC3);
  for (int r = 0; r < 17; ++r)
    for (int gb = 0; gb < 289; ++gb)
      cube.at<cv::Vec3f>(r, gb) = {r / 16.F, (gb / 17) / 16.F, (gb % 17) / 16.F};
  Sample sample;
  sample.image = cube;
  double mean = 0;
  for (const auto& c : cv::Mat_<cv::Vec3f>(cube)) mean += TorchvisionColor::grey(c) / double(cube.total());
  const auto check = [&](const Recipe& recipe, const auto& formula) {
    const cv::Mat out = recipe.apply(sample, {}).image;
    for (int i = 0; i < static_cast<int>(cube.total()); ++i) {
      const cv::Vec3f now = out.at<cv::Vec3f>(i / 289, i % 289);
      const cv::Vec3d wanted = formula(cv::Vec3d(cube.at<cv::Vec3f>(i / 289, i % 289)));
      for (int k = 0; k < 3; ++k) ASSERT_NEAR(double(now[k]), wanted[k], 1.0 / 255) << recipe.yaml() << i;
    }
  };
  const Range none{1, 1}, still{0, 0};
  for (const double f : {0.0, 0.5, 1.0, 1.7}) {
    check({ColorJitter{{f, f}, none, none, still, 1}},
          [&](const cv::Vec3d& c) { return TorchvisionColor::blend(c, 0, f); });
    check({ColorJitter{none, {f, f}, none, still, 1}},
          [&](const cv::Vec3d& c) { return TorchvisionColor::blend(c, mean, f); });
    check({ColorJitter{none, none, {f, f}, still, 1}},
          [&](const cv::Vec3d& c) { return TorchvisionColor::blend(c, TorchvisionColor::grey(c), f); });
  }
  for (const double turn : {-0.5, -0.2, 0.05, 0.31, 0.5})
    check({ColorJitter{none, none, none, {turn, turn}, 1}},
          [&](const cv::Vec3d& c) { return TorchvisionColor::hue(c, turn); });
}

TEST(ColorJitter, AllOrdersComeAlike) {
  std::map<std::string, int> orders;
  for (std::uint64_t seed = 0; seed < 2400; ++seed) {
    const Plan plan = Recipe{ColorJitter{.p = 1}}.draw(flat_sample(4, 4, 0.5), {.seed = seed});
    std::string order;
    for (const Op& op : plan.ops) {
      const auto* color = std::get_if<op::ColorMatrix>(&op);
      order += color == nullptr ? name_of(op)[0] : color->matrix[1] == 0 ? 'b' : 's';
    }
    ++orders[order];
  }
  EXPECT_EQ(orders.size(), 24U);
  for (const auto& [order, times] : orders) {
    EXPECT_EQ(order.size(), 4U);
    EXPECT_NEAR(times, 100, 42) << order;
  }
}

TEST(ColorJitter, IsClampedAfterEachStep) {
  // Red twice as bright ends at 1 where that comes before its luma is taken.
  const ColorJitter jitter{{2, 2}, {1, 1}, {0, 0}, {0, 0}, 1};
  int early = 0, late = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const double out = on_color(jitter, {0.9, 0.1, 0.1}, seed)[0];
    early += std::abs(out - (0.299 * 1 + 0.701 * 0.2)) < 1e-5;
    late += std::abs(out - 2 * (0.299 * 0.9 + 0.701 * 0.1)) < 1e-5;
  }
  EXPECT_EQ(early + late, 60);
  EXPECT_GT(early, 10);
  EXPECT_GT(late, 10);
}

TEST(ColorJitter, GreyImagesHaveNoColourToChange) {
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    EXPECT_EQ(Recipe{ColorJitter{.p = 1}}.draw(flat_sample(4, 4, 0.5, 1), {.seed = seed}).ops.size(), 2U);
}

}  // namespace
}  // namespace doppel::augment
