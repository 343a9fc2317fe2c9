#include "doppel/augment/transforms/crop/random_resized_crop.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/exact_math.h"
#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {
namespace {

void visit_resized(FieldVisitor& visit, Size& size, Range& scale, Range& ratio, Filter& filter) {
  visit_size_or_same(visit, size);
  visit({"scale", {0, 1}, "", "share of the image's area"}, scale);
  visit({"ratio", {1e-3, 1e3}, "", "width over height"}, ratio);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
}

void crop_and_resize(Draft& draft, const op::Crop& crop, Size size, Filter filter) {
  cut(draft, crop);
  resize_to(draft, size, filter);
}

}  // namespace

void RandomResizedCrop::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const double area = double(now.height) * now.width;
  const Range log_ratio{exact::log(ratio.low), exact::log(ratio.high)};
  op::Crop crop{0, 0, {0, 0}};
  for (std::uint64_t turn = 0; turn < 10 && crop.size.width == 0; ++turn) {
    const Stream s = stream.split("try", turn);
    const double target = area * s.uniform("scale", scale.low, scale.high);
    const double aspect = exact::exp(s.uniform("ratio", log_ratio.low, log_ratio.high));
    const int w = static_cast<int>(std::lround(std::sqrt(target * aspect)));
    const int h = static_cast<int>(std::lround(std::sqrt(target / aspect)));
    if (w < 1 || h < 1 || w > now.width || h > now.height) continue;
    crop = {s.integer("x", 0, now.width - w), s.integer("y", 0, now.height - h), {h, w}};
  }
  if (crop.size.width == 0) {
    const double aspect = std::clamp(double(now.width) / now.height, ratio.low, ratio.high);
    const int w = std::clamp(static_cast<int>(std::lround(now.height * aspect)), 1, now.width);
    const int h = std::clamp(static_cast<int>(std::lround(now.width / aspect)), 1, now.height);
    crop = {(now.width - w) / 2, (now.height - h) / 2, {h, w}};
  }
  crop_and_resize(draft, crop, or_same(size, now), filter);
}
void RandomResizedCrop::fields(FieldVisitor& visit) {
  visit_resized(visit, size, scale, ratio, filter);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
