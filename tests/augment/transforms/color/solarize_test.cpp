#include "doppel/augment/transforms/color/solarize.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/color/on_color.h"

namespace doppel::augment {
namespace {

TEST(Solarize, InvertsFromTheThresholdOn) {
  const auto levels = on_each_level(Solarize{{0.5, 0.5}, 1});
  for (int v = 0; v < 256; ++v) EXPECT_EQ(levels(0, v), v < 128 ? v : 255 - v);
  // The threshold itself is inverted.
  const auto exact = on_each_level(Solarize{{0.2, 0.2}, 1});
  EXPECT_EQ(exact(0, 50), 50);
  EXPECT_EQ(exact(0, 51), 204);
}

TEST(Solarize, BeginsAsANegativeAndEndsAsNothing) {
  const auto all = on_each_level(Solarize{{0, 0}, 1}), none = on_each_level(Solarize{{1.01, 1.01}, 1});
  for (int v = 0; v < 256; ++v) {
    EXPECT_EQ(all(0, v), 255 - v);
    EXPECT_EQ(none(0, v), v);
  }
  expect_fills(0.3, 0.8, [](std::uint64_t seed) {
    return drawn_op<op::Solarize>(Solarize{{0.3, 0.8}, 1}, seed).threshold;
  });
}

}  // namespace
}  // namespace doppel::augment
