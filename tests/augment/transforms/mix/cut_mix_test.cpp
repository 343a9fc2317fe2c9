#include "doppel/augment/transforms/mix/cut_mix.h"

#include <gtest/gtest.h>

#include <cmath>

#include "augment/flat_sample.h"
#include "augment/transforms/mix/partners.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(CutMix, TheWindowIsDrawnAsInThePaper) {
  // Sides are a share s of the image's, s² uniform, about a uniform centre, and clipped: a side keeps
  // s - s²/4 of the image in the mean, so the area (s - s²/4)², and that is 1/2 - 1/5 + 1/48.
  Sample own = flat_sample(200, 300, 0), other = flat_sample(200, 300, 1);
  own.label = 0;
  other.label = 1;
  double sum = 0;
  constexpr int kDraws = 4000;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const Drawn drawn = Recipe{CutMix{.p = 1}}.draft(own, {.index = i}, always(other));
    if (drawn.label_shares.size() < 2) continue;  // a window of no pixel
    const auto& join = std::get<op::Join>(drawn.plan.ops.at(0));
    const Size window = join.plan.at(0).size();
    EXPECT_NEAR(drawn.label_shares[1].share, window.height * window.width / 60000.0, 1e-9);
    // The image's own aspect wherever no edge clips it.
    if (join.x > 0 && join.y > 0 && join.x + window.width < 300 && join.y + window.height < 200) {
      EXPECT_NEAR(window.width, 1.5 * window.height, 2.5);
    }
    sum += drawn.label_shares[1].share;
  }
  EXPECT_NEAR(sum / kDraws, 0.5 - 0.2 + 1 / 48.0, 0.015);
}

TEST(CutMix, TheWindowShowsThePartnerAtTheSamePlace) {
  Sample own = flat_sample(40, 60, 0, 1), other = flat_sample(40, 60, 0, 1);
  for (int x = 0; x < 60; ++x) other.image.col(x).setTo(0.01 * (x + 1));
  own.boxes = {{0, 0, 60, 40, 0, 1}};
  other.boxes = {{0, 0, 60, 40, 1, 1}};
  for (std::uint64_t i = 0; i < 50; ++i) {
    const Sample out = Recipe{CutMix{.p = 1}}.apply(own, {.index = i}, always(other));
    int pasted = 0;
    for (int y = 0; y < 40; ++y)
      for (int x = 0; x < 60; ++x)
        if (const float v = out.image.at<float>(y, x); v > 0) {
          EXPECT_NEAR(v, 0.01 * (x + 1), 1e-6);
          ++pasted;
        }
    // What one box loses the other shows.
    double seen = 0;
    for (const Box& box : out.boxes) {
      const double share = pasted / 2400.0;
      EXPECT_NEAR(box.visibility, box.label == 1 ? share : 1 - share, 0.04);
      if (box.label == 1) { EXPECT_NEAR((box.x1 - box.x0) * (box.y1 - box.y0), pasted, 1e-6); }
      seen += box.visibility;
    }
    EXPECT_NEAR(seen, 1, 0.04);
  }
}

}  // namespace
}  // namespace doppel::augment
