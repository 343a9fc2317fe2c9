// Where the shapes of op::Shapes are; pixels and targets ask here.
#pragma once

#include <span>
#include <utility>

#include "doppel/augment/plan/op.h"

namespace doppel::augment {

/// Where one shape begins and ends on the line at height y; the first above the second where it doesn't meet
/// it.
std::pair<double, double> shape_span(const op::Shapes& o, std::span<const double> shape, double y);
/// True where any of the shapes lies over p.
bool shape_covers(const op::Shapes& o, Point p);

}  // namespace doppel::augment
