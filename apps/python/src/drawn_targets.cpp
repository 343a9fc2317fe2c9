#include "drawn_targets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "doppel/base/error.h"

namespace doppel::python {
namespace {

constexpr std::array<std::string_view, 2> kMapFilters{"nearest", "bilinear"};

/// As Python writes it, where that is short, else its type.
std::string shown(const py::handle& value) {
  const auto text = py::cast<std::string>(py::repr(value));
  constexpr std::size_t kShort = 40;
  return text.size() <= kShort
             ? text
             : "a " + py::cast<std::string>(py::str(py::type::handle_of(value).attr("__name__")));
}

int number_of(const py::handle& value, const std::string& what) {
  const double number = PyNumber_Check(value.ptr()) == 1 ? PyFloat_AsDouble(value.ptr()) : 0.5;
  const bool is_none = PyErr_Occurred() != nullptr;
  PyErr_Clear();
  if (is_none || number != std::floor(number) || std::abs(number) > std::numeric_limits<int>::max())
    throw UsageError(fmt::format("{} must be a whole number, not {}", what, shown(value)));
  return static_cast<int>(number);
}

template <class Names>
std::size_t word_of(const py::handle& given, const std::string& what, const Names& names) {
  const auto word = py::cast<std::string>(py::str(given));
  const auto found = std::ranges::find(names, word);
  if (found == names.end())
    throw UsageError(fmt::format("{} is '{}', but must be one of {}", what, word, fmt::join(names, ", ")));
  return static_cast<std::size_t>(found - names.begin());
}

/// Of an image `shares` of the full range, of any other map the numbers as they are.
cv::Mat numbers_of_map(const py::object& given, const std::string& what, bool shares) {
  if (shares) {
    const cv::Mat image = image_of(given, what).mat;
    cv::Mat map;
    image.convertTo(map, CV_32F,
                    image.depth() == CV_8U    ? 1 / 255.0
                    : image.depth() == CV_16U ? 1 / 65535.0
                                              : 1);
    return map;
  }
  try {
    const py::object floats = is_tensor(given)
                                  ? given.attr("float")()
                                  : py::module_::import("numpy").attr("asarray")(given, "float32");
    return image_of(floats, what).mat.clone();
  } catch (const py::error_already_set&) {
    throw UsageError(fmt::format("{} must be numbers [H, W] or [H, W, C], not {}", what, shown(given)));
  }
}

template <class T>
T cast_or_fail(const py::handle& value, const std::string& what, const char* kind) {
  try {
    return py::cast<T>(value);
  } catch (const py::cast_error&) {
    throw UsageError(fmt::format("{} must be {}, not {}", what, kind, shown(value)));
  }
}

void take_settings(const py::dict& settings, const std::string& what, augment::FloatMap& map) {
  bool has_filter = false;
  for (const auto& [key, value] : settings) {
    const auto name = py::cast<std::string>(key);
    if (name == "kind")
      map.kind = augment::MapKind(word_of(value, what + "'s kind", augment::kMapKindNames));
    else if (name == "fill")
      map.fill = cast_or_fail<float>(value, what + "'s fill", "a number");
    else if (name == "filter")
      map.filter = Filter(word_of(value, what + "'s filter", kMapFilters)), has_filter = true;
    else if (name == "colors")
      map.colors = cast_or_fail<bool>(value, what + "'s colors", "True or False");
    else if (name != "values")
      throw UsageError(
          fmt::format("{} has no '{}'; there are values, kind, filter, fill and colors", what, name));
  }
  if (!has_filter) map.filter = augment::usual_filter(map.kind);
}

augment::Outline outline_of(const py::handle& given, bool closed, const std::string& what) {
  augment::Outline outline{.points = {}, .closed = closed};
  py::object points = py::reinterpret_borrow<py::object>(given);
  if (py::isinstance<py::dict>(given)) {
    const auto parts = py::reinterpret_borrow<py::dict>(given);
    if (!parts.contains("points")) throw UsageError(fmt::format("{} has no 'points'", what));
    points = parts["points"];
    if (parts.contains("label")) outline.label = number_of(parts["label"], what + "'s label");
    if (parts.contains("instance")) outline.instance = number_of(parts["instance"], what + "'s instance");
  }
  using Rows = py::array_t<double, py::array::c_style | py::array::forcecast>;
  const Rows rows = Rows::ensure(is_tensor(points) ? py::object(array_of_tensor(points, what)) : points);
  if (!rows || rows.ndim() != 2 || rows.shape(1) != 2)
    throw UsageError(fmt::format("{} must be rows of x and y, [n, 2]", what));
  for (py::ssize_t i = 0; i < rows.shape(0); ++i) outline.points.push_back({rows.at(i, 0), rows.at(i, 1)});
  return outline;
}

}  // namespace

augment::FloatMap map_of(const std::string& name, const py::object& given) {
  const std::string what = fmt::format("maps['{}']", name);
  augment::FloatMap map;
  map.name = name;
  const auto kind = std::ranges::find(augment::kMapKindNames, name);
  if (kind != augment::kMapKindNames.end())
    map.kind = augment::MapKind(kind - augment::kMapKindNames.begin());
  map.filter = augment::usual_filter(map.kind);
  if (!py::isinstance<py::dict>(given)) {
    map.values = numbers_of_map(given, what, map.kind == augment::MapKind::Image);
    return map;
  }
  const auto parts = py::reinterpret_borrow<py::dict>(given);
  if (!parts.contains("values")) throw UsageError(fmt::format("{} has no 'values'", what));
  take_settings(parts, what, map);
  map.values = numbers_of_map(parts["values"], what, map.kind == augment::MapKind::Image);
  return map;
}

std::vector<augment::Outline> outlines_of(const py::object& given, const std::string& key) {
  std::vector<augment::Outline> outlines;
  if (PyObject_HasAttrString(given.ptr(), "__iter__") == 0 || py::isinstance<py::str>(given))
    throw UsageError(
        fmt::format("{} must be a list, of [n, 2] or of dicts with points, label and instance, "
                    "not {}",
                    key, shown(given)));
  for (const py::handle one : given)
    outlines.push_back(outline_of(one, key == "polygons", fmt::format("{}[{}]", key, outlines.size())));
  return outlines;
}

void take_maps(const py::object& given, augment::Sample& sample) {
  if (!py::isinstance<py::dict>(given))
    throw UsageError(
        fmt::format("maps must be a dict, {{\"depth\": an array [H, W]}}, not {}", shown(given)));
  for (const auto& [name, map] : py::reinterpret_borrow<py::dict>(given))
    sample.maps.push_back(
        map_of(py::cast<std::string>(py::str(name)), py::reinterpret_borrow<py::object>(map)));
}

void take_drawn_targets(const py::dict& given, augment::Sample& sample) {
  const auto has = [&](const char* key) { return given.contains(key) && !given[key].is_none(); };
  if (has("maps")) take_maps(given["maps"], sample);
  for (const char* key : {"polygons", "polylines"})
    if (has(key)) std::ranges::move(outlines_of(given[key], key), std::back_inserter(sample.outlines));
}

void write_drawn_targets(const std::vector<augment::FloatMap>& maps,
                         const std::vector<augment::Outline>& outlines, py::dict& out) {
  py::dict named;
  for (const augment::FloatMap& map : maps) named[py::str(map.name)] = array_of_map(map.values);
  if (!maps.empty()) out["maps"] = named;
  for (const bool closed : {true, false}) {
    py::list pieces;
    for (const augment::Outline& outline : outlines) {
      if (outline.closed != closed) continue;
      py::dict piece;
      piece["points"] = array_of_points(outline.points);
      piece["label"] = outline.label;
      piece["instance"] = outline.instance;
      pieces.append(piece);
    }
    if (!pieces.empty()) out[closed ? "polygons" : "polylines"] = pieces;
  }
}

py::array array_of_map(const cv::Mat& values) {
  std::vector<py::ssize_t> shape{values.rows, values.cols};
  if (values.channels() > 1) shape.push_back(values.channels());
  py::array_t<float> array(shape);
  const auto row = static_cast<std::size_t>(values.cols * values.channels());
  for (int y = 0; y < values.rows; ++y)
    std::copy_n(values.ptr<float>(y), row, array.mutable_data() + static_cast<std::size_t>(y) * row);
  return array;
}

py::array array_of_points(const std::vector<Point>& points) {
  py::array_t<float> array(std::vector<py::ssize_t>{static_cast<py::ssize_t>(points.size()), 2});
  for (std::size_t i = 0; i < points.size(); ++i) {
    array.mutable_at(static_cast<py::ssize_t>(i), 0) = static_cast<float>(points[i].x);
    array.mutable_at(static_cast<py::ssize_t>(i), 1) = static_cast<float>(points[i].y);
  }
  return array;
}

}  // namespace doppel::python
