#include "doppel/augment/draft/draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/exact_math.h"
#include "codec/image_file.h"
#include "doppel/augment/plan/custom_op.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "mover.h"
#include "plan/geometry/run.h"
#include "polygon.h"
#include "render/bands.h"
#include "render/stages/shapes.h"
#include "render/whole/tiles.h"

namespace doppel::augment {
namespace {

void check_finite(std::initializer_list<double> numbers, const char* what, std::size_t which) {
  for (const double v : numbers)
    if (!std::isfinite(v))
      throw Error(fmt::format("{} {} has a coordinate that isn't a number", what, which));
}

/// The turn of direction `degrees` by a Jacobian; y points down, angles are counter-clockwise.
double turned(double degrees, const std::array<double, 4>& j) {
  const double c = std::cos(degrees / exact::kDegrees), s = -std::sin(degrees / exact::kDegrees);
  double angle = std::atan2(-(j[2] * c + j[3] * s), j[0] * c + j[1] * s) * exact::kDegrees;
  return angle < 0 ? angle + 360 : angle;
}

/// True of an op from outside that says where points go.
bool moves_points(const Op& any) {
  const auto* custom = std::get_if<op::Custom>(&any);
  return custom && registered_op(custom->function).map;
}

/// What an op hides; null where it hides nothing.
std::function<bool(Point)> cover_of(const Op& any) {
  if (const auto* cover = std::get_if<op::Cover>(&any))
    return [cover](Point p) {
      for (std::size_t h = 0; h + 3 < cover->holes.size(); h += 4)
        if (p.x >= cover->holes[h] && p.x < cover->holes[h] + cover->holes[h + 2] &&
            p.y >= cover->holes[h + 1] && p.y < cover->holes[h + 1] + cover->holes[h + 3])
          return true;
      return false;
    };
  if (const auto* shapes = std::get_if<op::Shapes>(&any))
    return [shapes](Point p) { return shape_covers(*shapes, p); };
  if (const auto* grid = std::get_if<op::CoverGrid>(&any))
    return [grid](Point p) {
      const double c = exact::cos(grid->angle / exact::kDegrees),
                   s = exact::sin(grid->angle / exact::kDegrees);
      const double u = (c * (p.x - grid->x) - s * (p.y - grid->y)) / grid->unit,
                   v = (s * (p.x - grid->x) + c * (p.y - grid->y)) / grid->unit;
      return u - std::floor(u) < grid->ratio && v - std::floor(v) < grid->ratio;
    };
  if (const auto* overlay = std::get_if<op::Overlay>(&any); overlay && overlay->opacity > 0.5)
    return [overlay, image = image_from(overlay->file, 0)](Point p) {
      if (p.x < overlay->x || p.x >= overlay->x + overlay->size.width || p.y < overlay->y ||
          p.y >= overlay->y + overlay->size.height)
        return false;
      if (image.channels() != 4) return true;
      // What is more than half transparent hides nothing.
      const auto x = static_cast<int>((p.x - overlay->x) * image.cols / overlay->size.width),
                 y = static_cast<int>((p.y - overlay->y) * image.rows / overlay->size.height);
      return image.ptr<unsigned char>(y)[4 * x + 3] * overlay->opacity > 127.5;
    };
  return {};
}

}  // namespace

Draft::Draft(const Sample& sample, PartnerSource partners, PixelSource pixels)
    : sample_(&sample),
      partners_(std::move(partners)),
      pixels_(std::move(pixels)),
      plan_{size_of(sample.image), {}},
      size_(size_of(sample.image)),
      keypoints_(sample.keypoints),
      mirrored_(sample.keypoints.size(), false),
      label_(sample.label),
      shares_(sample.label_shares),
      numbers_(sample.numbers),
      weight_(sample.weight) {
  plan_.bands = sample.bands;
  for (std::size_t i = 0; i < sample.masks.size(); ++i)
    if (size_of(sample.masks[i]) != size_)
      throw Error(fmt::format("mask {} is {}x{}, but its image is {}x{} (height x width)", i,
                              sample.masks[i].rows, sample.masks[i].cols, size_.height, size_.width));
  for (const FloatMap& map : sample.maps) check_map(map, size_);
  for (std::size_t i = 0; i < sample.boxes.size(); ++i) {
    const Box& b = sample.boxes[i];
    check_finite({b.x0, b.y0, b.x1, b.y1}, "box", i);
    add_object({{b.x0, b.y0}, {b.x1, b.y0}, {b.x1, b.y1}, {b.x0, b.y1}},
               {.outline = {}, .seen = b.visibility, .label = b.label, .instance = b.instance});
  }
  for (std::size_t i = 0; i < sample.rotated_boxes.size(); ++i) {
    const RotatedBox& b = sample.rotated_boxes[i];
    check_finite({b.x, b.y, b.width, b.height, b.angle}, "rotated box", i);
    add_object(corners_of(b), {.outline = {},
                               .seen = b.visibility,
                               .label = b.label,
                               .instance = b.instance,
                               .rotated = true,
                               .angle = b.angle});
  }
  for (std::size_t i = 0; i < keypoints_.size(); ++i)
    check_finite({keypoints_[i].x, keypoints_[i].y, keypoints_[i].angle, keypoints_[i].scale}, "keypoint", i);
  take_outlines(sample);
}

void Draft::add_object(std::vector<Point> outline, const Object& facts) {
  Object object = facts;
  const Box whole = hull_of(outline);
  // What overshoots the image (annotations are rounded) was never seen.
  const bool overshoots = whole.x0 < 0 || whole.y0 < 0 || whole.x1 > size_.width || whole.y1 > size_.height;
  clipped_ += overshoots;
  auto seen = overshoots ? clip_polygon(outline, 0, 0, size_.width, size_.height) : outline;
  object.gone = whole.x1 <= whole.x0 || whole.y1 <= whole.y0 || seen.size() < 3 || polygon_area(seen) <= 0;
  object.outline = object.gone ? std::move(outline) : std::move(seen);
  objects_.push_back(std::move(object));
}

Box Draft::seen_box(const Object& object) const {
  const auto seen = clip_polygon(object.outline, 0, 0, size_.width, size_.height);
  const double whole = polygon_area(object.outline);
  if (object.gone || seen.size() < 3 || whole <= 0) return {0, 0, 0, 0, object.label, 0, object.instance};
  // Clipping interpolates, and so ends an ulp off the edge.
  Box box = hull_of(seen);
  box.x0 = std::clamp(box.x0, 0.0, double(size_.width));
  box.x1 = std::clamp(box.x1, 0.0, double(size_.width));
  box.y0 = std::clamp(box.y0, 0.0, double(size_.height));
  box.y1 = std::clamp(box.y1, 0.0, double(size_.height));
  box.label = object.label;
  box.instance = object.instance;
  box.visibility = std::min(1.0, object.seen * polygon_area(seen) / whole);
  return box;
}

std::vector<Box> Draft::boxes() const {
  std::vector<Box> boxes;
  for (const Object& object : objects_)
    if (const Box box = seen_box(object); box.x1 > box.x0 && box.y1 > box.y0) boxes.push_back(box);
  return boxes;
}

void Draft::drop_boxes(std::span<const std::size_t> which) {
  std::vector<Object*> seen;
  for (Object& object : objects_)
    if (const Box box = seen_box(object); box.x1 > box.x0 && box.y1 > box.y0) seen.push_back(&object);
  for (const std::size_t i : which) seen[i]->gone = true;  // finish() names them as dropped
}

void Draft::add_box(const Box& b) {
  add_object({{b.x0, b.y0}, {b.x1, b.y0}, {b.x1, b.y1}, {b.x0, b.y1}},
             {.outline = {}, .seen = b.visibility, .label = b.label, .instance = b.instance});
}

cv::Mat Draft::image() const {
  if (pixels_) pixels_();
  return render(plan_, sample_->image, joined_);
}

std::vector<cv::Mat> Draft::masks() const {
  std::vector<cv::Mat> masks;
  for (std::size_t i = 0; i < sample_->masks.size(); ++i)
    masks.push_back(render_mask(plan_, sample_->masks[i], joined_, static_cast<int>(i)));
  return masks;
}

void Draft::check_fits(const Op& any) const {
  if (!plan_.ops.empty() && std::holds_alternative<op::Normalize>(plan_.ops.back()))
    throw UsageError(fmt::format("{} follows Normalize; Normalize must be the last transform", name_of(any)));
  const auto* crop = std::get_if<op::Crop>(&any);
  if (crop && (crop->x < 0 || crop->y < 0 || crop->size.height < 1 || crop->size.width < 1 ||
               crop->x + crop->size.width > size_.width || crop->y + crop->size.height > size_.height))
    throw Error(fmt::format("a crop of {}x{} at ({}, {}) doesn't fit into an image of {}x{} (height x width)",
                            crop->size.height, crop->size.width, crop->x, crop->y, size_.height,
                            size_.width));
}

/// Bands get the first number of a colour: so does the fourth, which would be an alpha's.
void fill_bands(Op& any) {
  std::visit(
      [](auto& op) {
        if constexpr (requires { op.fill.color; }) op.fill.color.fill(op.fill.color[0]);
      },
      any);
}

void Draft::append(Op any) {
  check_fits(any);
  if (plan_.bands) fill_bands(any);
  const OpKind kind = kind_of(any);
  // What one run cuts off, the next can't bring back.
  const bool continues =
      kind == OpKind::Geometry && continues_run(std::span(plan_.ops).subspan(run_begin_), any);
  if (!continues) {
    build_wall();
    run_begin_ = plan_.ops.size() + (kind == OpKind::Geometry ? 0 : 1);
  }
  if (const auto* tiles = std::get_if<op::Tiles>(&any)) shuffle_targets(*tiles);
  if (const auto covers = cover_of(any)) cover_targets(covers);
  if (kind == OpKind::Geometry || kind == OpKind::Wall || std::holds_alternative<op::Resize>(any) ||
      moves_points(any))
    move_targets(any);
  size_ = size_after(any, size_);
  if (wants_colors_.second.empty() && needs_rgb(any)) wants_colors_ = {drawing_, name_of(any)};
  plan_.ops.push_back(std::move(any));
}

void Draft::take_wishes(const Draft& part) {
  if (wants_colors_.second.empty()) wants_colors_ = part.wants_colors_;
}

void Draft::check_colors() const {
  const auto& [transform, op] = wants_colors_;
  if (op.empty() || !plan_.rgb.empty() || !has_bands(channels(), band_rules(plan_))) return;
  refuse_bands(transform.empty() ? std::string(op) : fmt::format("{} (op {})", transform, op), channels());
}

void Draft::move_targets(const Op& any) {
  if (objects_.empty() && keypoints_.empty() && outlines_.empty()) return;
  const Mover move(any, size_);
  move_outlines(move);
  for (Object& object : objects_) {
    if (object.rotated) {
      const Box around = hull_of(object.outline);
      object.angle =
          turned(object.angle, move.jacobian({(around.x0 + around.x1) / 2, (around.y0 + around.y1) / 2}));
    }
    if (move.bends()) object.outline = subdivided(object.outline, 2);
    for (Point& p : object.outline) p = move(p);
  }
  for (std::size_t i = 0; i < keypoints_.size(); ++i) {
    Keypoint& k = keypoints_[i];
    const auto j = move.jacobian({k.x, k.y});
    const double det = j[0] * j[3] - j[1] * j[2];
    k.angle = turned(k.angle, j);
    k.scale *= std::sqrt(std::abs(det));
    if (det < 0) mirrored_[i] = !mirrored_[i];
    const Point p = move({k.x, k.y});
    k.x = p.x;
    k.y = p.y;
  }
}

/// Each object becomes one piece per tile that it lies in; keypoints go with their tile.
void Draft::shuffle_targets(const op::Tiles& op) {
  if (op.order.empty()) return;
  const auto tiles = tiles_of(op, size_);
  shuffle_outlines(op, tiles);
  std::vector<Object> pieces;
  std::vector<Keypoint> points = keypoints_;
  for (std::size_t place = 0; place < tiles.size(); ++place) {
    const cv::Rect from = tiles[tile_at(op, tiles, place)], to = tiles[place];
    for (const Object& object : objects_) {
      auto part = clip_polygon(object.outline, from.x, from.y, from.x + from.width, from.y + from.height);
      const double whole = polygon_area(object.outline), area = part.size() < 3 ? 0 : polygon_area(part);
      if (object.gone || area <= 0 || whole <= 0) continue;
      Object piece = object;
      piece.seen *= area / whole;
      for (Point& p : part) p = {p.x - from.x + to.x, p.y - from.y + to.y};
      piece.outline = std::move(part);
      pieces.push_back(std::move(piece));
    }
    for (std::size_t i = 0; i < keypoints_.size(); ++i)
      if (keypoints_[i].x >= from.x && keypoints_[i].x < from.x + from.width && keypoints_[i].y >= from.y &&
          keypoints_[i].y < from.y + from.height) {
        points[i].x = keypoints_[i].x - from.x + to.x;
        points[i].y = keypoints_[i].y - from.y + to.y;
      }
  }
  objects_ = std::move(pieces);
  keypoints_ = std::move(points);
}

/// From here on, what lies beyond the image's edge is lost.
void Draft::build_wall() {
  cut_outlines();
  for (Object& object : objects_) {
    const double whole = polygon_area(object.outline);
    auto seen = clip_polygon(object.outline, 0, 0, size_.width, size_.height);
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
void Draft::cover_targets(const std::function<bool(Point)>& covers) {
  constexpr int kGrid = 64;
  for (Object& object : objects_) {
    if (object.gone) continue;
    const Box box = hull_of(object.outline);
    int all = 0, covered = 0;
    for (int i = 0; i < kGrid * kGrid; ++i) {
      const Point p{box.x0 + (i % kGrid + 0.5) / kGrid * (box.x1 - box.x0),
                    box.y0 + (i / kGrid + 0.5) / kGrid * (box.y1 - box.y0)};
      if (!polygon_holds(object.outline, p)) continue;
      ++all;
      covered += covers(p);
    }
    if (all > 0) object.seen *= 1 - static_cast<double>(covered) / all;
  }
  for (Keypoint& k : keypoints_)
    if (covers({k.x, k.y})) k.visibility = 0;
}

void Draft::relabel(const std::map<int, int>& labels) {
  const auto change = [&](int& label) {
    if (const auto found = labels.find(label); found != labels.end()) label = found->second;
  };
  change(label_);
  for (Object& object : objects_) change(object.label);
  for (LabelShare& share : shares_) change(share.label);
  for (Outline& outline : outlines_) change(outline.label);
}

namespace {

/// Partners' masks come in with the same fill, and their channels mean the same.
void set_rules(Plan& plan, const TargetRules& rules) {
  plan.mask_fill = rules.mask_fill;
  plan.rgb = rules.rgb;
  for (Op& any : plan.ops)
    if (auto* join = std::get_if<op::Join>(&any))
      for (Plan& partner : join->plan) set_rules(partner, rules);
}

}  // namespace

Drawn Draft::finish(const TargetRules& rules) && {
  Drawn result;
  if (rules.mask_fill != 0 || !rules.rgb.empty()) set_rules(plan_, rules);
  check_colors();
  result.plan = std::move(plan_);
  result.numbers = std::move(numbers_);
  result.weight = weight_;
  result.label = label_;
  result.label_shares = std::move(shares_);
  result.partners = std::move(joined_);
  result.clipped = clipped_;
  result.spared = std::move(spared_);
  for (const Object& object : objects_) {
    const Box box = seen_box(object);
    const double area = (box.x1 - box.x0) * (box.y1 - box.y0);
    const bool kept =
        area > 0 && area >= rules.min_area && box.visibility >= rules.min_visibility && box.visibility > 0;
    if (!kept) {
      if (object.instance >= 0) result.dropped_instances.push_back(object.instance);
    } else if (object.rotated) {
      RotatedBox rotated =
          fitted(clip_polygon(object.outline, 0, 0, size_.width, size_.height), object.angle);
      rotated.label = box.label;
      rotated.visibility = box.visibility;
      rotated.instance = box.instance;
      result.rotated_boxes.push_back(rotated);
    } else {
      result.boxes.push_back(box);
    }
  }
  finish_outlines(rules, result);
  for (std::size_t i = 0; i < keypoints_.size(); ++i) {
    Keypoint k = keypoints_[i];
    if (std::ranges::find(result.dropped_instances, k.instance) != result.dropped_instances.end() &&
        k.instance >= 0)
      continue;
    if (k.x < 0 || k.y < 0 || k.x >= size_.width || k.y >= size_.height) k.visibility = 0;
    for (const auto& [a, b] : rules.mirror_pairs)
      if (mirrored_[i] && (k.label == a || k.label == b)) {
        k.label = k.label == a ? b : a;
        break;
      }
    if (k.visibility > 0 || rules.keypoints == TargetRules::Outside::Flag) result.keypoints.push_back(k);
  }
  return result;
}

}  // namespace doppel::augment
