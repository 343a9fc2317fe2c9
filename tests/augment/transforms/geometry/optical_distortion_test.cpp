#include "doppel/augment/transforms/geometry/optical_distortion.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(OpticalDistortion, ReadsFromTheLensFormulaInHalfDiagonals) {
  // 160 x 120: the half diagonal is 100 pixels.
  const auto map = [](double k, op::Lens::Model model, Point p) {
    return Recipe{OpticalDistortion{.k = {k, k}, .model = model, .p = 1}}
        .draw(flat_sample(120, 160, 0.5, 1), {})
        .map(p);
  };
  using enum op::Lens::Model;
  for (const double k : {-0.3, 0.3, 0.8})
    for (const double r : {0.2, 0.5, 0.7}) {
      const double radial = 100 * r * (1 + k * r * r), fisheye = 100 * r * (1 + k * r) / (1 + k);
      EXPECT_NEAR(map(k, Radial, {80 + radial, 60}).x, 80 + 100 * r, 0.1) << k << " " << r;
      EXPECT_NEAR(map(k, Fisheye, {80 - fisheye, 60}).x, 80 - 100 * r, 0.1) << k << " " << r;
    }
  // Positive pulls the edges in; the centre stays, and a fisheye's corners do.
  EXPECT_GT(map(0.3, Radial, {0, 60}).x, 10);
  EXPECT_LT(map(-0.3, Radial, {30, 60}).x, 28);
  EXPECT_NEAR(map(0.5, Radial, {80, 60}).y, 60, 1e-6);
  EXPECT_NEAR(map(0.5, Fisheye, {160, 120}).x, 160, 0.1);
}

TEST(OpticalDistortion, IsDrawnFromItsRange) {
  double low = 9, high = -9;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Sample sample = flat_sample(20, 30, 0.5, 1);
    const auto lens = std::get<op::Lens>(
        Recipe{OpticalDistortion{.k = {-0.2, 0.4}, .p = 1}}.draw(sample, {.index = i}).ops.at(0));
    low = std::min(low, lens.k);
    high = std::max(high, lens.k);
  }
  EXPECT_NEAR(low, -0.2, 0.02);
  EXPECT_NEAR(high, 0.4, 0.02);
  EXPECT_GE(low, -0.2);
  EXPECT_LT(high, 0.4);
  EXPECT_FLOAT_EQ(
      Recipe{OpticalDistortion{.p = 1}}.apply(flat_sample(1, 1, 0.5, 1), {}).image.at<float>(0, 0), 0.5F);
}

}  // namespace
}  // namespace doppel::augment
