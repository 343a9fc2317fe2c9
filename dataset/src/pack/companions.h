// What lies behind an image in its shard: its masks, then its maps, each a file that other programs read.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>
#include <string>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "map_numbers.h"

namespace doppel::dataset::pack {

/// One of them.
struct Companion {
  std::string suffix;  ///< of its member's name: "mask0.png", "map0.tif"
  std::vector<unsigned char> bytes;
  MapUnit unit = {};  ///< of a map's whole numbers
};

/// Masks as grey PNGs. Maps of whole numbers as PNGs of 8 or 16 bits where they have one channel or three;
/// others, and all floats, as TIFFs: every number comes back bit for bit. What hasn't the size that the image
/// is packed in is made so, masks and maps that are read Nearest by the nearest pixel, others by areas; a
/// flow's vectors are multiplied. Throws Error where a map isn't as FloatMap says.
std::vector<Companion> companions_of(const augment::Sample& sample, Size image, Size packed);

/// The numbers of a map's file, of up to `pixels` pixels. Throws Error.
cv::Mat read_map_file(std::span<const unsigned char> bytes, const MapUnit& unit, long pixels);

}  // namespace doppel::dataset::pack
