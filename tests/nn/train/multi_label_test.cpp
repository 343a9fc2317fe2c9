// What is counted of independent labels, against numbers worked by hand and by definition.
#include "doppel/nn/train/multi_label.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace doppel::nn {
namespace {

using Numbers = std::vector<float>;

/// One class: rows that are there or not, and their logits.
MultiLabel of_one_class(const std::vector<std::pair<float, float>>& rows) {
  MultiLabel result(1);
  for (const auto& [there, logit] : rows) result.add(Numbers{there}, Numbers{logit});
  return result;
}

TEST(MultiLabel, SigmoidIsSureAtExtremeLogits) {
  const auto p = sigmoid(Numbers{0, 1e4F, -1e4F, 2});
  EXPECT_EQ(p[0], 0.5);
  EXPECT_EQ(p[1], 1);
  EXPECT_EQ(p[2], 0);
  EXPECT_NEAR(p[3], 1 / (1 + std::exp(-2.0)), 1e-12);
}

TEST(MultiLabel, AveragePrecisionByHand) {
  // From the highest logit: there, not, there. Precision 1 at recall 1/2, and 2/3 at recall 1.
  EXPECT_NEAR(*of_one_class({{1, 3}, {0, 2}, {1, 1}}).average_precision(0), 0.5 * 1 + 0.5 * 2 / 3, 1e-12);
  EXPECT_EQ(*of_one_class({{0, -3}, {1, 2}, {1, 1}}).average_precision(0), 1);
  EXPECT_NEAR(*of_one_class({{0, 3}, {0, 2}, {1, 1}}).average_precision(0), 1.0 / 3, 1e-12);
  EXPECT_FALSE(of_one_class({{0, 3}}).average_precision(0));
  EXPECT_EQ(of_one_class({{0, 3}}).mean_average_precision(), 0);
  EXPECT_EQ(MultiLabel(2).mean_average_precision(), 0);
}

TEST(MultiLabel, RowsWithTheSameLogitComeInTogether) {
  // Whatever their order, a network that says the same of all has the precision of chance.
  for (const auto& rows : {std::vector<std::pair<float, float>>{{1, 2}, {0, 2}, {0, 2}, {1, 2}},
                           {{0, 2}, {1, 2}, {1, 2}, {0, 2}}})
    EXPECT_EQ(*of_one_class(rows).average_precision(0), 0.5);
  EXPECT_NEAR(*of_one_class({{1, 5}, {1, 2}, {0, 2}}).average_precision(0), 0.5 + 0.5 * 2 / 3, 1e-12);
}

TEST(MultiLabel, AveragePrecisionIsItsDefinition) {
  std::mt19937 draw(3);
  MultiLabel result(1);
  std::vector<std::pair<float, bool>> rows;
  for (int i = 0; i < 200; ++i) {
    const bool there = draw() % 3 == 0;
    rows.emplace_back(static_cast<float>(draw() % 40) + (there ? 5.F : 0.F), there);
    result.add(Numbers{there ? 1.F : 0.F}, Numbers{rows.back().first});
  }
  // For each threshold, from the highest: how many rows reach it, and how many of them are right.
  double area = 0, recall_before = 0, positives = 0;
  for (const auto& [logit, there] : rows) positives += there;
  for (int level = 50; level >= 0; --level) {
    double reach = 0, right = 0;
    for (const auto& [logit, there] : rows)
      if (logit >= static_cast<float>(level)) reach += 1, right += there;
    if (reach == 0) continue;
    area += (right / positives - recall_before) * right / reach;
    recall_before = right / positives;
  }
  EXPECT_NEAR(*result.average_precision(0), area, 1e-12);
}

TEST(MultiLabel, CountsAtOneHalf) {
  MultiLabel result(3);
  result.add(Numbers{1, 1, 0}, Numbers{2, 1, -1});    // exact
  result.add(Numbers{1, 0, 0}, Numbers{-1, 3, -1});   // one missed, one too many
  result.add(Numbers{0, 0, 0}, Numbers{-1, -2, -3});  // none, exact
  EXPECT_EQ(result.total(), 3);
  EXPECT_EQ(result.positives(0), 2);
  EXPECT_EQ(result.recall(0), 0.5);
  EXPECT_EQ(result.precision(0), 1);
  EXPECT_EQ(result.precision(1), 0.5);
  EXPECT_EQ(result.precision(2), 0);
  EXPECT_NEAR(result.f1(0), 2.0 / 3, 1e-12);
  EXPECT_NEAR(result.f1(1), 2.0 / 3, 1e-12);
  EXPECT_NEAR(result.f1_macro(), 2.0 / 3, 1e-12) << "the third is nowhere, and isn't predicted";
  EXPECT_NEAR(result.f1_micro(), 2.0 * 2 / (3 + 3), 1e-12);
  EXPECT_NEAR(result.exact_match(), 2.0 / 3, 1e-12);
  EXPECT_NEAR(result.accuracy(), 1.0 / 3, 1e-12);
  EXPECT_FALSE(result.has_one_label_each());
  const auto softplus = [](double x) { return std::log1p(std::exp(x)); };
  const double loss = softplus(-2) + softplus(-1) + softplus(-1) + softplus(1) + softplus(3) + softplus(-1) +
                      softplus(-1) + softplus(-2) + softplus(-3);
  EXPECT_NEAR(result.mean_loss(), loss / 3, 1e-9);
}

TEST(MultiLabel, OneLabelEachHasAnAccuracy) {
  MultiLabel result(2);
  EXPECT_FALSE(result.has_one_label_each());
  result.add(Numbers{1, 0}, Numbers{-1, -2});
  result.add(Numbers{0, 1}, Numbers{3, 2});
  EXPECT_TRUE(result.has_one_label_each());
  EXPECT_EQ(result.accuracy(), 0.5);
}

}  // namespace
}  // namespace doppel::nn
