// Maps whose numbers are whole ones in some unit (depths in millimetres, pictures in shares of 255): as such
// they take a half or a quarter of what floats do.
#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <optional>

namespace doppel::dataset::pack {

/// How whole numbers n become a map's: (n + first) · step / over, worked in double and rounded to float once.
struct MapUnit {
  std::int64_t first = 0;
  double step = 1, over = 1;
  friend bool operator==(const MapUnit&, const MapUnit&) = default;
};

/// A map as whole numbers.
struct WholeMap {
  cv::Mat numbers;  ///< CV_8U or CV_16U, as many channels as the map
  MapUnit unit;
};

/// Nothing where none of the units that maps usually have gives every number back, bit for bit. `first` is 0
/// wherever it can be, so that others find the numbers that were there.
std::optional<WholeMap> whole_map(const cv::Mat& values);

/// CV_32F of whole numbers (CV_8U or CV_16U).
cv::Mat map_values(const cv::Mat& numbers, const MapUnit& unit);

}  // namespace doppel::dataset::pack
