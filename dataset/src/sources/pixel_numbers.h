// Numbers of any type as pixels of 8 bits, where nothing is lost.
#pragma once

#include <cstdint>
#include <span>

#include "array.h"
#include "doppel/base/progress.h"

namespace doppel::dataset {

/// How an array's numbers become bytes, the same for all its images.
class PixelNumbers {
 public:
  /// Bytes are what they are; bool's true is 255. Others are all looked at: whole numbers from 0 to 255 are
  /// bytes; floats from 0 to 1 that are multiples of 1/255 are multiplied by 255; whole numbers that are all
  /// multiples of 257, or of 256, lose their lower 8 bits, which say nothing. Throws Error for any other,
  /// with the first that isn't such.
  explicit PixelNumbers(const Array& array, const OnProgress& progress = {});
  bool are_bytes() const { return scale_ == Scale::None && type_.bytes == 1 && type_.is_whole(); }
  /// As many bytes as numbers.
  void to_bytes(std::span<const unsigned char> stored, std::span<unsigned char> bytes) const;

 private:
  enum class Scale { None, By255, Upper };
  NumberType type_;
  Scale scale_ = Scale::None;
};

}  // namespace doppel::dataset
