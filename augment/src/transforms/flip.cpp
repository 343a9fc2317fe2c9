#include "doppel/augment/transforms/flip.h"

#include <algorithm>
#include <cmath>

#include <map>
#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"

#include "../whole/tiles.h"

namespace doppel::augment {

void append_dihedral(Draft& draft, int element) {
  using Axis = op::Flip::Axis;
  if (element >= 4) draft.append(op::Flip{Axis::Horizontal});
  switch (element % 4) {
    case 1:  // (x, y) -> (y, W - x)
      draft.append(op::Flip{Axis::Diagonal});
      draft.append(op::Flip{Axis::Vertical});
      break;
    case 2:
      draft.append(op::Flip{Axis::Horizontal});
      draft.append(op::Flip{Axis::Vertical});
      break;
    case 3:
      draft.append(op::Flip{Axis::Diagonal});
      draft.append(op::Flip{Axis::Horizontal});
      break;
    default:
      break;
  }
}

void HorizontalFlip::draw(Draft& draft, const Stream&) const {
  draft.append(op::Flip{op::Flip::Axis::Horizontal});
}
void HorizontalFlip::fields(FieldVisitor& visit) { visit_chance(visit, p); }

void AlternatingFlip::draw(Draft& draft, const Stream& stream) const {
  Stream first = stream;
  first.epoch = 0;
  if (((first.bits("side") ^ stream.epoch) & 1) != 0) draft.append(op::Flip{op::Flip::Axis::Horizontal});
}
void AlternatingFlip::fields(FieldVisitor& visit) { visit_chance(visit, p); }

void VerticalFlip::draw(Draft& draft, const Stream&) const {
  draft.append(op::Flip{op::Flip::Axis::Vertical});
}
void VerticalFlip::fields(FieldVisitor& visit) { visit_chance(visit, p); }

void Transpose::draw(Draft& draft, const Stream&) const { draft.append(op::Flip{op::Flip::Axis::Diagonal}); }
void Transpose::fields(FieldVisitor& visit) { visit_chance(visit, p); }

void Rotate90::draw(Draft& draft, const Stream& stream) const {
  if (times.empty()) return;
  const auto which = static_cast<std::size_t>(stream.integer("times", 0, static_cast<int>(times.size()) - 1));
  append_dihedral(draft, static_cast<int>(times[which]));
}
void Rotate90::fields(FieldVisitor& visit) {
  visit({"times", {0, 3}, "", "quarter turns to choose from"}, times);
  visit_chance(visit, p);
  if (times.empty()) throw UsageError("Rotate90: times names no quarter turns");
}

void Dihedral::draw(Draft& draft, const Stream& stream) const {
  append_dihedral(draft, stream.integer("element", 0, 7));
}
void Dihedral::fields(FieldVisitor& visit) { visit_chance(visit, p); }

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
