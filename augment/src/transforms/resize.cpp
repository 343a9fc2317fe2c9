#include "doppel/augment/transforms/resize.h"

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"
#include "window.h"

namespace doppel::augment {
namespace {

Size scaled(Size now, double factor) {
  return {std::max(1, static_cast<int>(std::lround(now.height * factor))),
          std::max(1, static_cast<int>(std::lround(now.width * factor)))};
}

}  // namespace

void LongestSide::draw(Draft& draft, const Stream&) const {
  resize_to(draft, scaled(draft.size(), double(size) / std::max(draft.size().height, draft.size().width)),
            filter);
}
void LongestSide::fields(FieldVisitor& visit) {
  visit({"size", {1, 1048576}, "pixels", ""}, size);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void ShortestSide::draw(Draft& draft, const Stream&) const {
  resize_to(draft, scaled(draft.size(), double(size) / std::min(draft.size().height, draft.size().width)),
            filter);
}
void ShortestSide::fields(FieldVisitor& visit) {
  visit({"size", {1, 1048576}, "pixels", ""}, size);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void RandomScale::draw(Draft& draft, const Stream& stream) const {
  const double f = exact::exp(stream.uniform("factor", exact::log(factor.low), exact::log(factor.high)));
  resize_to(draft, scaled(draft.size(), f), filter);
}
void RandomScale::fields(FieldVisitor& visit) {
  visit({"factor", {0.001, 1000}, "", "log-uniform"}, factor);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void ScaleJitter::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size(),
             target{size.height > 0 ? size.height : now.height, size.width > 0 ? size.width : now.width};
  const double fit = std::min(double(target.height) / now.height, double(target.width) / now.width);
  resize_to(draft, scaled(now, fit * stream.uniform("scale", scale.low, scale.high)), filter);
}
void ScaleJitter::fields(FieldVisitor& visit) {
  visit({"size", {0, 1048576}, "pixels", "0: as the picture is"}, size);
  visit({"scale", {0.001, 1000}, "", "factor"}, scale);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void Letterbox::draw(Draft& draft, const Stream&) const {
  const Size now = draft.size();
  const double fit = std::min(double(size.height) / now.height, double(size.width) / now.width);
  const Size inner{std::min(size.height, scaled(now, fit).height),
                   std::min(size.width, scaled(now, fit).width)};
  resize_to(draft, inner, filter);
  const int x = size.width - inner.width, y = size.height - inner.height;
  if (x > 0 || y > 0) draft.append(op::Pad{x / 2, x - x / 2, y / 2, y - y / 2, fill});
}
void Letterbox::fields(FieldVisitor& visit) {
  visit({"size", {1, 1048576}, "pixels", "height and width"}, size);
  visit({"fill", {}, "", "of the bars"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void ZoomOut::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const double by = stream.uniform("side", side.low, side.high);
  const int x = static_cast<int>(std::lround((by - 1) * now.width)),
            y = static_cast<int>(std::lround((by - 1) * now.height));
  if (x <= 0 && y <= 0) return;
  const int left = stream.integer("left", 0, x), top = stream.integer("top", 0, y);
  draft.append(op::Pad{left, x - left, top, y - top, fill});
  resize_to(draft, now, filter);
}
void ZoomOut::fields(FieldVisitor& visit) {
  visit({"side", {1, 32}, "", "of the canvas over that of the picture"}, side);
  visit({"fill", {}, "", "of the canvas"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
