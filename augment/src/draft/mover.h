// Where ops move points.
#pragma once

#include <array>
#include <functional>
#include <optional>

#include "doppel/augment/plan/custom_op.h"
#include "doppel/augment/plan/op.h"
#include "plan/geometry/field.h"

namespace doppel::augment {

/// Where an op moves points, and how it turns directions there.
class Mover {
 public:
  Mover(const Op& op, Size size) : map_(map_of(op, size)) {
    if (is_bend(op)) field_ = make_field(op, size);
    if (std::holds_alternative<op::Custom>(op))
      custom_ = [op, size](Point p) { return move_point(op, size, p); };
  }
  bool bends() const { return field_ || custom_; }
  Point operator()(Point p) const { return custom_ ? custom_(p) : field_ ? field_->forward(p) : map_(p); }
  std::array<double, 4> jacobian(Point p) const {
    if (!bends()) return map_.jacobian(p);
    constexpr double h = 0.5;
    const Mover& at = *this;
    const Point a = at({p.x - h, p.y}), b = at({p.x + h, p.y}), c = at({p.x, p.y - h}),
                d = at({p.x, p.y + h});
    return {b.x - a.x, d.x - c.x, b.y - a.y, d.y - c.y};
  }

 private:
  Matrix3 map_;
  std::optional<Field> field_;
  std::function<Point(Point)> custom_;  ///< of an op from outside
};

}  // namespace doppel::augment
