// What stands before the numbers of NumPy's .npy.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "doppel/base/number_type.h"

namespace doppel {

/// Versions 1, 2 and 3 of the format (numpy.lib.format): a dictionary as Python writes it, of which nothing
/// is executed.
struct NpyHeader {
  /// What it holds; Letters are of Unicode.
  enum class Kind { Numbers, Bytes, Letters, Unread };
  Kind kind = Kind::Numbers;              ///< by its type
  NumberType type = {};                   ///< of numbers
  std::uint64_t item_bytes = 0;           ///< of a number or a text: bytes (S), or letters of four bytes (U)
  bool big_endian_letters = false;        ///< of a text of letters
  bool fortran_order = false;             ///< the first index is the fastest
  std::vector<std::uint64_t> shape = {};  ///< as NumPy says it, in either order
  std::string problem = {};               ///< of what isn't read: "its type is complex128"
  std::uint64_t data_offset = 0;          ///< where numbers begin

  /// The longest that is read, with what stands before it.
  static constexpr std::size_t kMost = std::size_t{1} << 16;
  /// From a file's first bytes, kMost of them where it has as many. Throws Error, without the path.
  static NpyHeader read(std::span<const unsigned char> bytes);
};

}  // namespace doppel
