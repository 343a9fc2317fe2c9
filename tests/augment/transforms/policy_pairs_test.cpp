#include <gtest/gtest.h>

#include <cmath>

#include "transforms/policy_space.h"

namespace doppel::augment {
namespace {

TEST(PolicyPairs, AreWhatThePaperLearned) {
  const auto expect = [](const PolicyStep& step, PolicyOp op, double chance, int bin) {
    EXPECT_EQ(step.op, op);
    EXPECT_EQ(step.chance, chance);
    EXPECT_EQ(step.bin, bin);
  };
  for (int policy = 0; policy < 3; ++policy) ASSERT_EQ(policy_pairs(policy).size(), 25U);
  // The first and last of each data set.
  expect(policy_pairs(0)[0][0], PolicyOp::Posterize, 0.4, 8);
  expect(policy_pairs(0)[0][1], PolicyOp::Rotate, 0.6, 9);
  expect(policy_pairs(0)[24][1], PolicyOp::Equalize, 0.6, 0);
  expect(policy_pairs(1)[0][0], PolicyOp::Invert, 0.1, 0);
  expect(policy_pairs(1)[24][0], PolicyOp::TranslateY, 0.7, 9);
  expect(policy_pairs(2)[0][0], PolicyOp::ShearX, 0.9, 4);
  expect(policy_pairs(2)[24][1], PolicyOp::Invert, 0.1, 0);
}

TEST(PolicyPairs, HaveTheSumOfTorchvisionsTables) {
  // FNV-1a over op, ten times the chance, and bin, in torchvision's order (autoaugment.py).
  const auto checksum = [](int policy) {
    std::uint64_t hash = 1469598103934665603ULL;
    const auto add = [&](std::uint64_t v) { hash = (hash ^ v) * 1099511628211ULL; };
    for (const PolicyPair& pair : policy_pairs(policy))
      for (const PolicyStep& step : pair) {
        add(static_cast<std::uint64_t>(step.op));
        add(static_cast<std::uint64_t>(std::lround(step.chance * 10)));
        add(static_cast<std::uint64_t>(step.bin));
      }
    return hash;
  };
  EXPECT_EQ(checksum(0), 15683804801408269278ULL);
  EXPECT_EQ(checksum(1), 244694342658505585ULL);
  EXPECT_EQ(checksum(2), 12968801073367136163ULL);
}

}  // namespace
}  // namespace doppel::augment
