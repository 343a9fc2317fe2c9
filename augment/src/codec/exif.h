// How a camera was held.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

namespace doppel {

/// The orientation that an EXIF block names, 1 to 8; 1 where there is none or it makes no sense. The block is
/// TIFF, with or without "Exif" and two zeros before it.
int exif_orientation(std::span<const unsigned char> exif);

/// Of a JPEG's first EXIF segment.
int jpeg_orientation(std::span<const unsigned char> jpeg);

/// An image as it was meant to be seen, from how it's stored and its orientation: the same where that's 1.
cv::Mat upright(const cv::Mat& stored, int orientation);

/// Its size: sides change places from 5 on.
inline cv::Size upright(cv::Size stored, int orientation) {
  return orientation >= 5 ? cv::Size(stored.height, stored.width) : stored;
}

}  // namespace doppel
