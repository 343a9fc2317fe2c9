#include "serve/sketch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <set>

#include "doppel/augment/render/explain.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "replay.h"
#include "report/draw.h"
#include "serve/mask_outline.h"

namespace doppel::apps {
namespace {

using augment::Plan;
using Json = nlohmann::json;

/// How much larger than a tile the copy is that a draft is drawn on.
constexpr int kDraftScale = 2;
constexpr std::int64_t kMostPixels = 200'000'000;
/// Of one mask; a mask of more is one of instances by the hundred.
constexpr std::size_t kMostOutlines = 400;

/// The first `count` ops.
Plan beginning(const Plan& plan, std::size_t count) {
  Plan part = plan;
  if (count < part.ops.size())
    part.ops.erase(part.ops.begin() + static_cast<std::ptrdiff_t>(count), part.ops.end());
  return part;
}

void check_sizes(const Plan& plan) {
  Size size = plan.source;
  for (const augment::Op& op : plan.ops) {
    const Size after = size_after(op, size);
    if (std::int64_t{after.height} * after.width > kMostPixels)
      throw Error(fmt::format("{} gives an image of {}x{}; the page shows up to {} million pixels",
                              text_of(op, size), after.height, after.width, kMostPixels / 1'000'000));
    size = after;
  }
}

/// A length as a share, to five digits: a hundredth of a pixel.
double side_share(double length, int of) { return std::round(1e5 * length / of) / 1e5; }

/// Targets as JSON, in a result of one size.
class TargetJson {
 public:
  TargetJson(Size size, const std::vector<std::string>& classes) : size_(size), classes_(classes) {}

  Json name(int label) const {
    if (label >= 0 && std::cmp_less(label, classes_.size())) return classes_[static_cast<std::size_t>(label)];
    return label < 0 ? Json() : Json(std::to_string(label));
  }
  Json point(double x, double y) const { return {side_share(x, size_.width), side_share(y, size_.height)}; }
  Json operator()(const augment::Box& b) const {
    return {{"from", point(b.x0, b.y0)},
            {"to", point(b.x1, b.y1)},
            {"class", name(b.label)},
            {"visibility", b.visibility}};
  }
  Json operator()(const augment::RotatedBox& b) const {
    cv::Point2f corners[4];
    cv::RotatedRect({float(b.x), float(b.y)}, {float(b.width), float(b.height)}, float(-b.angle))
        .points(corners);
    Json points = Json::array();
    for (const cv::Point2f& corner : corners) points.push_back(point(corner.x, corner.y));
    return {{"points", points}, {"class", name(b.label)}, {"visibility", b.visibility}};
  }
  Json operator()(const augment::Keypoint& k) const {
    return {{"at", point(k.x, k.y)}, {"label", k.label}, {"visibility", k.visibility}};
  }
  Json operator()(const augment::Outline& o) const {
    Json points = Json::array();
    for (const Point& corner : o.points) points.push_back(point(corner.x, corner.y));
    return {{"points", points}, {"closed", o.closed}, {"class", name(o.label)}};
  }
  Json list(const auto& targets) const {
    Json all = Json::array();
    for (const auto& target : targets) all.push_back((*this)(target));
    return all;
  }
  /// Around what has each number but 0: see mask_outlines().
  Json mask(const cv::Mat& mask, bool is_instances) const {
    std::map<int, Json> numbers;
    cv::Mat wide;
    mask.convertTo(wide, CV_32S);
    std::size_t left = kMostOutlines;
    for (const int number : numbers_in(wide)) {
      const cv::Mat inside = wide == number;
      const cv::Rect place = cv::boundingRect(inside);
      for (const auto& outline : mask_outlines(inside(place), left)) {
        Json points = Json::array();
        for (const cv::Point& p : outline) points.push_back(point(p.x + place.x, p.y + place.y));
        numbers[number].push_back(std::move(points));
        --left;
      }
    }
    Json all = Json::array();
    for (auto& [number, outlines] : numbers)
      all.push_back({{"number", number},
                     {"class", is_instances ? Json() : name(number)},
                     {"outlines", std::move(outlines)}});
    return all;
  }

