#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

#include "doppel/dataset/loader/loader.h"

namespace doppel::apps {

/// A batch as one image: its images side by side, `columns` in a row and `most` at most, normalisation
/// undone: the options', or of bands what `band_mean` and `band_std` say.
cv::Mat contact_sheet(const dataset::Batch& batch, const dataset::LoaderOptions& options, int columns,
                      int most, std::span<const float> band_mean = {}, std::span<const float> band_std = {});

}  // namespace doppel::apps
