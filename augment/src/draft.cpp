#include "doppel/augment/draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "doppel/augment/error.h"
#include "doppel/augment/render.h"

namespace doppel::augment {
namespace {

constexpr double kDegrees = 57.295779513082320876798154814105;

/// The part of a convex polygon with side(p) >= 0 (one step of Sutherland and Hodgman).
template <class Side>
std::vector<Point> clip_side(const std::vector<Point>& polygon, Side side) {
  std::vector<Point> kept;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point a = polygon[i], b = polygon[(i + 1) % polygon.size()];
    const double sa = side(a), sb = side(b);
    if (sa >= 0) kept.push_back(a);
    if ((sa < 0) != (sb < 0)) {
      const double t = sa / (sa - sb);
      kept.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
    }
  }
  return kept;
}

std::vector<Point> clip_to(const std::vector<Point>& polygon, Size size) {
  auto p = clip_side(polygon, [](Point q) { return q.x; });
  p = clip_side(p, [](Point q) { return q.y; });
  p = clip_side(p, [&](Point q) { return size.width - q.x; });
  return clip_side(p, [&](Point q) { return size.height - q.y; });
}

bool inside(std::span<const Point> polygon, Point p) {
  bool in = false;
  for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
    const Point a = polygon[i], b = polygon[j];
    if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) in = !in;
  }
  return in;
}

bool in_hole(const op::Cover& cover, Point p) {
  for (std::size_t h = 0; h + 3 < cover.holes.size(); h += 4)
    if (p.x >= cover.holes[h] && p.x < cover.holes[h] + cover.holes[h + 2] && p.y >= cover.holes[h + 1] &&
        p.y < cover.holes[h + 1] + cover.holes[h + 3])
      return true;
  return false;
}

Box hull(std::span<const Point> polygon) {
  Box box{1e300, 1e300, -1e300, -1e300};
  for (const Point p : polygon) {
    box.x0 = std::min(box.x0, p.x);
    box.y0 = std::min(box.y0, p.y);
    box.x1 = std::max(box.x1, p.x);
    box.y1 = std::max(box.y1, p.y);
  }
  return box;
}

}  // namespace

Draft::Draft(const Sample& sample)
    : sample_(&sample),
      plan_{size_of(sample.image), {}},
      size_(size_of(sample.image)),
      keypoints_(sample.keypoints),
      label_(sample.label) {
  for (const Box& box : sample.boxes) {
    Object object{
        {{box.x0, box.y0}, {box.x1, box.y0}, {box.x1, box.y1}, {box.x0, box.y1}}, box.visibility, box};
    // What overshoots the picture (annotations are rounded) was never seen.
    auto seen = clip_to(object.outline, size_);
    if (seen.size() >= 3) object.outline = std::move(seen);
    objects_.push_back(std::move(object));
  }
}

Box Draft::seen_box(const Object& object) const {
  const auto seen = clip_to(object.outline, size_);
  const double whole = polygon_area(object.outline);
  if (seen.size() < 3 || whole <= 0) return {0, 0, 0, 0, object.box.label, 0};
  Box box = hull(seen);
  box.label = object.box.label;
  box.visibility = std::min(1.0, object.seen * polygon_area(seen) / whole);
  return box;
}

std::vector<Box> Draft::boxes() const {
  std::vector<Box> boxes;
  for (const Object& object : objects_)
    if (const Box box = seen_box(object); box.x1 > box.x0 && box.y1 > box.y0) boxes.push_back(box);
  return boxes;
}

cv::Mat Draft::image() const { return render(plan_, sample_->image); }

std::vector<cv::Mat> Draft::masks() const {
  std::vector<cv::Mat> masks;
  for (const cv::Mat& mask : sample_->masks) masks.push_back(render_mask(plan_, mask));
  return masks;
}

void Draft::check_fits(const Op& any) const {
  if (!plan_.ops.empty() && std::holds_alternative<op::Normalize>(plan_.ops.back()))
    throw UsageError(fmt::format("{} follows Normalize; Normalize must be the last transform", name_of(any)));
  const auto* crop = std::get_if<op::Crop>(&any);
  if (crop && (crop->x < 0 || crop->y < 0 || crop->size.height < 1 || crop->size.width < 1 ||
               crop->x + crop->size.width > size_.width || crop->y + crop->size.height > size_.height))
    throw Error(
        fmt::format("a crop of {}x{} at ({}, {}) doesn't fit into a picture of {}x{} (height x width)",
                    crop->size.height, crop->size.width, crop->x, crop->y, size_.height, size_.width));
}