 private:
  static std::set<int> numbers_in(const cv::Mat& mask) {
    std::set<int> numbers;
    for (int y = 0; y < mask.rows; ++y)
      for (int x = 0, last = 0; x < mask.cols; ++x)
        if (const int number = mask.at<int>(y, x); number != last) {
          last = number;
          if (number != 0) numbers.insert(number);
        }
    return numbers;
  }
  Size size_;
  const std::vector<std::string>& classes_;
};

Json ops_json(const Plan& plan) {
  Json ops = Json::array();
  Size size = plan.source;
  for (const augment::Op& op : plan.ops) {
    const Size after = size_after(op, size);
    ops.push_back({{"text", text_of(op, size)}, {"size", {after.height, after.width}}});
    size = after;
  }
  return ops;
}

/// How many objects of each kind there were, and are.
Json counts_json(const augment::Sample& source, const augment::Drawn& drawn) {
  return {{"boxes", {source.boxes.size(), drawn.boxes.size()}},
          {"rotated_boxes", {source.rotated_boxes.size(), drawn.rotated_boxes.size()}},
          {"keypoints", {source.keypoints.size(), drawn.keypoints.size()}}};
}

}  // namespace

Sketch sketch(const TileOrder& order, Pictures& pictures) {
  const std::size_t index = order.stream.index;
  if (order.recipe->plan) {
    check_sizes(*order.recipe->plan);
    Sketch again{pictures.whole(index), {}};
    again.drawn = replayed(*order.recipe->plan, *again.source, pictures.images(),
                           [&](std::size_t other) { return *pictures.whole(other); });
    return again;
  }
  const int side = kDraftScale * order.side;
  Sketch made;
  augment::Recipe recipe = order.recipe->drawn;
  bool is_small = false;
  if (order.is_draft) {
    made.source = pictures.whole(index);
    const double factor = double(side) / std::max(made.source->image.rows, made.source->image.cols);
    if (std::optional<augment::Recipe> small = factor < 1 ? shrunk(recipe, factor) : std::nullopt) {
      recipe = std::move(*small);
      is_small = true;
    }
  }
  const auto picture = [&](std::size_t i) { return is_small ? pictures.small(i, side) : pictures.whole(i); };
  made.source = picture(index);
  const augment::PartnerSource partners = [&](std::uint64_t bits) {
    const auto [other, stream] = pictures.images().partner(order.stream, bits);
    return augment::PartnerPick{*picture(other), stream};
  };
  made.drawn = recipe.draft(*made.source, order.stream, partners);
  check_sizes(made.drawn.plan);
  return made;
}

cv::Mat tile_of(const Sketch& sketch, const TileOrder& order) {
  const Plan plan = order.ops ? beginning(sketch.drawn.plan, *order.ops) : sketch.drawn.plan;
  augment::Sample result;
  result.image = render(plan, sketch.source->image, sketch.drawn.partners);
  return tile_image(on_screen(result, sketch.source->image, plan.rgb).image, order.side);
}

nlohmann::json plan_json(const Sketch& sketch, const Images& images, const TileOrder& order) {
  const augment::Drawn& drawn = sketch.drawn;
  const Size size = drawn.plan.size();
  const TargetJson json(size, images.classes_at(order.stream.index));
  Json plan{{"words", drawn.plan.words()},
            {"source", {drawn.plan.source.height, drawn.plan.source.width}},
            {"size", {size.height, size.width}},
            {"ops", ops_json(drawn.plan)},
            {"class", json.name(drawn.label)},
            {"boxes", json.list(drawn.boxes)},
            {"rotated_boxes", json.list(drawn.rotated_boxes)},
            {"keypoints", json.list(drawn.keypoints)},
            {"outlines", json.list(drawn.outlines)},
            {"counts", counts_json(*sketch.source, drawn)},
            {"spared", drawn.spared},
            {"masks", Json::array()}};
  for (const augment::LabelShare& one : drawn.label_shares)
    plan["shares"].push_back({{"class", json.name(one.label)}, {"share", one.share}});
  const std::vector<cv::Mat> masks = render_masks(drawn, *sketch.source);
  for (std::size_t i = 0; i < masks.size(); ++i)
    plan["masks"].push_back(json.mask(masks[i], std::cmp_equal(i, sketch.source->instance_mask)));
  return plan;
}

nlohmann::json explanation_json(const Sketch& sketch) {
  const augment::Explanation all = explain(sketch.drawn.plan, sketch.source->image, sketch.drawn.partners);
  Json steps = Json::array();
  for (const augment::ExplainedStep& step : all.steps)
    steps.push_back({{"how", step.how},
                     {"ops", step.ops},
                     {"size", {step.size.height, step.size.width}},
                     {"reason", step.reason},
                     {"microseconds", step.microseconds}});
  return {
      {"steps", std::move(steps)}, {"microseconds", all.microseconds}, {"yaml", sketch.drawn.plan.yaml()}};
}

}  // namespace doppel::apps
