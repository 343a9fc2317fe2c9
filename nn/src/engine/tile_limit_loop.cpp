#include <vector>

#include "limit_loops.h"
#include "tiles.h"

namespace doppel::nn::engine {

DOPPEL_TILES Products tile_products(int turns) {
  constexpr std::size_t kTile = kTileSide * kTileDepth;  // numbers of bfloat16
  constexpr int kSums = 4;
  constexpr std::uint16_t kOne = 0x3f80;
  const std::vector<std::uint16_t> ones(kTile, kOne);
  std::vector<float> sums(kTileSide * kTileSide);
  const TileScope scope;
  DOPPEL_TILE_LOAD(6, ones.data(), kTileLine);
  DOPPEL_TILE_LOAD(7, ones.data(), kTileLine);
  DOPPEL_TILE_ZERO(0);
  DOPPEL_TILE_ZERO(1);
  DOPPEL_TILE_ZERO(2);
  DOPPEL_TILE_ZERO(3);
  const int rounds = turns / kSums;
  for (int round = 0; round < rounds; ++round) {
    DOPPEL_TILE_ADD_PRODUCT(0, 6, 7);
    DOPPEL_TILE_ADD_PRODUCT(1, 6, 7);
    DOPPEL_TILE_ADD_PRODUCT(2, 6, 7);
    DOPPEL_TILE_ADD_PRODUCT(3, 6, 7);
  }
  DOPPEL_TILE_STORE(0, sums.data(), kTileLine);
  return {2.0 * kSums * kTileSide * kTileSide * kTileDepth * rounds, sums[0]};
}

}  // namespace doppel::nn::engine
