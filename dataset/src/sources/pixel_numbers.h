// Numbers of any type as pixels, where nothing is lost.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "array.h"
#include "doppel/base/progress.h"

namespace doppel::dataset {

/// How an array's numbers become bytes, the same for all its images.
class PixelNumbers {
 public:
  /// Bytes are what they are; bool's true is 255. Others are all looked at: whole numbers from 0 to 255 are
  /// bytes; floats from 0 to 1 that are multiples of 1/255 are multiplied by 255; whole numbers that are all
  /// multiples of 257, or of 256, lose their lower 8 bits, which say nothing. Other whole numbers from 0 to
  /// 65535 are 16 bits; all others floats, as they are. Throws Error for NaN and infinity.
  explicit PixelNumbers(const Array& array, const OnProgress& progress = {});
  bool are_bytes() const { return scale_ == Scale::None && type_.bytes == 1 && type_.is_whole(); }
  /// CV_8U, CV_16U or CV_32F.
  int depth() const { return depth_; }
  /// Of floats that aren't shares, the least and the largest.
  const std::optional<std::pair<double, double>>& range() const { return range_; }
  /// As many pixels' numbers, of depth(), as there are in `stored`.
  void to_pixels(std::span<const unsigned char> stored, void* pixels) const;

 private:
  enum class Scale { None, By255, Upper };
  NumberType type_;
  Scale scale_ = Scale::None;
  int depth_ = 0;  ///< CV_8U
  std::optional<std::pair<double, double>> range_;
};

}  // namespace doppel::dataset
