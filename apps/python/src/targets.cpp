#include "targets.h"

#include <fmt/format.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "images.h"

namespace doppel::python {
namespace {

using Rows = py::array_t<double, py::array::c_style | py::array::forcecast>;

/// Numbers [N, least … most]; an empty list has no rows.
Rows rows_of(const py::object& given, const char* name, py::ssize_t least, py::ssize_t most,
             const char* columns) {
  const Rows rows = Rows::ensure(is_tensor(given) ? py::object(array_of_tensor(given, name))
                                                  : given);  // clears Python's error
  if (!rows) throw UsageError(fmt::format("{} must be rows of numbers: {}", name, columns));
  if (rows.size() == 0) return Rows(std::vector<py::ssize_t>{0, least});
  if (rows.ndim() != 2 || rows.shape(1) < least || rows.shape(1) > most)
    throw UsageError(fmt::format("{} must be rows of {} to {} numbers: {}", name, least, most, columns));
  return rows;
}

/// Which of the boxes that were given are still there; the first of them had the number `first`.
template <class Box>
py::array_t<std::int64_t> numbers_kept(const std::vector<Box>& boxes, int first) {
  py::array_t<std::int64_t> kept(static_cast<py::ssize_t>(boxes.size()));
  for (std::size_t i = 0; i < boxes.size(); ++i)
    kept.mutable_at(static_cast<py::ssize_t>(i)) = boxes[i].instance - first;
  return kept;
}

py::object narrowed(const py::object& array, const py::object& type) {
  return type ? array.attr("astype")(type) : array;
}

}  // namespace

int CallTargets::class_number(const py::handle& label) const {
  if (PyLong_Check(label.ptr()) || PyIndex_Check(label.ptr()))
    return py::cast<int>(py::reinterpret_steal<py::object>(PyNumber_Index(label.ptr())));
  const auto found = std::ranges::find(classes_, py::cast<std::string>(py::str(label)));
  return found == classes_.end() ? -1 : static_cast<int>(found - classes_.begin());
}

void CallTargets::read(const py::dict& keywords, augment::Sample& sample) {
  size_ = augment::size_of(sample.image);
  const auto given = [&](const char* key) { return keywords.contains(key) && !keywords[key].is_none(); };
  if (given("bboxes")) read_boxes(keywords["bboxes"], sample);
  if (given("rotated_bboxes")) read_rotated(keywords["rotated_bboxes"], sample);
  if (given("keypoints")) read_keypoints(keywords["keypoints"], sample);
  if (given("label")) sample.label = class_number(keywords["label"]);
  if (!given("labels")) return;
  if (boxes_) {
    read_labels(keywords["labels"], "bboxes", sample.boxes);
  } else if (rotated_) {
    read_labels(keywords["labels"], "rotated_bboxes", sample.rotated_boxes);
  } else {
    labels_ = keywords["labels"];
  }
}

void CallTargets::read_boxes(const py::object& given, augment::Sample& sample) {
  const Rows rows = rows_of(given, "bboxes", 4, 5, "four of the box and perhaps its label");
  boxes_ = true;
  boxes_tensor_ = is_tensor(given);
  if (const py::array array = py::array::ensure(given);
      array && array.dtype().kind() == 'f' && array.itemsize() < 8)
    box_type_ = array.dtype();
  PyErr_Clear();
  label_column_ = rows.shape(1) == 5;
  for (py::ssize_t i = 0; i < rows.shape(0); ++i) {
    const double* row = rows.data(i, 0);
    augment::Box box = augment::box_from(format_, {row[0], row[1], row[2], row[3]}, size_,
                                         label_column_ ? static_cast<int>(row[4]) : -1);
    box.instance = static_cast<int>(i);
    sample.boxes.push_back(box);
  }
}

void CallTargets::read_rotated(const py::object& given, augment::Sample& sample) {
  const Rows rows = rows_of(given, "rotated_bboxes", 5, 6,
                            "x and y of the centre, width, height, degrees and perhaps the label");
  rotated_ = true;
  rotated_tensor_ = is_tensor(given);
  rotated_columns_ = static_cast<int>(rows.shape(1));
  first_rotated_ = static_cast<int>(sample.boxes.size());
  for (py::ssize_t i = 0; i < rows.shape(0); ++i) {
    const double* row = rows.data(i, 0);
    sample.rotated_boxes.push_back({.x = row[0],
                                    .y = row[1],
                                    .width = row[2],
                                    .height = row[3],
                                    .angle = row[4],
                                    .label = rotated_columns_ == 6 ? static_cast<int>(row[5]) : -1,
                                    .instance = first_rotated_ + static_cast<int>(i)});
  }
}

template <class Box>
void CallTargets::read_labels(const py::object& given, const char* of, std::vector<Box>& boxes) {
  const std::size_t count = py::len(given);
  if (count != boxes.size())
    throw UsageError(fmt::format("{} {} have {} labels; each has one", boxes.size(), of, count));
  labels_ = given;
  numbered_ = true;
  std::size_t i = 0;
  const py::object items = is_tensor(given) ? py::object(array_of_tensor(given, "labels")) : given;
  for (const py::handle label : items) {
    numbered_ = numbered_ && PyIndex_Check(label.ptr()) != 0;
    boxes[i++].label = class_number(label);
  }
}

void CallTargets::read_keypoints(const py::object& given, augment::Sample& sample) {
  const Rows rows = rows_of(given, "keypoints", 2, 4, "x, y, and perhaps angle and scale");
  keypoint_columns_ = static_cast<int>(rows.shape(1));
  for (py::ssize_t i = 0; i < rows.shape(0); ++i) {
    const double* row = rows.data(i, 0);
    augment::Keypoint point{.x = row[0], .y = row[1], .label = static_cast<int>(i)};
    if (keypoint_columns_ > 2) point.angle = row[2];
    if (keypoint_columns_ > 3) point.scale = row[3];
    sample.keypoints.push_back(point);
  }
}

void CallTargets::write(const augment::Drawn& drawn, py::dict& out) const {
  if (boxes_) write_boxes(drawn, out);
  if (rotated_) write_rotated(drawn, out);
  if (keypoint_columns_ > 0) write_keypoints(drawn, out);
  if (labels_ && !boxes_ && !rotated_) out["labels"] = *labels_;
}

void CallTargets::write_boxes(const augment::Drawn& drawn, py::dict& out) const {
  const auto count = static_cast<py::ssize_t>(drawn.boxes.size());
  const py::ssize_t columns = label_column_ ? 5 : 4;
  Rows rows(std::vector<py::ssize_t>{count, columns});
  for (py::ssize_t i = 0; i < count; ++i) {
    const augment::Box& box = drawn.boxes[static_cast<std::size_t>(i)];
    const auto four = augment::numbers_of(format_, box, drawn.plan.size());
    std::ranges::copy(four, rows.mutable_data(i, 0));
    if (label_column_) rows.mutable_at(i, 4) = box.label;
  }
  py::object boxes = narrowed(rows, box_type_);
  out["bboxes"] = boxes_tensor_ ? tensor_over(boxes) : boxes;
  const py::array_t<std::int64_t> kept = numbers_kept(drawn.boxes, 0);
  out["kept"] = kept;
  if (labels_) write_labels(drawn.boxes, kept, out);
}

void CallTargets::write_rotated(const augment::Drawn& drawn, py::dict& out) const {
  const auto count = static_cast<py::ssize_t>(drawn.rotated_boxes.size());
  Rows rows(std::vector<py::ssize_t>{count, rotated_columns_});
  for (py::ssize_t i = 0; i < count; ++i) {
    const augment::RotatedBox& box = drawn.rotated_boxes[static_cast<std::size_t>(i)];
    const std::array<double, 6> six{box.x, box.y, box.width, box.height, box.angle, double(box.label)};
    std::copy_n(six.begin(), rotated_columns_, rows.mutable_data(i, 0));
  }
  out["rotated_bboxes"] = rotated_tensor_ ? tensor_over(rows) : py::object(rows);
  const py::array_t<std::int64_t> kept = numbers_kept(drawn.rotated_boxes, first_rotated_);
  out["rotated_kept"] = kept;
  if (labels_ && !boxes_) write_labels(drawn.rotated_boxes, kept, out);
}

template <class Box>
void CallTargets::write_labels(const std::vector<Box>& boxes, const py::array_t<std::int64_t>& kept,
                               py::dict& out) const {
  py::list numbers;
  for (const Box& box : boxes) numbers.append(box.label);
  const bool tensor = is_tensor(*labels_);
  if (tensor || py::isinstance<py::array>(*labels_)) {
    const py::object all =
        py::module_::import("numpy").attr("asarray")(numbered_ ? py::object(numbers) : py::object(kept));
    py::object array = numbered_ ? all : (*labels_)[kept];
    if (numbered_ && !tensor) array = array.attr("astype")(labels_->attr("dtype"));
    if (tensor) array = tensor_over(array.attr("astype")("int64")).attr("to")(labels_->attr("dtype"));
    out["labels"] = array;
  } else if (numbered_) {
    out["labels"] = numbers;
  } else {
    py::list left;
    for (std::size_t i = 0; i < boxes.size(); ++i)
      left.append(classes_.empty() || boxes[i].label < 0
                      ? (*labels_)[py::int_(kept.at(static_cast<py::ssize_t>(i)))]
                      : py::object(py::str(classes_[static_cast<std::size_t>(boxes[i].label)])));
    out["labels"] = left;
  }
}

/// Row i of the result is point i where all stay; `keypoints_kept` says which do.
void CallTargets::write_keypoints(const augment::Drawn& drawn, py::dict& out) const {
  std::vector<augment::Keypoint> points = drawn.keypoints;
  std::ranges::stable_sort(points, {}, &augment::Keypoint::label);
  const auto count = static_cast<py::ssize_t>(points.size());
  Rows rows(std::vector<py::ssize_t>{count, keypoint_columns_});
  py::array_t<double> visible(count);
  py::array_t<std::int64_t> kept(count);
  for (py::ssize_t i = 0; i < count; ++i) {
    const augment::Keypoint& point = points[static_cast<std::size_t>(i)];
    const std::array<double, 4> four{point.x, point.y, point.angle, point.scale};
    std::copy_n(four.begin(), keypoint_columns_, rows.mutable_data(i, 0));
    visible.mutable_at(i) = point.visibility;
    kept.mutable_at(i) = point.label;
  }
  out["keypoints"] = rows;
  out["keypoints_visible"] = visible;
  out["keypoints_kept"] = kept;
}

}  // namespace doppel::python
