#include "doppel/augment/op.h"

#include <algorithm>

#include "doppel/augment/error.h"

namespace doppel::augment {
namespace {

constexpr Bounds kShare{0, 1};
constexpr Bounds kSize{1, 1 << 20};
constexpr std::array<std::string_view, 2> kAxisNames{"horizontal", "vertical"};
constexpr std::array<std::string_view, 2> kLawNames{"additive", "multiplicative"};
constexpr std::array<std::string_view, 2> kChannelNames{"each", "shared"};

template <std::size_t N>
void visit_array(FieldVisitor& visit, const FieldInfo& info, std::array<double, N>& values) {
  std::vector<double> list(values.begin(), values.end());
  visit(info, list);
  if (list.size() != N)
    throw UsageError(std::string(info.name) + " needs " + std::to_string(N) + " numbers, not " +
                     std::to_string(list.size()));
  std::copy(list.begin(), list.end(), values.begin());
}

}  // namespace

namespace op {

void Crop::fields(FieldVisitor& visit) {
  visit({"x", {}, "pixels", "left edge"}, x);
  visit({"y", {}, "pixels", "upper edge"}, y);
  visit({"size", kSize, "pixels", "height and width"}, size);
}
void Flip::fields(FieldVisitor& visit) {
  visit.choice({"axis", {}, "", "which coordinate is mirrored"}, axis, kAxisNames);
}
void Warp::fields(FieldVisitor& visit) {
  visit_array(visit, {"map", {}, "", "3x3 matrix, input to output"}, map.m);
  visit({"size", kSize, "pixels", "height and width"}, size);
  visit({"fill", {}, "", "what shows beyond the source"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
}
void Resize::fields(FieldVisitor& visit) {
  visit({"size", kSize, "pixels", "height and width"}, size);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
}
void Pad::fields(FieldVisitor& visit) {
  visit({"left", {0, 1 << 20}, "pixels", ""}, left);
  visit({"right", {0, 1 << 20}, "pixels", ""}, right);
  visit({"top", {0, 1 << 20}, "pixels", ""}, top);
  visit({"bottom", {0, 1 << 20}, "pixels", ""}, bottom);
  visit({"fill", {}, "", "what the new pixels show"}, fill);
}
void ColorMatrix::fields(FieldVisitor& visit) {
  visit_array(visit, {"matrix", {}, "", "3x4, row-major"}, matrix);
}
void Contrast::fields(FieldVisitor& visit) { visit({"factor", {0, 1e6}, "", "1 changes nothing"}, factor); }
void Hue::fields(FieldVisitor& visit) { visit({"turn", {-1, 1}, "turns", ""}, turn); }
void Noise::fields(FieldVisitor& visit) {
  visit.choice({"law", {}, "", "added, or multiplied as 1 + n"}, law, kLawNames);
  visit.choice({"channels", {}, "", "drawn for each channel or shared"}, channels, kChannelNames);
  visit({"std", {0, 100}, "of the full range", "standard deviation"}, std);
  visit({"seed", {}, "", "names the noise"}, seed);
}
void SaltPepper::fields(FieldVisitor& visit) {
  visit({"amount", kShare, "", "share of the pixels"}, amount);
  visit({"salt", kShare, "", "share of them that turns white"}, salt);
  visit({"seed", {}, "", "names the noise"}, seed);
}
void Cover::fields(FieldVisitor& visit) {
  visit({"holes", {0, 1 << 20}, "pixels", "x, y, width, height of each"}, holes);
  visit.choice({"fill", {}, "", "what covers"}, fill, kCoverFillNames);
  visit_array(visit, {"color", kShare, "of the full range", "for fill: color"}, color);
  visit({"seed", {}, "", "for fill: noise"}, seed);
  if (holes.size() % 4 != 0) throw UsageError("Cover: holes need four numbers each: x, y, width, height");
}
void Rain::fields(FieldVisitor& visit) {
  visit({"amount", kShare, "", ""}, amount);
  visit({"angle", {-89, 89}, "degrees", "from the vertical"}, angle);
  visit({"length", {0, 10}, "", "times the usual streak length"}, length);
  visit({"width", {0, 10}, "", "times the usual streak width"}, width);
  visit({"dim", {0, 4}, "", "times the usual dimming"}, dim);
  visit({"seed", {}, "", "names the streaks"}, seed);
}
void SnowFall::fields(FieldVisitor& visit) {
  visit({"amount", kShare, "", ""}, amount);
  visit({"wind", {-89, 89}, "degrees", "from the vertical"}, wind);
  visit({"seed", {}, "", "names the flakes"}, seed);
}
void SnowSettle::fields(FieldVisitor& visit) { visit({"amount", kShare, "", ""}, amount); }
void Fog::fields(FieldVisitor& visit) {
  visit({"density", {0, 100}, "", "optical depth at the horizon"}, density);
  visit({"patchiness", kShare, "", ""}, patchiness);
  visit({"horizon", kShare, "of the height", ""}, horizon);
  visit_array(visit, {"airlight", kShare, "of the full range", "the fog's colour"}, airlight);
  visit({"seed", {}, "", "names the patches"}, seed);
}
void GaussianBlur::fields(FieldVisitor& visit) { visit({"sigma", {0, 1000}, "pixels", ""}, sigma); }
void LineBlur::fields(FieldVisitor& visit) {
  visit({"length", {0, 4096}, "pixels", ""}, length);
  visit({"angle", {}, "degrees", "counter-clockwise from the x axis"}, angle);
  visit({"direction", {-1, 1}, "", "-1 leans back, 1 forward"}, direction);
}
void Jpeg::fields(FieldVisitor& visit) { visit({"quality", {1, 100}, "", ""}, quality); }
void Normalize::fields(FieldVisitor& visit) {
  visit({"mean", {}, "of the full range", "one value, or one per channel"}, mean);
  visit({"std", {1e-12, 1e12}, "of the full range", "one value, or one per channel"}, std);
}

}  // namespace op

namespace {

struct Kind {
  OpKind operator()(const op::Crop&) const { return OpKind::Geometry; }
  OpKind operator()(const op::Flip&) const { return OpKind::Geometry; }
  OpKind operator()(const op::Warp&) const { return OpKind::Geometry; }
  OpKind operator()(const op::Resize& o) const {
    return o.filter <= Filter::Bilinear ? OpKind::Geometry : OpKind::Whole;
  }
  OpKind operator()(const op::Pad&) const { return OpKind::Wall; }
  OpKind operator()(const op::GaussianBlur&) const { return OpKind::Whole; }
  OpKind operator()(const op::LineBlur&) const { return OpKind::Whole; }
  OpKind operator()(const op::Jpeg&) const { return OpKind::Whole; }
  OpKind operator()(const op::SnowSettle&) const { return OpKind::Whole; }
  OpKind operator()(const op::Cover& o) const {
    return o.fill == CoverFill::Blur ? OpKind::Whole : OpKind::Pixel;
  }
  OpKind operator()(const auto&) const { return OpKind::Pixel; }
};

struct Map {
  Size size;
  Matrix3 operator()(const op::Crop& o) const { return translation(-o.x, -o.y); }
  Matrix3 operator()(const op::Flip& o) const {
    return o.axis == op::Flip::Axis::Horizontal ? Matrix3{{-1, 0, double(size.width), 0, 1, 0, 0, 0, 1}}
                                                : Matrix3{{1, 0, 0, 0, -1, double(size.height), 0, 0, 1}};
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
  Size operator()(const op::Warp& o) const { return o.size; }
  Size operator()(const op::Resize& o) const { return o.size; }
  Size operator()(const op::Pad& o) const {
    return {size.height + o.top + o.bottom, size.width + o.left + o.right};
  }
  Size operator()(const auto&) const { return size; }
};

}  // namespace

std::string_view name_of(const Op& op) {
  return std::visit([](const auto& o) { return std::decay_t<decltype(o)>::name; }, op);
}

OpKind kind_of(const Op& any) { return std::visit(Kind{}, any); }
Matrix3 map_of(const Op& any, Size size) { return std::visit(Map{size}, any); }
Size size_after(const Op& any, Size size) { return std::visit(After{size}, any); }

}  // namespace doppel::augment
