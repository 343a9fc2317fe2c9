#include "doppel/augment/transforms/flip/grid_shuffle.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "render/whole/tiles.h"
#include "transforms/chance_field.h"

namespace doppel::augment {

void GridShuffle::draw(Draft& draft, const Stream& stream) const {
  // Ranks of random keys, within groups of tiles of one size.
  const auto tiles = tiles_of({grid.height, grid.width, {}}, draft.size());
  op::Tiles op{grid.height, grid.width, std::vector<double>(tiles.size())};
  std::vector<std::pair<std::uint64_t, std::size_t>> keys;
  for (std::size_t i = 0; i < tiles.size(); ++i) keys.emplace_back(stream.split("tile", i).bits("key"), i);
  std::ranges::sort(keys);
  std::map<std::pair<int, int>, std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < tiles.size(); ++i) places[{tiles[i].width, tiles[i].height}].push_back(i);
  std::map<std::pair<int, int>, std::size_t> next;
  for (const auto& [key, i] : keys) {
    const std::pair size{tiles[i].width, tiles[i].height};
    op.order[places[size][next[size]++]] = static_cast<double>(i);
  }
  draft.append(std::move(op));
}
void GridShuffle::fields(FieldVisitor& visit) {
  visit({"grid", {1, 64}, "tiles", "rows and columns"}, grid);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
