#include "doppel/augment/transforms/crop/random_iou_crop.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {
namespace {

bool centre_inside(const op::Crop& w, const Box& b) {
  const double x = (b.x0 + b.x1) / 2, y = (b.y0 + b.y1) / 2;
  return x > w.x && y > w.y && x < w.x + w.size.width && y < w.y + w.size.height;
}

/// Intersection over union.
double overlap(const op::Crop& w, const Box& b) {
  const double x = std::min<double>(b.x1, w.x + w.size.width) - std::max<double>(b.x0, w.x);
  const double y = std::min<double>(b.y1, w.y + w.size.height) - std::max<double>(b.y0, w.y);
  if (x <= 0 || y <= 0) return 0;
  return x * y / (double(w.size.width) * w.size.height + (b.x1 - b.x0) * (b.y1 - b.y0) - x * y);
}

}  // namespace

void RandomIouCrop::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const std::vector<Box> boxes = draft.boxes();
  const double least =
      options[static_cast<std::size_t>(stream.integer("option", 0, static_cast<int>(options.size()) - 1))];
  if (least >= 1) return;
  for (std::uint64_t turn = 0; turn < 40; ++turn) {
    const Stream one = stream.split("try", turn);
    const int w = static_cast<int>(one.uniform("width", min_scale, 1) * now.width),
              h = static_cast<int>(one.uniform("height", min_scale, 1) * now.height);
    if (w < 1 || h < 1 || double(w) / h < ratio.low || double(w) / h > ratio.high) continue;
    const op::Crop window{one.integer("x", 0, now.width - w), one.integer("y", 0, now.height - h), {h, w}};
    std::vector<std::size_t> outside;
    double best = 0;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      if (!centre_inside(window, boxes[i]))
        outside.push_back(i);
      else
        best = std::max(best, overlap(window, boxes[i]));
    }
    if (!boxes.empty() && (outside.size() == boxes.size() || best < least)) continue;
    draft.drop_boxes(outside);
    cut(draft, window);
    return;
  }
}
void RandomIouCrop::fields(FieldVisitor& visit) {
  visit({"min_scale", {0, 1}, "of the side", "of a window"}, min_scale);
  visit({"ratio", {0.001, 1000}, "", "width over height"}, ratio);
  visit({"options", {0, 1}, "", "least overlap (intersection over union)"}, options);
  visit_chance(visit, p);
  if (options.empty()) throw UsageError("RandomIouCrop: options is empty");
}

}  // namespace doppel::augment
