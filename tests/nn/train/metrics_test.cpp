#include "doppel/nn/train/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace doppel::nn {
namespace {

TEST(Metrics, SoftmaxSumsToOneAtExtremeLogits) {
  const std::vector<float> logits{1e4F, -1e4F, 9999.F};
  const auto p = softmax(logits);
  EXPECT_NEAR(p[0] + p[1] + p[2], 1, 1e-12);
  EXPECT_NEAR(p[0], 1 / (1 + std::exp(-1.0)), 1e-9);
}

TEST(Metrics, ConfusionCountsByHand) {
  Confusion confusion(2);
  EXPECT_EQ(confusion.accuracy(), 0);  // of nothing
  EXPECT_EQ(confusion.mean_loss(), 0);
  for (const auto& [label, logit] : {std::pair{0, 2.F}, {0, -1.F}, {1, -3.F}, {1, -2.F}})
    confusion.add(label, std::vector{logit, 0.F});
  EXPECT_EQ(confusion.accuracy(), 0.75);
  EXPECT_EQ(confusion.recall(0), 0.5);
  EXPECT_NEAR(confusion.precision(1), 2.0 / 3, 1e-12);
  EXPECT_EQ(confusion.at(0, 1), 1);
  EXPECT_EQ(confusion.total(), 4);
  const auto loss = [](double margin) { return std::log1p(std::exp(-margin)); };
  EXPECT_NEAR(confusion.mean_loss(), (loss(2) + loss(-1) + loss(3) + loss(2)) / 4, 1e-6);
}

TEST(Metrics, TopAccuracyCountsWhatIsMoreProbable) {
  Confusion confusion(4);
  const std::vector<float> logits{1, 4, 3, 2};
  for (const int label : {1, 2, 0}) confusion.add(label, logits);
  EXPECT_NEAR(confusion.top_accuracy(1), 1.0 / 3, 1e-12);
  EXPECT_NEAR(confusion.top_accuracy(2), 2.0 / 3, 1e-12);
  EXPECT_NEAR(confusion.top_accuracy(3), 2.0 / 3, 1e-12);
  EXPECT_EQ(confusion.top_accuracy(4), 1);
  EXPECT_EQ(confusion.top_accuracy(9), 1);
  EXPECT_EQ(confusion.recall(3), 0);  // there is none
  EXPECT_EQ(confusion.precision(0), 0);
}

TEST(Metrics, CalibrationIsTheGapBetweenConfidenceAndTruth) {
  // Always 3/4 sure: right 3 times of 4 it is calibrated, right once it is 1/2 off.
  const float logit = std::log(3.F);
  Confusion good(2), bad(2);
  for (int i = 0; i < 4; ++i) {
    good.add(i == 0 ? 1 : 0, std::vector{logit, 0.F});
    bad.add(i == 0 ? 0 : 1, std::vector{logit, 0.F});
  }
  EXPECT_NEAR(good.calibration_error(), 0, 1e-6);
  EXPECT_NEAR(bad.calibration_error(), 0.5, 1e-6);
  const Confusion::Bin& bin = good.bins().at(11);  // 11/15 <= 0.75 < 12/15
  EXPECT_EQ(bin.count, 4);
  EXPECT_EQ(bin.right, 3);
  EXPECT_NEAR(bin.confidence, 3, 1e-6);
  // Quite sure is in the last bin.
  Confusion sure(2);
  sure.add(0, std::vector{1e4F, 0.F});
  EXPECT_EQ(sure.bins().back().count, 1);
}

}  // namespace
}  // namespace doppel::nn
