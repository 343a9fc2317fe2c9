#include "doppel/augment/plan/op.h"

#include <fmt/format.h>

#include "doppel/augment/plan/custom_op.h"
#include "doppel/augment/plan/plan.h"
#include "doppel/base/error.h"
#include "plan/geometry/field.h"

namespace doppel::augment {
namespace {

struct Kind {
  OpKind operator()(const op::Resize& o) const {
    return o.filter <= Filter::Bicubic ? OpKind::Geometry : OpKind::Whole;
  }
  OpKind operator()(const op::Cover& o) const {
    return o.fill == CoverFill::Blur ? OpKind::Whole : OpKind::Pixel;
  }
  OpKind operator()(const op::Shapes& o) const {
    return o.dx != 0 || o.dy != 0 ? OpKind::Whole : OpKind::Pixel;
  }
  OpKind operator()(const auto& o) const { return std::decay_t<decltype(o)>::kind; }
};

struct Map {
  Size size;
  Matrix3 operator()(const op::Crop& o) const { return translation(-o.x, -o.y); }
  Matrix3 operator()(const op::Flip& o) const {
    switch (o.axis) {
      case op::Flip::Axis::Horizontal:
        return {{-1, 0, double(size.width), 0, 1, 0, 0, 0, 1}};
      case op::Flip::Axis::Vertical:
        return {{1, 0, 0, 0, -1, double(size.height), 0, 0, 1}};
      case op::Flip::Axis::Diagonal:
        break;
    }
    return {{0, 1, 0, 1, 0, 0, 0, 0, 1}};
  }
  Matrix3 operator()(const op::Warp& o) const { return o.map; }
  Matrix3 operator()(const op::Resize& o) const {
    return scaling(double(o.size.width) / size.width, double(o.size.height) / size.height);
  }
  Matrix3 operator()(const op::Pad& o) const { return translation(o.left, o.top); }
  Matrix3 operator()(const auto&) const { return {}; }
};

struct After {
  Size size;
  Size operator()(const op::Crop& o) const { return o.size; }
  Size operator()(const op::Flip& o) const {
    return o.axis == op::Flip::Axis::Diagonal ? Size{size.width, size.height} : size;
  }
  Size operator()(const op::Warp& o) const { return o.size; }
  Size operator()(const op::Resize& o) const { return o.size; }
  Size operator()(const op::Pad& o) const {
    return {size.height + o.top + o.bottom, size.width + o.left + o.right};
  }
  Size operator()(const op::Custom& o) const {
    const CustomOp& custom = registered_op(o.function);
    return custom.size ? custom.size(size, {o.arguments, o.seed}) : size;
  }
  Size operator()(const auto&) const { return size; }
};

}  // namespace

Op::Op() = default;
Op::Op(const Op& other) = default;
Op::Op(Op&& other) noexcept = default;
Op& Op::operator=(const Op& other) = default;
Op& Op::operator=(Op&& other) noexcept = default;
Op::~Op() = default;
bool operator==(const Op& a, const Op& b) {
  return static_cast<const AnyOp&>(a) == static_cast<const AnyOp&>(b);
}

std::string_view name_of(const Op& op) {
  return std::visit([](const auto& o) { return std::decay_t<decltype(o)>::name; }, op);
}

OpKind kind_of(const Op& any) { return std::visit(Kind{}, any); }
Matrix3 map_of(const Op& any, Size size) { return std::visit(Map{size}, any); }
Size size_after(const Op& any, Size size) {
  const Size after = std::visit(After{size}, any);
  constexpr std::int64_t kMostPixels = std::int64_t{1} << 28;  // as of pictures that are decoded
  if (std::int64_t{after.height} * after.width > kMostPixels)
    throw UsageError(fmt::format("{} makes an image of {} x {} (height x width): above 2^28 pixels",
                                 name_of(any), after.height, after.width));
  return after;
}
Point move_point(const Op& any, Size size, Point p) {
  if (const auto* custom = std::get_if<op::Custom>(&any)) {
    const CustomOp& own = registered_op(custom->function);
    return own.map ? own.map(p, size, {custom->arguments, custom->seed}) : p;
  }
  return is_bend(any) ? make_field(any, size).forward(p) : map_of(any, size)(p);
}

}  // namespace doppel::augment
