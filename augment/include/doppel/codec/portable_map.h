// Binary PGM, PPM and PAM (netpbm's P5, P6 and P7) and PFM (Pf, PF): lines of text, then the pixels.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

#include "doppel/codec/image_depth.h"

namespace doppel {

/// Grey, RGB or RGBA, of a PAM also bands. Where a number is one byte and 255 the most, the pixels are those
/// of `bytes` themselves, not a copy, and mustn't be written. Other maxima are scaled, up to 255 to 255, and
/// beyond to 65535 where `depth` is AsStored, else to 255. PFM's floats come as they are, whatever factor the
/// header names, first row on top. Throws Error where the header is bad, asks for more than `max_pixels` (of
/// more than 16 bytes fewer), pixels are missing, or `depth` is Eight and they are floats or bands.
cv::Mat portable_map(std::span<const unsigned char> bytes, long max_pixels,
                     ImageDepth depth = ImageDepth::Eight);

}  // namespace doppel
