// The processor's tiles (AMX): eight registers of 16 lines of 64 bytes, and their product of bfloat16.
#pragma once

#include <cstddef>
#include <cstdint>

namespace doppel::nn::engine {

/// What functions need that use tiles: any processor that has them has AVX-512.
#define DOPPEL_TILES __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,amx-tile,amx-bf16")))

/// A tile of floats holds 16x16 sums; one of bfloat16 16 rows of 32 numbers, or 16 pairs of rows of 16, each
/// pair's numbers side by side.
inline constexpr int kTileSide = 16, kTileDepth = 32;
inline constexpr std::ptrdiff_t kTileLine = 64;  ///< bytes

/// While alive, this thread's tiles are all whole ones. They hold nothing from elsewhere, and leave nothing.
class TileScope {
 public:
  DOPPEL_TILES TileScope() {
    alignas(64) static constexpr struct {
      std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
      std::uint16_t line_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
      std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
    } kWhole;
    asm volatile("ldtilecfg %0" ::"m"(kWhole));
  }
  DOPPEL_TILES ~TileScope() { asm volatile("tilerelease" ::: "memory"); }
  TileScope(const TileScope&) = delete;
  TileScope& operator=(const TileScope&) = delete;
};

// Tiles are registers, which instructions name. By assembly: the compiler's own function for loads (GCC 12)
// doesn't say that it reads memory, so that what was stored before may be dropped.

template <int kTile>
DOPPEL_TILES inline void clear_tile() {
  asm volatile("tilezero %%tmm%c0" ::"i"(kTile));
}
/// 16 lines that lie `stride` bytes apart.
template <int kTile>
DOPPEL_TILES inline void load_tile(const void* from, std::ptrdiff_t stride) {
  asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(stride), "i"(kTile) : "memory");
}
template <int kTile>
DOPPEL_TILES inline void store_tile(void* to, std::ptrdiff_t stride) {
  asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(to), "r"(stride), "i"(kTile) : "memory");
}
/// kSums += rows times pairs of rows.
template <int kSums, int kRows, int kPairs>
DOPPEL_TILES inline void add_tile_product() {
  asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSums), "i"(kRows), "i"(kPairs));
}

}  // namespace doppel::nn::engine
