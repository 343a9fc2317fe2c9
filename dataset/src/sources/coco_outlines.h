// The `segmentation` of COCO's objects, as numbers one after the other: a data set has fifty million.
#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "json_value.h"

namespace doppel::dataset {

class CocoOutlines {
 public:
  static constexpr std::int64_t kNone = -1;
  /// Keeps a `segmentation`: polygons, one polygon's numbers alone, or a run-length code; null, an empty list
  /// and polygons of fewer than three points are none. Returns where it begins, or kNone. Throws Error.
  std::int64_t read(JsonValue segmentation);
  /// Forgets all from `outline` on; kNone: nothing.
  void forget(std::int64_t outline);
  bool empty() const { return numbers_.empty(); }
  /// Polygons of fewer than three points, which have no area, in what was read last.
  std::size_t left_out() const { return left_out_; }

  /// Sets the pixels of all its polygons, or of its runs, to `value`; returns their box, empty where there
  /// are none. Throws Error where a run-length code isn't of the mask's size.
  cv::Rect paint(std::int64_t outline, int value, cv::Mat& mask) const;
  /// Adds its polygons, with `like`'s label and instance; none of a run-length code.
  void add_polygons(std::int64_t outline, const augment::Outline& like,
                    std::vector<augment::Outline>& polygons) const;
  /// Left, top, right and bottom of the polygons' corners; of a run-length code's mask, or all 0 where that
  /// has no pixel.
  std::array<double, 4> reach(std::int64_t outline) const;

 private:
  void read_polygons(simdjson::ondemand::array polygons);
  void end_polygon(std::size_t polygon, std::size_t outline);
  void read_runs(simdjson::ondemand::object code);
  void each_polygon(std::int64_t outline, const auto& show) const;

  /// Polygons: how many; of each how many corners, and these in fifths of a pixel. Runs: 0, height, width,
  /// how many, and these.
  std::vector<std::int32_t> numbers_;
  std::size_t left_out_ = 0;
};

}  // namespace doppel::dataset
