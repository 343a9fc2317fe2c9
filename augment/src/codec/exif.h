// How a camera was held.
#pragma once

#include <span>

namespace doppel {

/// The orientation that a JPEG's EXIF block names, 1 to 8; 1 where there is none or it makes no sense.
int exif_orientation(std::span<const unsigned char> jpeg);

}  // namespace doppel
