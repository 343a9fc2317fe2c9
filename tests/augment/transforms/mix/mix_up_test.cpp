#include "doppel/augment/transforms/mix/mix_up.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "augment/transforms/mix/partners.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(MixUp, ShareIsBetaDistributed) {
  // Beta(a, a) has mean 1/2 and variance 1 / (4 (2 a + 1)).
  for (const double alpha : {0.2, 1.0, 4.0}) {
    const Recipe recipe{MixUp{.alpha = alpha, .p = 1}};
    double sum = 0, squares = 0;
    constexpr int kDraws = 4000;
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      const Drawn drawn = recipe.draft(flat_sample(2, 2, 0.2), {.index = i}, always(flat_sample(2, 2, 0.8)));
      const double share = std::get<op::Join>(drawn.plan.ops.at(0)).share;
      sum += share;
      squares += (share - 0.5) * (share - 0.5);
    }
    const double variance = 1 / (4 * (2 * alpha + 1));
    EXPECT_NEAR(sum / kDraws, 0.5, 0.03) << alpha;
    EXPECT_NEAR(squares / kDraws, variance, 0.06 * variance) << alpha;
  }
}

TEST(MixUp, PixelsAndLabelsShareAlike) {
  Sample own = flat_sample(6, 8, 0.2), other = flat_sample(15, 9, 0.8);  // of another size
  own.label = 3;
  other.label = 5;
  other.boxes = {{0, 0, 9, 15, 5, 1}};
  for (std::uint64_t i = 0; i < 50; ++i) {
    const Sample out = Recipe{MixUp{.alpha = 1, .p = 1}}.apply(own, {.index = i}, always(other));
    ASSERT_EQ(out.label_shares.size(), 2U);
    const double share = out.label_shares[1].share;
    EXPECT_EQ(out.label_shares[1].label, 5);
    EXPECT_NEAR(out.label_shares[0].share + share, 1, 1e-9);
    EXPECT_EQ(out.label, share > 0.5 ? 5 : 3);
    EXPECT_EQ(out.image.size(), own.image.size());
    EXPECT_LE(cv::norm(out.image - cv::Scalar::all(0.2 + 0.6 * share), cv::NORM_INF), 1e-5);
    // Both are seen: the partner's box fills the image as it did its own.
    ASSERT_EQ(out.boxes.size(), 1U);
    EXPECT_EQ(out.boxes[0], (Box{0, 0, 8, 6, 5, 1}));
  }
}

}  // namespace
}  // namespace doppel::augment
