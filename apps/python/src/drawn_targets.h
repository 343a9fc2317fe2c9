// Maps, polygons and lines of one image, from and to Python.
#pragma once

#include <string>
#include <vector>

#include "bind.h"
#include "doppel/augment/plan/sample.h"
#include "images.h"

namespace doppel::python {

/// A map as it was given: an array [H, W] or [H, W, C] or a tensor [H, W] or [C, H, W] of any numbers, or a
/// dict of such `values` with kind, filter and fill. Without a kind it's the name where that is one. Throws
/// UsageError.
augment::FloatMap map_of(const std::string& name, const py::object& given);

/// `key` ("polygons", "polylines"): a list, each of points [n, 2] or a dict of points, label and instance.
/// Labels are numbers. Throws UsageError.
std::vector<augment::Outline> outlines_of(const py::object& given, const std::string& key);

/// All that a dict has of maps, polygons and polylines.
void take_drawn_targets(const py::dict& given, augment::Sample& sample);

/// Maps as arrays by name; polygons and polylines as lists of dicts with points, label and instance: one that
/// was given may be several pieces. Keys that there is nothing of are left out.
void write_drawn_targets(const std::vector<augment::FloatMap>& maps,
                         const std::vector<augment::Outline>& outlines, py::dict& out);

/// The numbers as an array of Python's own: [H, W] of one channel, else [H, W, C].
py::array array_of_map(const cv::Mat& values);
/// Points as an array [n, 2] of float32.
py::array array_of_points(const std::vector<Point>& points);

}  // namespace doppel::python
