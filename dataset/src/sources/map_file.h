// Maps of numbers (depths, heatmaps, flows) in files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/augment/plan/float_map.h"

namespace doppel::dataset {

/// Where a map is, and what its numbers mean.
struct MapFile {
  std::string name;  ///< of the map
  std::string path;  ///< below the data set's folder
  augment::MapKind kind = augment::MapKind::Values;
  Filter filter = Filter::Bilinear;
  float fill = 0;
  double scale = 1, offset = 0;  ///< the map holds scale · number + offset; of an image shares of its range
  bool colors = false;
};

/// Reads one for an image of that size: `.npy` ([H, W], [H, W, C] or [C, H, W]), Middlebury's `.flo`, or any
/// image file, whose numbers are taken as they are stored (255 of 8 bits is 255, but of a map that is an
/// image itself 1), floats that are NaN or infinite too. Throws Error with the path.
augment::FloatMap read_map(const std::filesystem::path& root, const MapFile& file, Size image);
/// The same of what such a file holds; `place` is what errors call it.
augment::FloatMap map_of_bytes(const std::string& place, std::vector<unsigned char> bytes,
                               const MapFile& file, Size image);

}  // namespace doppel::dataset
