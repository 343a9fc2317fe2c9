// TIFF: images of any depth and number of channels, without loss.
#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

namespace doppel {

/// What four channels are.
enum class FourChannels {
  Rgba,  ///< colours and straight alpha
  Bands  ///< four of their own
};

/// Encodes CV_8U, CV_16U or CV_32F of 1 to 64 channels, which decode_image() gives back as stored, bit for
/// bit; one is grey, three are RGB. Deflated strips with the differences that fit the numbers, little-endian:
/// any reader takes it. Throws Error for other numbers or channels, and where the file would pass 4 GB.
std::vector<unsigned char> encode_tiff(const cv::Mat& image, FourChannels four = FourChannels::Rgba);

}  // namespace doppel
