// 8-bit pixels through tables of 256 values, the cheapest way that gives exactly the table.
#pragma once

#include <array>
#include <cstdint>

namespace doppel::augment {

using ByteTable = std::array<std::uint8_t, 256>;

/// How a set of channel tables can be computed without looking up.
struct TableForm {
  enum class Kind {
    Identity,
    Shift,   ///< saturating x + shift[c]
    Mask,    ///< (x & mask[c]) ^ flip[c]
    Linear,  ///< clamp((round(x · factor / 256) + offset) >> shift): one line for all channels
    Fold,    ///< x < threshold ? saturating x + add : x ^ flip, for all channels
    Shared,  ///< one table for all channels
    Each     ///< a table per channel
  };
  Kind kind = Kind::Each;
  /// Shift: what is added and what is subtracted; Mask: what is kept and what is flipped. Repeated over a
  /// length that 1, 3 and 4 channels and every vector divide.
  static constexpr int kPattern = 192;
  std::array<std::uint8_t, kPattern> first, second;
  int factor = 0, offset = 0, shift = 0;
  std::uint8_t threshold = 0, add = 0, flip = 0;
};

/// What a table rounds: level v's value, of which 0 to 1 is kept.
using LevelCurve = std::array<float, 256>;

/// The cheapest form of `channels` tables; of one that serves any number of channels where `channels` is 1.
/// Every form is checked on all 256 values. `levels` is what the first table rounds; a line is found from it
/// only.
TableForm form_of(const std::array<ByteTable, 4>& tables, int channels, const LevelCurve* levels = nullptr);

/// out[i] = tables[i mod channels][in[i]] for n pixels. In place where in == out.
void apply_tables(const TableForm& form, const std::array<ByteTable, 4>& tables, int channels,
                  const std::uint8_t* in, int n, std::uint8_t* out);

}  // namespace doppel::augment
