// Images that ops refer to by file.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>

namespace doppel {

/// The 8-bit image of a file with 1, 3 or 4 channels (0: as it is). Each thread keeps the last few. Throws
/// Error with the path.
cv::Mat image_from(const std::string& path, int channels);

}  // namespace doppel
