// Images in turn, in one file.
#pragma once

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <vector>

namespace doppel::apps {

/// An animated WebP of 8-bit grey or RGB images of one size, each shown for `milliseconds`; it begins anew
/// after the last.
void write_animation(const std::filesystem::path& path, const std::vector<cv::Mat>& images, int milliseconds);

}  // namespace doppel::apps