void Draft::append(Op any) {
  check_fits(any);
  const OpKind kind = kind_of(any);
  const bool scales = std::holds_alternative<op::Resize>(any);
  if (kind != OpKind::Geometry) build_wall();
  if (const auto* cover = std::get_if<op::Cover>(&any)) cover_targets(*cover);
  if (kind == OpKind::Geometry || kind == OpKind::Wall || scales) move_targets(map_of(any, size_));
  size_ = size_after(any, size_);
  plan_.ops.push_back(std::move(any));
}

void Draft::move_targets(const Matrix3& map) {
  for (Object& object : objects_)
    for (Point& p : object.outline) p = map(p);
  for (Keypoint& k : keypoints_) {
    const auto j = map.jacobian({k.x, k.y});
    const double c = std::cos(k.angle / kDegrees), s = -std::sin(k.angle / kDegrees);  // y points down
    const double dx = j[0] * c + j[1] * s, dy = j[2] * c + j[3] * s;
    k.angle = std::atan2(-dy, dx) * kDegrees;
    if (k.angle < 0) k.angle += 360;
    k.scale *= std::sqrt(std::abs(j[0] * j[3] - j[1] * j[2]));
    const Point p = map({k.x, k.y});
    k.x = p.x;
    k.y = p.y;
  }
}

/// From here on, what lies beyond the picture's edge is lost.
void Draft::build_wall() {
  for (Object& object : objects_) {
    const double whole = polygon_area(object.outline);
    auto seen = clip_to(object.outline, size_);
    if (seen.size() < 3 || whole <= 0) {
      object.seen = 0;
      continue;
    }
    object.seen *= polygon_area(seen) / whole;
    object.outline = std::move(seen);
  }
  for (Keypoint& k : keypoints_)
    if (k.x < 0 || k.y < 0 || k.x >= size_.width || k.y >= size_.height) k.visibility = 0;
}

/// Objects lose the covered share of their outline, counted on a grid of 64x64 points; keypoints under a hole
/// are hidden.
void Draft::cover_targets(const op::Cover& cover) {
  constexpr int kGrid = 64;
  for (Object& object : objects_) {
    const Box box = hull(object.outline);
    int all = 0, covered = 0;
    for (int i = 0; i < kGrid * kGrid; ++i) {
      const Point p{box.x0 + (i % kGrid + 0.5) / kGrid * (box.x1 - box.x0),
                    box.y0 + (i / kGrid + 0.5) / kGrid * (box.y1 - box.y0)};
      if (!inside(object.outline, p)) continue;
      ++all;
      covered += in_hole(cover, p);
    }
    if (all > 0) object.seen *= 1 - static_cast<double>(covered) / all;
  }
  for (Keypoint& k : keypoints_)
    if (in_hole(cover, {k.x, k.y})) k.visibility = 0;
}

void Draft::relabel(const std::map<int, int>& labels) {
  const auto change = [&](int& label) {
    if (const auto found = labels.find(label); found != labels.end()) label = found->second;
  };
  change(label_);
  for (Object& object : objects_) change(object.box.label);
}

Draft::Result Draft::finish(const TargetRules& rules) const {
  Result result{plan_, {}, {}, label_};
  for (const Object& object : objects_) {
    const Box box = seen_box(object);
    const double area = (box.x1 - box.x0) * (box.y1 - box.y0);
    if (area > 0 && area >= rules.min_area && box.visibility >= rules.min_visibility && box.visibility > 0)
      result.boxes.push_back(box);
  }
  for (Keypoint k : keypoints_) {
    if (k.x < 0 || k.y < 0 || k.x >= size_.width || k.y >= size_.height) k.visibility = 0;
    if (k.visibility > 0 || rules.keypoints == TargetRules::Outside::Flag) result.keypoints.push_back(k);
  }
  return result;
}

}  // namespace doppel::augment
