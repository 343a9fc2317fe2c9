// What an encoded image's header says of it.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

#include "doppel/codec/image.h"

namespace doppel {

/// What an image file's header tells.
struct ImageFacts {
  ImageKind kind = ImageKind::Unknown;  ///< by its first bytes
  cv::Size size;                        ///< of the decoded image, which is upright
  int channels = 3;                     ///< of the decoded image: 1, 3 or 4; as stored 1 to 64
  int depth = CV_8U;  ///< of the image as stored, whatever is asked for: CV_8U, CV_16U or CV_32F
  int bits = 8;       ///< of a channel in the file, the widest where they differ; of a palette's colours 8
  bool has_alpha = false;  ///< a channel of it, or a transparent colour
  int orientation = 1;  ///< as EXIF numbers it, 1 to 8: how what is stored is turned to be upright. A HEIC's
                        ///< turns are part of reading it: 1
  int frames = 1;  ///< of an animation (an APNG's default image that isn't part of it counts too), pages of a
                   ///< TIFF, images of a HEIC
};

/// Reads headers alone: no pixels are decoded, and it takes microseconds. GIF, HEIC, AVIF and JPEG XL need
/// their plug-in. decode_image() of the same bytes with the same options gives this size and these channels,
/// and as stored this depth, or throws. Throws Error: not an image, a damaged header, no such frame, or more
/// than `max_pixels`.
ImageFacts facts_of(std::span<const unsigned char> bytes, const DecodeOptions& options = {});

}  // namespace doppel
