// What plug-ins for image formats hand over, and what they share. Nothing is thrown across the border.
#pragma once

#include <cstddef>
#include <new>
#include <opencv2/core/mat.hpp>
#include <stdexcept>
#include <string>

namespace doppel {

/// What a file's header says. `width` and `height` are of what the plug-in gives, before it's turned.
struct FormatFacts {
  int width = 0, height = 0;
  int channels = 3;     ///< 1, 3 or 4 with alpha; bands where there's no alpha: 1 to 64
  bool alpha = false;   ///< the last of 4 channels
  int bits = 8;         ///< of a channel in the file
  int depth = CV_8U;    ///< of the pixels that come: CV_8U; CV_16U; CV_32F, which 8 bits don't hold
  int shift = 0;        ///< by how many bits CV_16U is cut to become 8
  int orientation = 1;  ///< as EXIF numbers it; what is still to be done
  int frames = 1;
};

using ReadFormatFacts = int (*)(const unsigned char*, std::size_t, FormatFacts&, std::string&);
/// Fills `image`, which has the size, the channels and the depth that the facts name.
using ReadFormatPixels = int (*)(const unsigned char*, std::size_t, int frame, cv::Mat& image, std::string&);

/// 1, or 0 where `act` throws; `problem` then says why.
template <class Act>
int without_throwing(std::string& problem, const Act& act) noexcept {
  try {
    try {
      act();
      return 1;
    } catch (const std::bad_alloc&) {
      problem = "there isn't the memory for it";
    } catch (const std::exception& error) { problem = error.what(); }
  } catch (...) {}
  return 0;
}

/// For what a damaged file makes of itself.
inline void expect(bool good, const char* else_what) {
  if (!good) throw std::runtime_error(else_what);
}

}  // namespace doppel
