// The inner loop of reading JPEGs: from Huffman codes to the coefficients of blocks. What one code says is
// needed to find the next, so a processor waits for each; two streams read side by side wait half as long.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "huffman.h"

namespace doppel {

/// What a block of an MCU is read with; a ring.
struct JpegBlockKind {
  const HuffmanTable *dc = nullptr, *ac = nullptr;
  std::size_t component = 0;
  const JpegBlockKind* next = nullptr;
};

/// A stream of codes without stuffed zeros, and the blocks that are made of it.
struct JpegLane {
  /// Bytes that are read beyond `limit` at most.
  static constexpr std::size_t kBeyond = 264;
  static constexpr std::size_t kNew = ~std::size_t{0};

  const unsigned char *next = nullptr, *limit = nullptr;
  std::uint64_t window = 0;             ///< the next bits, from the highest on
  std::uint64_t count = 0;              ///< of them, in its lowest six bits
  JCOEF* out = nullptr;                 ///< of the next block: 64 zeros each, in the image's order
  std::size_t left = 0;                 ///< blocks
  const JpegBlockKind* kind = nullptr;  ///< of the next block
  std::size_t k = kNew;  ///< coefficients behind the first that were read of it; kNew: not even that
  std::array<JCOEF, MAX_COMPS_IN_SCAN> dc{};
  bool bad = false;  ///< met what is no code, and stopped
};

/// Reads until all blocks are there.
void read_blocks(JpegLane& lane);
/// Reads two side by side until all blocks of one are there, the other being anywhere. Both have some left.
void read_blocks(JpegLane& a, JpegLane& b);

}  // namespace doppel
