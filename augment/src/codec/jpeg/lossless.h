// JPEG without loss (ITU-T T.81, process 14): Huffman codes of what a predictor is off by. DICOM files hold
// it; libjpeg-turbo reads none of it before 3.0.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

namespace doppel {

/// What the header of one says.
struct LosslessJpegFacts {
  cv::Size size;
  int samples = 1;  ///< of a pixel: 1 to 4
  int bits = 8;     ///< of a sample: 2 to 16
};

/// Throws Error: no JPEG of this process, damaged, or with samples of which some are for several pixels.
LosslessJpegFacts lossless_jpeg_facts(std::span<const unsigned char> jpeg);

/// Its samples as they are stored, CV_16U with one channel for each: neither scaled nor made RGB. They may
/// have more than the header's bits, where what was packed had. Takes as much memory as the size that the
/// facts name, so the caller checks them first. Throws Error as above.
cv::Mat decode_lossless_jpeg(std::span<const unsigned char> jpeg);

}  // namespace doppel
