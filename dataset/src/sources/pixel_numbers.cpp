#include "pixel_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

/// What all numbers of an array have in common.
struct NumbersSeen {
  bool bytes = true;   ///< whole, from 0 to 255
  bool shares = true;  ///< from 0 to 1, multiples of 1/255
  bool upper = true;   ///< whole, up to 65535, and only the upper 8 bits say anything: multiples of 256
  bool twice = true;   ///< the same of multiples of 257
  double least = std::numeric_limits<double>::infinity(), most = -least;
  std::optional<std::uint64_t> broken = {};  ///< the first image with a number that is none
};

/// How far a multiple of 1/255 may be off after it was rounded to this type.
double tolerance_of(const NumberType& type) { return type.bytes == 2 ? 0.125 : 1e-3; }

void see_number(NumbersSeen& seen, double value, std::uint64_t at, double tolerance) {
  if (!std::isfinite(value) && !seen.broken) seen.broken = at;
  const bool whole = std::isfinite(value) && value == std::floor(value) && value >= 0 && value <= 65535;
  seen.bytes = seen.bytes && whole && value <= 255;
  const double scaled = value * 255;
  seen.shares = seen.shares && value >= 0 && value <= 1 && std::abs(scaled - std::round(scaled)) <= tolerance;
  const int number = whole ? static_cast<int>(value) : 1;
  seen.upper = seen.upper && number % 256 == 0;
  seen.twice = seen.twice && number % 257 == 0;
  seen.least = std::min(seen.least, value);
  seen.most = std::max(seen.most, value);
}

NumbersSeen numbers_in(const Array& array, const OnProgress& progress) {
  const ArrayFacts& facts = array.facts();
  const std::uint64_t row_bytes = facts.bytes_of_row(), rows = facts.rows(),
                      at_once = std::max<std::uint64_t>(1, (std::uint64_t{1} << 22) / row_bytes);
  const auto size = static_cast<std::size_t>(facts.type.bytes);
  const double tolerance = tolerance_of(facts.type);
  NumbersSeen seen;
  std::vector<unsigned char> stored;
  for (std::uint64_t row = 0; row < rows; row += at_once) {
    if (progress) progress(row, rows);
    stored.resize(std::min(at_once, rows - row) * row_bytes);
    array.read(row, stored);
    for_type(facts.type, [&](auto zero) {
      for (std::size_t at = 0; at < stored.size(); at += size)
        see_number(seen,
                   static_cast<double>(stored_number<decltype(zero)>(&stored[at], facts.type.big_endian)),
                   row + at / row_bytes, tolerance);
    });
  }
  return seen;
}

}  // namespace

PixelNumbers::PixelNumbers(const Array& array, const OnProgress& progress) : type_(array.facts().type) {
  if (type_.is_byte()) return;
  if (type_.kind == NumberType::Kind::Bool) {
    scale_ = Scale::By255;
    return;
  }
  const NumbersSeen seen = numbers_in(array, progress);
  if (seen.broken)
    throw Error(fmt::format("{}: image {} holds a number that is none (NaN), or infinite", array.facts().name,
                            *seen.broken));
  if (!type_.is_whole() && seen.shares)
    scale_ = Scale::By255;
  else if (seen.bytes)
    return;
  else if (type_.is_whole() && (seen.upper || seen.twice))
    scale_ = Scale::Upper;
  else
    depth_ = type_.is_whole() && seen.least >= 0 && seen.most <= 65535 ? CV_16U : CV_32F;
  if (depth_ == CV_32F && (seen.least < 0 || seen.most > 1)) range_ = {seen.least, seen.most};
}

void PixelNumbers::to_pixels(std::span<const unsigned char> stored, void* pixels) const {
  const auto size = static_cast<std::size_t>(type_.bytes), count = stored.size() / size;
  for_type(type_, [&](auto zero) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto number =
          static_cast<double>(stored_number<decltype(zero)>(&stored[i * size], type_.big_endian));
      if (depth_ == CV_32F) {
        static_cast<float*>(pixels)[i] = static_cast<float>(number);
        continue;
      }
      // A file may have become another since it was looked at: the nearest number, then.
      const double value = scale_ == Scale::By255   ? std::round(number * 255)
                           : scale_ == Scale::Upper ? std::floor(number / 256)
                                                    : number;
      if (depth_ == CV_16U)
        static_cast<std::uint16_t*>(pixels)[i] =
            static_cast<std::uint16_t>(value > 0 ? std::min(value, 65535.0) : 0.0);
      else
        static_cast<unsigned char*>(pixels)[i] =
            static_cast<unsigned char>(value > 0 ? std::min(value, 255.0) : 0.0);
    }
  });
}

}  // namespace doppel::dataset
