#include "huffman.h"

#include <algorithm>

namespace doppel {
namespace {

HuffmanTable::Entry entry(int code_bits, int value_bits, unsigned skip) {
  return {static_cast<std::uint32_t>((code_bits + value_bits) | code_bits << 8 | (63 - value_bits) << 16) |
          skip << 24};
}

}  // namespace

HuffmanTable::Entry HuffmanTable::meaning(int symbol, int length) const {
  if (!of_runs_) return entry(length, symbol, 1);
  const int run = symbol >> 4, size = symbol & 15;
  // Run 15 of size 0 is 16 zeros, any other run of size 0 the end.
  return entry(length, size, size == 0 && run != 15 ? kEnd : static_cast<unsigned>(run + 1));
}

void HuffmanTable::build(const JHUFF_TBL& table, bool of_runs) {
  if (of_runs == of_runs_ && std::equal(counts_.begin() + 1, counts_.end(), table.bits + 1) &&
      std::equal(symbols_.begin(), symbols_.end(), table.huffval))
    return;
  of_runs_ = of_runs;
  entries_.fill(entry(0, 0, kUnknown));
  std::copy_n(table.bits, counts_.size(), counts_.begin());
  std::copy_n(table.huffval, symbols_.size(), symbols_.begin());
  std::uint32_t code = 0;
  int place = 0;
  for (int length = 1; length <= 16; ++length, code <<= 1) {
    const auto l = static_cast<std::size_t>(length);
    offset_[l] = place - static_cast<int>(code);
    for (int i = 0; i < counts_[l]; ++i, ++code, ++place)
      if (length <= kBits)
        std::fill_n(&entries_[std::size_t{code} << (kBits - length)], std::size_t{1} << (kBits - length),
                    meaning(symbols_[static_cast<std::size_t>(place)], length));
    last_[l] = code << (16 - length);
  }
}

HuffmanTable::Entry HuffmanTable::of_long(std::uint64_t window) const {
  const auto top = static_cast<std::uint32_t>(window >> 48);
  for (int length = kBits + 1; length <= 16; ++length) {
    const auto l = static_cast<std::size_t>(length);
    if (top >= last_[l]) continue;
    const int place = static_cast<int>(top >> (16 - length)) + offset_[l];
    if (place < 0 || place > 255) break;
    return meaning(symbols_[static_cast<std::size_t>(place)], length);
  }
  return entry(0, 0, kUnknown);
}

}  // namespace doppel
