// A hash that is the same everywhere and for ever: names and files are known by it. Not for secrets.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace doppel {

/// The hash of no bytes.
inline constexpr std::uint64_t kFnvBasis = 0xcbf29ce484222325ULL;

/// 64-bit FNV-1a (Fowler, Noll and Vo). `seed`: the hash of what came before.
constexpr std::uint64_t fnv1a(std::string_view text, std::uint64_t seed = kFnvBasis) {
  for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return seed;
}
/// The same of bytes.
constexpr std::uint64_t fnv1a(std::span<const unsigned char> bytes, std::uint64_t seed = kFnvBasis) {
  for (const unsigned char b : bytes) seed = (seed ^ b) * 0x100000001b3ULL;
  return seed;
}

}  // namespace doppel
