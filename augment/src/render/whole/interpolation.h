// OpenCV's names of our filters.
#pragma once

#include <array>
#include <cstddef>
#include <opencv2/imgproc.hpp>

#include "doppel/augment/plan/ops/kind.h"
#include "doppel/base/geometry.h"

namespace doppel::augment {

inline int interpolation_of(Filter filter) {
  constexpr std::array<int, 5> kInterpolation{cv::INTER_NEAREST, cv::INTER_LINEAR, cv::INTER_CUBIC,
                                              cv::INTER_AREA, cv::INTER_LANCZOS4};
  return kInterpolation[static_cast<std::size_t>(filter)];
}

}  // namespace doppel::augment
