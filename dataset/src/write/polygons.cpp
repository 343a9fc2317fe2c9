#include "polygons.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "sources/coco_polygon.h"

namespace doppel::dataset::write {
namespace {

bool is_polygon(const augment::Outline& outline) { return outline.closed && outline.points.size() >= 3; }

bool is_of(const augment::Outline& outline, const augment::Box& box) {
  return box.label >= 0 && box.instance >= 0 && outline.instance == box.instance;
}

bool has_box(const augment::Sample& sample, const augment::Outline& outline) {
  return std::ranges::any_of(sample.boxes, [&](const augment::Box& box) { return is_of(outline, box); });
}

/// Pixels inside, as COCO's readers fill polygons: 255.
cv::Mat filled(const Polygons& polygons, cv::Size size) {
  cv::Mat painted(size, CV_32S, cv::Scalar(0));
  for (const augment::Outline* polygon : polygons) {
    std::vector<std::int32_t> corners;
    for (const Point& p : polygon->points) {
      corners.push_back(polygon_corner(p.x));
      corners.push_back(polygon_corner(p.y));
    }
    paint_polygon(corners, 1, painted);
  }
  return painted != 0;
}

/// True where the instance's pixels lie within the polygons, and these over pixels of some instance, each to
/// a pixel.
bool show_the_mask(const Polygons& polygons, const cv::Mat& mask, int instance) {
  const cv::Mat inside = filled(polygons, mask.size());
  cv::Mat wider, narrower;
  cv::dilate(inside, wider, {});
  cv::erode(inside, narrower, {});
  const cv::Mat own = mask == instance, nothing = mask == 0;
  return cv::countNonZero(own & ~wider) == 0 && cv::countNonZero(narrower & nothing) == 0;
}

Polygons polygons_of(const augment::Sample& sample, const augment::Box& box) {
  Polygons polygons;
  for (const augment::Outline& outline : sample.outlines)
    if (is_polygon(outline) && is_of(outline, box)) polygons.push_back(&outline);
  const int k = sample.instance_mask;
  const bool has_mask = k >= 0 && k < static_cast<int>(sample.masks.size()) && box.instance > 0;
  if (polygons.empty() || !has_mask) return polygons;
  return show_the_mask(polygons, sample.masks[static_cast<std::size_t>(k)], box.instance) ? polygons
                                                                                          : Polygons();
}

}  // namespace

ObjectPolygons object_polygons(const augment::Sample& sample, Losses& losses) {
  ObjectPolygons objects{{}, polygons_without_box(sample)};
  std::size_t written = 0, boxed = 0;
  for (const augment::Box& box : sample.boxes) {
    objects.of_boxes.push_back(polygons_of(sample, box));
    written += objects.of_boxes.back().size();
  }
  for (const augment::Outline& outline : sample.outlines) {
    if (!is_polygon(outline))
      ++losses["lines"];
    else if (has_box(sample, outline))
      ++boxed;
    else if (outline.label < 0)
      ++losses["polygons without a class"];
  }
  if (boxed > written)
    losses["polygons of objects that the mask shows otherwise, which are written as it shows them"] +=
        boxed - written;
  return objects;
}

std::vector<Polygons> polygons_without_box(const augment::Sample& sample) {
  std::vector<Polygons> objects;
  for (const augment::Outline& outline : sample.outlines) {
    if (!is_polygon(outline) || outline.label < 0 || has_box(sample, outline)) continue;
    const auto same = std::ranges::find_if(objects, [&](const Polygons& object) {
      return outline.instance >= 0 && object[0]->instance == outline.instance &&
             object[0]->label == outline.label;
    });
    if (same == objects.end())
      objects.push_back({&outline});
    else
      same->push_back(&outline);
  }
  return objects;
}

double area_of(const Polygons& polygons) {
  double area = 0;
  for (const augment::Outline* polygon : polygons) {
    double twice = 0;
    const std::size_t n = polygon->points.size();
    for (std::size_t i = 0; i < n; ++i) {
      const Point &a = polygon->points[i], &b = polygon->points[(i + 1) % n];
      twice += a.x * b.y - b.x * a.y;
    }
    area += std::abs(twice) / 2;
  }
  return area;
}

std::vector<Point> joined(const Polygons& polygons) {
  const Point& start = polygons[0]->points[0];
  std::vector<Point> all;
  for (const augment::Outline* polygon : polygons) {
    all.insert(all.end(), polygon->points.begin(), polygon->points.end());
    if (polygons.size() == 1) break;
    all.push_back(polygon->points[0]);
    if (polygon != polygons[0]) all.push_back(start);
  }
  return all;
}

}  // namespace doppel::dataset::write
