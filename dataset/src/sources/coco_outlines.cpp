#include "coco_outlines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "coco_polygon.h"
#include "doppel/augment/plan/sample.h"
#include "doppel/base/error.h"
#include "run_length.h"

namespace doppel::dataset {
namespace {

using Type = simdjson::ondemand::json_type;

constexpr std::size_t kRunsHead = 4;

std::uint32_t run_of(double number) {
  if (number < 0 || number > std::numeric_limits<std::uint32_t>::max() || number != std::floor(number))
    throw Error(fmt::format("a run of {} pixels", number));
  return static_cast<std::uint32_t>(number);
}

Size mask_size(JsonValue value) {
  std::vector<double> size;
  json_numbers(value, size);
  if (size.size() != 2 || size[0] < 1 || size[1] < 1 || size[0] * size[1] > (1 << 28))
    throw Error("a run-length code of no size; `size` is height and width");
  return {static_cast<int>(size[0]), static_cast<int>(size[1])};
}

std::vector<std::uint32_t> runs_of(JsonValue counts) {
  if (counts.type() == Type::string) return runs_from_text(counts.get_string());
  std::vector<double> numbers;
  json_numbers(counts, numbers);
  std::vector<std::uint32_t> runs;
  std::ranges::transform(numbers, std::back_inserter(runs), run_of);
  return runs;
}

/// What a stored code is of, and its runs.
std::pair<Size, std::span<const std::uint32_t>> code_at(const std::int32_t* numbers) {
  // Signed and unsigned numbers may stand for each other.
  return {
      {numbers[1], numbers[2]},
      {reinterpret_cast<const std::uint32_t*>(numbers + kRunsHead), static_cast<std::size_t>(numbers[3])}};
}

}  // namespace

void CocoOutlines::end_polygon(std::size_t polygon, std::size_t outline) {
  const std::size_t count = numbers_.size() - polygon - 1;
  if (count % 2 != 0) throw Error("a polygon with half a point");
  if (count >= 6) {
    numbers_[polygon] = static_cast<std::int32_t>(count / 2);
    ++numbers_[outline];
    return;
  }
  numbers_.resize(polygon);
  if (count > 0) ++left_out_;
}

void CocoOutlines::read_polygons(simdjson::ondemand::array polygons) {
  const std::size_t outline = numbers_.size();
  numbers_.push_back(0);
  std::size_t lists = 0, points = 0;
  bool alone = false;  // one polygon, without a list around it
  for (JsonValue entry : polygons) {
    if (entry.type() != Type::array) {
      if (lists > 0) throw Error("not a list of polygons, each x, y, x, y …");
      if (!alone) numbers_.push_back(0);
      alone = true;
      numbers_.push_back(polygon_corner(json_number(entry)));
      continue;
    }
    if (alone) throw Error("not a list of polygons, each x, y, x, y …");
    const std::size_t polygon = numbers_.size();
    numbers_.push_back(0);
    json_each_number(entry, [this](double number) { numbers_.push_back(polygon_corner(number)); });
    ++lists;
    if (numbers_.size() - polygon == 3) ++points;
    end_polygon(polygon, outline);
  }
  if (alone) end_polygon(outline + 1, outline);
  if (lists > 2 && points == lists)
    throw Error("a list of points, where a list of polygons, each x, y, x, y …, is needed");
}

void CocoOutlines::read_runs(simdjson::ondemand::object code) {
  Size size{};
  std::vector<std::uint32_t> runs;
  bool has_runs = false;
  for (simdjson::ondemand::field field : code) {
    const std::string_view key = field.unescaped_key();
    if (key == "size") size = mask_size(field.value());
    if (key != "counts") continue;
    runs = runs_of(field.value());
    has_runs = true;
  }
  if (!has_runs) throw Error("a run-length code without `counts`");
  if (size.height == 0) throw Error("a run-length code without `size`");
  check_runs(runs, size);
  numbers_.insert(numbers_.end(), {0, size.height, size.width, static_cast<std::int32_t>(runs.size())});
  for (const std::uint32_t run : runs) numbers_.push_back(static_cast<std::int32_t>(run));
}

std::int64_t CocoOutlines::read(JsonValue segmentation) {
  const std::size_t start = numbers_.size();
  left_out_ = 0;
  switch (segmentation.type()) {
    case Type::null:
      return kNone;
    case Type::array:
      read_polygons(segmentation.get_array());
      if (numbers_[start] > 0) return static_cast<std::int64_t>(start);
      numbers_.resize(start);
      return kNone;
    case Type::object:
      read_runs(segmentation.get_object());
      return static_cast<std::int64_t>(start);
    default:
      throw Error("neither polygons nor a run-length code");
  }
}

void CocoOutlines::forget(std::int64_t outline) {
  if (outline != kNone) numbers_.resize(static_cast<std::size_t>(outline));
}

void CocoOutlines::each_polygon(std::int64_t outline, const auto& show) const {
  const std::int32_t* at = numbers_.data() + outline;
  std::int32_t left = *at++;
  for (; left > 0; --left) {
    const std::span<const std::int32_t> corners(at + 1, 2 * static_cast<std::size_t>(*at));
    show(corners);
    at += 1 + corners.size();
  }
}

cv::Rect CocoOutlines::paint(std::int64_t outline, int value, cv::Mat& mask) const {
  if (outline == kNone) return {};
  const std::int32_t* start = numbers_.data() + outline;
  if (*start == 0) {
    const auto [size, runs] = code_at(start);
    if (size != augment::size_of(mask))
      throw Error(fmt::format("a run-length code of {} x {} pixels (width x height) for an image of {} x {}",
                              size.width, size.height, mask.cols, mask.rows));
    return paint_runs(runs, value, mask);
  }
  cv::Rect box;
  each_polygon(outline,
               [&](std::span<const std::int32_t> corners) { box |= paint_polygon(corners, value, mask); });
  return box;
}

void CocoOutlines::add_polygons(std::int64_t outline, const augment::Outline& like,
                                std::vector<augment::Outline>& polygons) const {
  if (outline == kNone || numbers_[static_cast<std::size_t>(outline)] == 0) return;
  each_polygon(outline, [&](std::span<const std::int32_t> corners) {
    polygons.push_back(like);
    for (std::size_t i = 0; i < corners.size(); i += 2)
      polygons.back().points.push_back({corners[i] / 5.0, corners[i + 1] / 5.0});
  });
}

std::array<double, 4> CocoOutlines::reach(std::int64_t outline) const {
  const std::int32_t* start = numbers_.data() + outline;
  if (*start == 0) {
    const auto [size, runs] = code_at(start);
    for (std::size_t k = 1; k < runs.size(); k += 2)
      if (runs[k] > 0) return {0, 0, static_cast<double>(size.width), static_cast<double>(size.height)};
    return {};
  }
  constexpr double kFifth = 0.2, kFar = 1e9;
  std::array<double, 4> reach{kFar, kFar, -kFar, -kFar};
  each_polygon(outline, [&](std::span<const std::int32_t> corners) {
    for (std::size_t i = 0; i < corners.size(); ++i) {
      const double at = corners[i] * kFifth;
      reach[i % 2] = std::min(reach[i % 2], at);
      reach[i % 2 + 2] = std::max(reach[i % 2 + 2], at);
    }
  });
  return reach;
}

}  // namespace doppel::dataset
