// What a transform draws, and what it makes of one colour or of each level.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <opencv2/core.hpp>
#include <variant>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {

/// One float pixel of a colour through a transform.
inline cv::Vec3d on_color(const Transform& transform, const cv::Vec3d& color, std::uint64_t seed = 1) {
  Sample sample;
  sample.image = cv::Mat(1, 1, CV_32FC3, cv::Scalar(color[0], color[1], color[2]));
  return Recipe{transform}.apply(sample, {.seed = seed}).image.at<cv::Vec3f>(0, 0);
}

/// A row of all 256 grey levels as bytes, through a transform.
inline cv::Mat_<unsigned char> on_each_level(const Transform& transform, std::uint64_t seed = 1) {
  Sample sample;
  sample.image = cv::Mat(1, 256, CV_8UC1);
  for (int v = 0; v < 256; ++v) sample.image.at<unsigned char>(0, v) = static_cast<unsigned char>(v);
  return Recipe{transform}.apply(sample, {.seed = seed}).image;
}

/// The one op that a transform draws.
template <class T>
T drawn_op(const Transform& transform, std::uint64_t seed, int channels = 3) {
  const Plan plan = Recipe{transform}.draw(flat_sample(4, 4, 0.5, channels), {.seed = seed});
  EXPECT_EQ(plan.ops.size(), 1U);
  return std::get<T>(plan.ops.at(0));
}

/// True where a transform leaves grey images out.
inline bool leaves_grey_alone(const Transform& transform) {
  return Recipe{transform}.draw(flat_sample(4, 4, 0.5, 1), {.seed = 1}).ops.empty();
}

/// Draws of 200 seeds lie in [low, high] and come near both ends.
inline void expect_fills(double low, double high, const auto& draw) {
  double least = high, most = low;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const double value = draw(seed);
    EXPECT_GE(value, low - 1e-9) << seed;
    EXPECT_LE(value, high + 1e-9) << seed;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  EXPECT_LT(least, low + 0.06 * (high - low));
  EXPECT_GT(most, high - 0.06 * (high - low));
}

}  // namespace doppel::augment
