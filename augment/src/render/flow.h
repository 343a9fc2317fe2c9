// How the vectors of a flow turn as pixels are moved.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

#include "doppel/augment/plan/op.h"
#include "plan/geometry/run.h"

namespace doppel::augment {

/// Multiplies the vectors (the first two channels of CV_32F) of `flow`, which a run has moved from an image
/// of `source`, by the run's derivative at each pixel. Those that came in as fill stay. Where the border
/// reflects, the image beyond is mirrored, and so are they.
void turn_vectors(cv::Mat& flow, std::span<const Op> ops, const GeometryRun& run, Size source);

/// The same of what a Pad left: vectors mirrored where it reflects.
void turn_padded(cv::Mat& flow, const op::Pad& pad, Size source);

}  // namespace doppel::augment
