#include "doppel/augment/transforms/mix/mosaic.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "transforms/chance_field.h"
#include "transforms/mixing.h"

namespace doppel::augment {
namespace {

/// Cell borders along a side: a drawn line for two cells, even ones else. Where there are more cells than
/// pixels the last ones have none.
std::vector<int> lines(const Stream& stream, int cells, int side, const Range& centre) {
  std::vector<int> at{0};
  for (int i = 1; i < cells; ++i)
    at.push_back(cells == 2
                     ? std::clamp(static_cast<int>(stream.uniform("line", centre.low, centre.high) * side), 1,
                                  std::max(1, side - 1))
                 : side < cells ? std::min(i, side)
                                : i * side / cells);
  at.push_back(side);
  return at;
}

/// Scales an image so that it covers a cell, and cuts a random window of the cell's size.
void cover_cell(Draft& draft, Size cell, const Stream& stream) {
  const Size now = draft.size();
  const double f = std::max(double(cell.width) / now.width, double(cell.height) / now.height);
  fit(draft, {std::max(cell.height, static_cast<int>(std::lround(now.height * f))),
              std::max(cell.width, static_cast<int>(std::lround(now.width * f)))});
  const Size big = draft.size();
  if (big != cell)
    draft.append(op::Crop{stream.integer("crop_x", 0, big.width - cell.width),
                          stream.integer("crop_y", 0, big.height - cell.height), cell});
}

}  // namespace

void Mosaic::draw(Draft& draft, const Stream& stream) const {
  if (!draft.can_mix()) return;
  const Size now = draft.size();
  const std::vector<int> xs = lines(stream.split("x"), grid.width, now.width, centre),
                         ys = lines(stream.split("y"), grid.height, now.height, centre);
  const auto cell = [&](int r, int c) {
    const auto i = static_cast<std::size_t>(c), j = static_cast<std::size_t>(r);
    return Size{ys[j + 1] - ys[j], xs[i + 1] - xs[i]};
  };
  // The first cell is this sample's own: the rest is padding until others are pasted.
  const Size first = cell(0, 0);
  cover_cell(draft, first, stream.split("own"));
  draft.append(op::Pad{0, now.width - first.width, 0, now.height - first.height, {}});
  double total = double(now.width) * now.height, seen = double(first.width) * first.height;
  for (int i = 1; i < grid.width * grid.height; ++i) {
    const int r = i / grid.width, c = i % grid.width;
    const Stream one = stream.split("cell", static_cast<std::uint64_t>(i));
    const Size size = cell(r, c);
    if (size.width == 0 || size.height == 0) continue;
    Draft other = draft.partner(one.bits("partner"));
    cover_cell(other, size, one);
    // Shares of what is seen so far, so that they come out by area.
    const double area = double(size.width) * size.height;
    seen += area;
    draft.join({.mode = op::Join::Mode::Paste,
                .plan = {},
                .x = xs[static_cast<std::size_t>(c)],
                .y = ys[static_cast<std::size_t>(r)]},
               other, area / std::min(seen, total));
  }
}
void Mosaic::fields(FieldVisitor& visit) {
  visit({"grid", {1, 8}, "", "rows and columns"}, grid);
  visit({"centre", {0.05, 0.95}, "of the sides", "of the inner lines, for 2x2"}, centre);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
