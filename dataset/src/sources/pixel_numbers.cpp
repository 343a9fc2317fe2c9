#include "pixel_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

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
  std::uint64_t misfit_at = 0;  ///< of the first that ends all of these
  double misfit = 0;
  bool fits() const { return bytes || shares || upper || twice; }
};

/// How far a multiple of 1/255 may be off after it was rounded to this type.
double tolerance_of(const NumberType& type) { return type.bytes == 2 ? 0.125 : 1e-3; }

void see_number(NumbersSeen& seen, double value, std::uint64_t at, double tolerance) {
  const bool had = seen.fits();
  const bool whole = std::isfinite(value) && value == std::floor(value) && value >= 0 && value <= 65535;
  seen.bytes = seen.bytes && whole && value <= 255;
  const double scaled = value * 255;
  seen.shares = seen.shares && value >= 0 && value <= 1 && std::abs(scaled - std::round(scaled)) <= tolerance;
  const int number = whole ? static_cast<int>(value) : 1;
  seen.upper = seen.upper && number % 256 == 0;
  seen.twice = seen.twice && number % 257 == 0;
  seen.least = std::min(seen.least, value);
  seen.most = std::max(seen.most, value);
  if (!had || seen.fits()) return;
  seen.misfit_at = at;
  seen.misfit = value;
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

[[noreturn]] void refuse_numbers(const ArrayFacts& facts, const NumbersSeen& seen) {
  const char* hint = facts.type.is_whole() ? "(x >> 8).astype('uint8') keeps the upper 8 of 16 bits"
                     : seen.least < 0      ? "undo its normalisation first, and save uint8"
                                           : "scale it to 0 … 255, round, and save uint8";
  throw Error(
      fmt::format("{}: doppel reads 8 bits a channel, and its {} numbers, from {:g} to {:g}, are "
                  "neither whole ones from 0 to 255 nor multiples of 1/255 (image {} has {:g}): {}",
                  facts.name, facts.type.text(), seen.least, seen.most, seen.misfit_at, seen.misfit, hint));
}

}  // namespace

PixelNumbers::PixelNumbers(const Array& array, const OnProgress& progress) : type_(array.facts().type) {
  if (type_.is_byte()) return;
  if (type_.kind == NumberType::Kind::Bool) {
    scale_ = Scale::By255;
    return;
  }
  const NumbersSeen seen = numbers_in(array, progress);
  if (!type_.is_whole() && seen.shares) {
    scale_ = Scale::By255;
  } else if (!seen.bytes) {
    if (!type_.is_whole() || !(seen.upper || seen.twice)) refuse_numbers(array.facts(), seen);
    scale_ = Scale::Upper;
  }
}

void PixelNumbers::to_bytes(std::span<const unsigned char> stored, std::span<unsigned char> bytes) const {
  const auto size = static_cast<std::size_t>(type_.bytes);
  for_type(type_, [&](auto zero) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const auto number =
          static_cast<double>(stored_number<decltype(zero)>(&stored[i * size], type_.big_endian));
      // A file may have become another since it was looked at: the nearest byte, then.
      const double value = scale_ == Scale::By255   ? std::round(number * 255)
                           : scale_ == Scale::Upper ? std::floor(number / 256)
                                                    : number;
      bytes[i] = static_cast<unsigned char>(value > 0 ? std::min(value, 255.0) : 0.0);
    }
  });
}

}  // namespace doppel::dataset
