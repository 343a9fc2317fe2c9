#include "doppel/augment/transforms/crop/crop_subset.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/exact_math.h"
#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {

void CropSubset::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const std::vector<Box> boxes = draft.boxes();
  if (boxes.empty()) return;
  const auto wanted = std::clamp<std::size_t>(
      static_cast<std::size_t>(
          std::ceil(stream.uniform("share", share.low, share.high) * static_cast<double>(boxes.size()))),
      1, boxes.size());
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  for (std::size_t i = 0; i < boxes.size(); ++i) order.emplace_back(stream.split("order", i).bits("key"), i);
  std::ranges::sort(order);
  Box all = boxes[order[0].second];
  for (std::size_t i = 1; i < wanted; ++i) {
    const Box& b = boxes[order[i].second];
    all = {std::min(all.x0, b.x0), std::min(all.y0, b.y0), std::max(all.x1, b.x1), std::max(all.y1, b.y1)};
  }
  const double aspect = exact::exp(stream.uniform("ratio", exact::log(ratio.low), exact::log(ratio.high)));
  const double least_w = all.x1 - all.x0 + 2, least_h = all.y1 - all.y0 + 2,
               w0 = std::max(least_w, least_h * aspect);
  const int w = std::clamp(static_cast<int>(std::ceil(w0)), 1, now.width),
            h = std::clamp(static_cast<int>(std::ceil(std::max(least_h, w0 / aspect))), 1, now.height);
  cut(draft, {around(all.x0, all.x1, 1, w, now.width, stream.uniform("x")),
              around(all.y0, all.y1, 1, h, now.height, stream.uniform("y")),
              {h, w}});
}
void CropSubset::fields(FieldVisitor& visit) {
  visit({"share", {0, 1}, "", "of the objects"}, share);
  visit({"ratio", {0.001, 1000}, "", "width over height, where the objects allow it"}, ratio);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
