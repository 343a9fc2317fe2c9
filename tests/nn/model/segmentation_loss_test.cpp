// The loss of masks against its formula and central differences.
#include <gtest/gtest.h>

#include <cmath>

#include "doppel/nn/model/loss.h"

namespace doppel::nn {
namespace {

constexpr std::size_t kMaskClasses = 3, kMaskArea = 4;
// [3, 2, 2].
const std::vector<float> kMaskLogits{0.5F,  -1.25F, 2.F,  0.F,  1.F, 0.25F,
                                     -0.5F, 0.75F,  -2.F, 1.5F, 0.F, -0.25F};

double mask_loss(const Loss& loss, const std::vector<float>& logits, const std::vector<float>& mask) {
  std::vector<float> gradient(logits.size());
  return row_loss(loss, logits, mask, gradient);
}

/// p[c][i] in double.
std::vector<std::vector<double>> pixel_shares(const std::vector<float>& logits) {
  std::vector<std::vector<double>> p(kMaskClasses, std::vector<double>(kMaskArea));
  for (std::size_t i = 0; i < kMaskArea; ++i) {
    double all = 0;
    for (std::size_t c = 0; c < kMaskClasses; ++c) all += std::exp(double{logits[c * kMaskArea + i]});
    for (std::size_t c = 0; c < kMaskClasses; ++c)
      p[c][i] = std::exp(double{logits[c * kMaskArea + i]}) / all;
  }
  return p;
}

TEST(SegmentationLoss, IsItsFormula) {
  const std::vector<float> mask{0, 2, -1, 2};  // class 1 isn't there, and one pixel doesn't count
  const auto p = pixel_shares(kMaskLogits);
  const double entropy = -(std::log(p[0][0]) + std::log(p[2][1]) + std::log(p[2][3])) / 3;
  const double dice0 = 2 * p[0][0] / (p[0][0] + p[0][1] + p[0][3] + 1),
               dice2 = 2 * (p[2][1] + p[2][3]) / (p[2][0] + p[2][1] + p[2][3] + 2);
  EXPECT_NEAR(mask_loss(Segmentation{.dice = 0}, kMaskLogits, mask), entropy, 1e-6);
  EXPECT_NEAR(mask_loss(Segmentation{.dice = 1}, kMaskLogits, mask), 1 - (dice0 + dice2) / 2, 1e-6);
  EXPECT_NEAR(mask_loss(Segmentation{.dice = 0.25}, kMaskLogits, mask),
              0.75 * entropy + 0.25 * (1 - (dice0 + dice2) / 2), 1e-6);
  const std::vector<double> weights{2, 7, 0.5};
  EXPECT_NEAR(mask_loss(Segmentation{.dice = 0, .weights = weights}, kMaskLogits, mask),
              -(2 * std::log(p[0][0]) + 0.5 * std::log(p[2][1]) + 0.5 * std::log(p[2][3])) / 3, 1e-6);
  EXPECT_NEAR(mask_loss(Segmentation{.dice = 1, .weights = weights}, kMaskLogits, mask),
              (2 * (1 - dice0) + 0.5 * (1 - dice2)) / 2, 1e-6);
}

TEST(SegmentationLoss, GradientsMatchCentralDifferences) {
  const std::vector<double> weights{2, 0.25, 0.5};
  for (const std::vector<float>& mask :
       {std::vector<float>{0, 2, 1, 2}, std::vector<float>{1, 1, 1, 1}, std::vector<float>{-1, 2, -1, 0}})
    for (const Segmentation& loss :
         {Segmentation{.dice = 0}, Segmentation{}, Segmentation{.dice = 1},
          Segmentation{.dice = 0, .weights = weights}, Segmentation{.dice = 1, .weights = weights},
          Segmentation{.dice = 0.3, .weights = weights}}) {
      std::vector<float> gradient(kMaskLogits.size());
      row_loss(loss, kMaskLogits, mask, gradient);
      for (std::size_t i = 0; i < kMaskLogits.size(); ++i) {
        auto up = kMaskLogits, down = kMaskLogits;
        constexpr float kStep = 1.F / 256;
        up[i] += kStep;
        down[i] -= kStep;
        EXPECT_NEAR(gradient[i],
                    (mask_loss(loss, up, mask) - mask_loss(loss, down, mask)) / (2 * double{kStep}), 2e-4)
            << "dice " << loss.dice << ", logit " << i;
        if (mask[i % kMaskArea] < 0) { EXPECT_EQ(gradient[i], 0); }
      }
    }
}

TEST(SegmentationLoss, IsNothingWhereNothingCounts) {
  std::vector<float> gradient(kMaskLogits.size(), 5.F);
  EXPECT_EQ(row_loss(Segmentation{}, kMaskLogits, std::vector<float>(kMaskArea, -1.F), gradient), 0);
  EXPECT_EQ(gradient, std::vector<float>(kMaskLogits.size(), 0.F));
}

TEST(SegmentationLoss, StaysFiniteWhereLogitsAreLarge) {
  std::vector<float> logits(kMaskLogits), gradient(logits.size());
  for (float& x : logits) x *= 1000;
  const double loss = row_loss(Segmentation{}, logits, std::vector<float>{1, 0, 0, 2}, gradient);
  EXPECT_TRUE(std::isfinite(loss));
  for (const float g : gradient) EXPECT_TRUE(std::isfinite(g));
}

TEST(SegmentationLoss, AloneLearnsMasks) {
  EXPECT_TRUE(learns_masks(Segmentation{}));
  EXPECT_FALSE(learns_masks(CrossEntropy{}));
  EXPECT_FALSE(learns_masks(MeanSquaredError{}));
  Loss loss = Segmentation{};
  set_class_weights(loss, {1, 2});
  EXPECT_EQ(std::get<Segmentation>(loss).weights, (std::vector<double>{1, 2}));
}

}  // namespace
}  // namespace doppel::nn
