#pragma once

#include <opencv2/core/mat.hpp>

#include "doppel/dataset/loader/loader.h"

namespace doppel::apps {

/// A batch as one image: its images side by side, `columns` in a row and `most` at most, normalisation
/// undone.
cv::Mat contact_sheet(const dataset::Batch& batch, const dataset::LoaderOptions& options, int columns,
                      int most);

}  // namespace doppel::apps
