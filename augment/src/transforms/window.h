// What transforms that cut a window out share.
#pragma once

#include <algorithm>
#include <cmath>

#include "doppel/augment/draft/draft.h"
#include "doppel/base/fields.h"

namespace doppel::augment {

/// `wanted`, and where it is 0 what the image has now.
inline Size or_same(Size wanted, Size now) {
  return {wanted.height > 0 ? wanted.height : now.height, wanted.width > 0 ? wanted.width : now.width};
}

inline void cut(Draft& draft, const op::Crop& crop) {
  if (crop.size != draft.size()) draft.append(crop);
}

inline void resize_to(Draft& draft, Size size, Filter filter) {
  if (size != draft.size()) draft.append(op::Resize{size, filter});
}

inline void visit_size_or_same(FieldVisitor& visit, Size& size) {
  visit({"size", {0, 1 << 20}, "pixels", "height and width; 0: as the image is"}, size);
}

/// The wanted size as far as the image has it.
inline Size within(Size wanted, Size now) {
  const Size size = or_same(wanted, now);
  return {std::min(size.height, now.height), std::min(size.width, now.width)};
}

/// The first pixel of a window of `length` in [0, limit) that holds [low, high], or `keep` of it, at the
/// place that `unit` draws among all such; where the window is too small, within the object.
inline int around(double low, double high, double keep, int length, int limit, double unit) {
  const double slack = (1 - keep) * (high - low);
  double first = std::max(0.0, high - slack - length), last = std::min<double>(limit - length, low + slack);
  if (first > last) {
    first = std::clamp(low, 0.0, double(limit - length));
    last = std::clamp(high - length, 0.0, double(limit - length));
    if (first > last) std::swap(first, last);
  }
  const int a = static_cast<int>(std::ceil(first)), b = static_cast<int>(std::floor(last));
  return b > a ? a + std::min(b - a, static_cast<int>(unit * (b - a + 1))) : std::clamp(a, 0, limit - length);
}

inline Size scaled(Size now, double factor) {
  return {std::max(1, static_cast<int>(std::lround(now.height * factor))),
          std::max(1, static_cast<int>(std::lround(now.width * factor)))};
}

}  // namespace doppel::augment
