// Deflate of whole blocks, and the CRC-32 that gzip, PNG and ZIP have. By libdeflate.
#pragma once

#include <cstdint>
#include <span>

namespace doppel {

/// What is around deflated bytes.
enum class DeflateForm { Raw, Zlib, Gzip };

enum class Inflated {
  Whole,
  Damaged,  ///< also where it's cut short
  Longer,   ///< there is more than there was room for
  Shorter,  ///< there is less
};

/// Unpacks a stream that fills `into` wholly; what lies behind it isn't looked at. `into` is spoilt where it
/// isn't Whole.
Inflated inflate_whole(DeflateForm form, std::span<const unsigned char> packed,
                       std::span<unsigned char> into);
/// The same of a stream that may be shorter than `into`. `used`: bytes of `packed` that it took; `got`: bytes
/// that it has.
Inflated inflate_into(DeflateForm form, std::span<const unsigned char> packed, std::span<unsigned char> into,
                      std::size_t& used, std::size_t& got);

/// The most that a deflated byte can become.
inline constexpr std::uint64_t kMostInflation = 1032;

/// `seed`: that of what came before.
std::uint32_t crc32_of(std::span<const unsigned char> bytes, std::uint32_t seed = 0);

}  // namespace doppel
