// What is asked of TIFF's plug-in.
#pragma once

#include <cstddef>
#include <opencv2/core/mat.hpp>
#include <string>

namespace doppel {

struct TiffRequest {
  std::size_t directory = 0;     ///< where the page's lies in the file
  int bits = 8;                  ///< of a sample: 8 to 16, 32 or 64
  const int* samples = nullptr;  ///< those of a pixel that are wanted, one for each channel of the image;
                                 ///< null: colours are, as RGBA of 8 bits
};

/// Fills `image`, which has the page's size, as it's stored: samples of up to 8 bits as CV_8U, of up to 16 as
/// CV_16U, of 32 and 64 in numbers of that size, whatever they mean. 0 where it can't be read; `problem` says
/// why.
using ReadTiffPixels = int (*)(const unsigned char*, std::size_t, const TiffRequest&, cv::Mat& image,
                               std::string& problem);

}  // namespace doppel
