#include "yolo_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coco_polygon.h"
#include "doppel/augment/plan/box_format.h"
#include "doppel/base/error.h"
#include "drawn_image.h"
#include "text.h"

namespace doppel::dataset {
namespace {

/// Annotation tools round; more than this is another unit.
constexpr double kSlack = 0.1;

double share_of(double share) {
  if (share < -kSlack || share > 1 + kSlack)
    throw Error(fmt::format("{} is no share of the image (0 to 1); are these pixels?", share));
  return share;
}

bool is_upright(double angle) {
  constexpr double kExact = 1e-3;  // degrees
  return std::abs(std::remainder(angle, 90)) < kExact;
}

}  // namespace

void YoloRows::add(std::string_view line, augment::Sample& sample) {
  const std::vector<std::string_view> words = words_of(line);
  if (words.empty()) return;
  const auto label = whole_number(words[0]);
  if (!label) throw Error(fmt::format("'{}' is no class number", words[0]));
  if (*label < 0 || *label >= rules_.classes)
    throw Error(
        fmt::format("class {} is outside the {} names of {}", *label, rules_.classes, rules_.names_file));
  std::vector<double> numbers;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto number = real_number(words[i]);
    if (!number) throw Error(fmt::format("'{}' is no number", words[i]));
    numbers.push_back(*number);
  }
  const auto points = static_cast<std::size_t>(rules_.keypoints * rules_.keypoint_numbers);
  if (numbers.size() == 4 || (rules_.keypoints == 0 && numbers.size() == 5) ||
      (rules_.keypoints > 0 && (numbers.size() == 4 + points || numbers.size() == 5 + points)))
    return add_box(numbers, static_cast<int>(*label), sample);
  if (rules_.keypoints == 0 && numbers.size() >= 6 && numbers.size() % 2 == 0)
    return add_corners(numbers, static_cast<int>(*label), sample);
  throw Error(fmt::format(
      "{} numbers after the class; a line is class, centre x, centre y, width, height{}", numbers.size(),
      rules_.keypoints > 0
          ? fmt::format(" and {} of its {} keypoints", points, rules_.keypoints)
          : ", or class and the x, y of three corners or more (keypoints need `kpt_shape` in "
            "data.yaml)"));
}

void YoloRows::add_box(const std::vector<double>& numbers, int label, augment::Sample& sample) {
  const std::array<double, 4> shares{share_of(numbers[0]), share_of(numbers[1]), share_of(numbers[2]),
                                     share_of(numbers[3])};
  if (shares[2] < 0 || shares[3] < 0) throw Error("a box's width and height can't be negative");
  sample.boxes.push_back(augment::box_from(augment::BoxFormat::Yolo, shares, size_, label));
  ++instances_;
  if (rules_.keypoints == 0) return;
  sample.boxes.back().instance = instances_;
  add_keypoints(numbers, sample);
}

void YoloRows::add_keypoints(const std::vector<double>& numbers, augment::Sample& sample) const {
  for (int k = 0; k < rules_.keypoints; ++k) {
    const auto at = static_cast<std::size_t>(4 + k * rules_.keypoint_numbers);
    const double visibility = rules_.keypoint_numbers > 2 ? numbers[at + 2] : 2;
    const bool none = numbers[at] == 0 && numbers[at + 1] == 0;  // as two numbers say that there is none
    if (visibility <= 0 || (rules_.keypoint_numbers == 2 && none)) continue;
    augment::Keypoint point{
        .x = share_of(numbers[at]) * size_.width, .y = share_of(numbers[at + 1]) * size_.height, .label = k};
    point.visibility = visibility > 1 ? 1 : 0;
    point.instance = instances_;
    sample.keypoints.push_back(point);
  }
}

void YoloRows::add_corners(const std::vector<double>& numbers, int label, augment::Sample& sample) {
  Polygon polygon{{}, label, ++instances_};
  for (std::size_t i = 0; i < numbers.size(); ++i)
    polygon.corners.push_back(share_of(numbers[i]) * (i % 2 == 0 ? size_.width : size_.height));
  augment::Box box{1e300, 1e300, -1e300, -1e300, label, 1, polygon.instance};
  for (std::size_t i = 0; i < numbers.size(); i += 2) {
    box.x0 = std::min(box.x0, polygon.corners[i]), box.x1 = std::max(box.x1, polygon.corners[i]);
    box.y0 = std::min(box.y0, polygon.corners[i + 1]), box.y1 = std::max(box.y1, polygon.corners[i + 1]);
  }
  if (rules_.oriented) {
    if (auto [turned, exact] = rectangle_around(polygon.corners); exact && !is_upright(turned.angle)) {
      turned.label = label;
      turned.instance = polygon.instance;
      return sample.rotated_boxes.push_back(turned);
    }
    return sample.boxes.push_back(box);
  }
  sample.boxes.push_back(box);
  polygons_.push_back(std::move(polygon));
}

void YoloRows::finish(augment::Sample& sample) const {
  if (polygons_.empty()) return;
  cv::Mat mask(size_.height, size_.width, CV_32S, cv::Scalar(0));
  for (const Polygon& polygon : polygons_) {
    std::vector<std::int32_t> corners;
    for (const double coordinate : polygon.corners) corners.push_back(polygon_corner(coordinate));
    paint_polygon(corners, polygon.instance, mask);
    augment::Outline outline{.points = {}, .label = polygon.label, .instance = polygon.instance};
    for (std::size_t i = 0; i + 1 < polygon.corners.size(); i += 2)
      outline.points.push_back({polygon.corners[i], polygon.corners[i + 1]});
    sample.outlines.push_back(std::move(outline));
  }
  sample.masks = {mask};
  sample.instance_mask = 0;
}

}  // namespace doppel::dataset
