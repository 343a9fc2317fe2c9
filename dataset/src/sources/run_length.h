// COCO's run-length code of a mask: runs of background and object in turn, column by column.
#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "doppel/base/fields.h"

namespace doppel::dataset {

/// The compressed form: numbers in 5-bit groups as ASCII from '0', from the third on as differences to the
/// one two before. Throws Error where it's damaged.
std::vector<std::uint32_t> runs_from_text(std::string_view text);

/// Throws Error where the runs don't fill the size exactly.
void check_runs(std::span<const std::uint32_t> runs, Size size);

/// Sets the object's pixels of `mask` (CV_32S, as large as the runs') to `value`; returns the box of those
/// pixels, empty where there are none.
cv::Rect paint_runs(std::span<const std::uint32_t> runs, int value, cv::Mat& mask);

}  // namespace doppel::dataset
