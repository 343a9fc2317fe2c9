// Boxes, keypoints and labels of one image, from and to Python.
#pragma once

#include <pybind11/numpy.h>

#include <optional>

#include "bind.h"
#include "doppel/augment/plan/box_format.h"
#include "doppel/augment/plan/drawn.h"

namespace doppel::python {

/// What a call of a recipe gives besides the image, and how it is to come back.
class CallTargets {
 public:
  CallTargets(augment::BoxFormat format, std::vector<std::string> classes)
      : format_(format), classes_(std::move(classes)) {}

  /// Takes what `keywords` has of bboxes, rotated_bboxes, keypoints, labels (of the first of these) and label
  /// into the sample, whose image is there. Throws UsageError where their lengths or shapes don't fit.
  void read(const py::dict& keywords, augment::Sample& sample);
  /// Puts them into `out` as the plan moved them, with `kept`, `rotated_kept` and `keypoints_kept`.
  void write(const augment::Drawn& drawn, py::dict& out) const;

 private:
  void read_boxes(const py::object& given, augment::Sample& sample);
  void read_rotated(const py::object& given, augment::Sample& sample);
  template <class Box>
  void read_labels(const py::object& given, const char* of, std::vector<Box>& boxes);
  void read_keypoints(const py::object& given, augment::Sample& sample);
  void write_boxes(const augment::Drawn& drawn, py::dict& out) const;
  void write_rotated(const augment::Drawn& drawn, py::dict& out) const;
  template <class Box>
  void write_labels(const std::vector<Box>& boxes, const py::array_t<std::int64_t>& kept,
                    py::dict& out) const;
  void write_keypoints(const augment::Drawn& drawn, py::dict& out) const;
  int class_number(const py::handle& label) const;

  augment::BoxFormat format_;
  std::vector<std::string> classes_;
  Size size_;
  std::optional<py::object> labels_;  ///< of boxes, as given
  py::object label_key_, box_type_;
  bool boxes_ = false, boxes_tensor_ = false, label_column_ = false, numbered_ = false;
  bool rotated_ = false, rotated_tensor_ = false;
  int keypoint_columns_ = 0, rotated_columns_ = 0;
  int first_rotated_ = 0;  ///< turned boxes' instances begin there
};

}  // namespace doppel::python
