// A GAN's images on sheets.
#pragma once

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>
#include <vector>

#include "doppel/dataset/sources/source.h"
#include "doppel/nn/study/gan_quality.h"

namespace doppel::apps {

/// Ten of each class, at most ten classes, always from the same noise.
cv::Mat sample_sheet(nn::GenerativeModel& gan, const std::vector<std::string>& classes);
/// Generated images, and below each the training image that is nearest to it; empty where there are none.
cv::Mat nearest_sheet(std::span<const nn::NearestPair> pairs, const dataset::Source& made,
                      const dataset::Source& train);
/// All sheets of a run, in turn: samples.webp.
void animate_sheets(const std::filesystem::path& run);

}  // namespace doppel::apps
