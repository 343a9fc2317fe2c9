// What noise makes of one level.
#pragma once

#include <cmath>
#include <cstdint>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {

/// Of all of a float image's numbers.
struct LevelMoments {
  double mean = 0, deviation = 0;
  double kurtosis = 0;  ///< 3 for a normal distribution
};

inline LevelMoments level_moments(const cv::Mat& image) {
  cv::Mat numbers;
  image.reshape(1).convertTo(numbers, CV_64F);
  cv::Scalar mean, deviation;
  cv::meanStdDev(numbers, mean, deviation);
  const cv::Mat squares = (numbers - mean[0]).mul(numbers - mean[0]);
  return {mean[0], deviation[0], cv::mean(squares.mul(squares))[0] / std::pow(deviation[0], 4)};
}

/// What a transform makes of a square image of one level.
inline cv::Mat on_level(const Transform& transform, double level, int side = 256, int channels = 3,
                        std::uint64_t seed = 12) {
  return Recipe{transform}.apply(flat_sample(side, side, level, channels), {.seed = seed}).image;
}

}  // namespace doppel::augment
