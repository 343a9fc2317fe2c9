// What maps of the plane share.
#pragma once

#include <span>

#include "base/exact_math.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

inline void visit_sampling(FieldVisitor& visit, Fill& fill, Filter& filter) {
  visit({"fill", {}, "", "what shows beyond the image; in masks the recipe's mask_fill"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated: nearest, bilinear or bicubic"}, filter,
               std::span(kFilterNames).first(3));
}

inline void warp(Draft& draft, const Matrix3& map, Size size, const Fill& fill, Filter filter) {
  if (map != Matrix3{} || size != draft.size()) draft.append(op::Warp{map, size, fill, filter});
}

}  // namespace doppel::augment
