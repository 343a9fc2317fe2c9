// Sources that Python makes.
#pragma once

#include <pybind11/numpy.h>

#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "bind.h"
#include "doppel/augment/plan/box_format.h"
#include "doppel/base/error.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::python {

/// An object of Python's, held by what isn't Python. It's let go of with the GIL, and not at all once Python
/// has gone.
std::shared_ptr<py::object> held(py::object object);

/// What Python raised in a source: thrown through C++, and raised again where Python asked.
class PythonError final : public Error {
 public:
  PythonError(const std::string& what, std::size_t index, std::shared_ptr<py::object> value)
      : Error(what), index_(index), value_(std::move(value)) {}
  /// Raises the exception again, with a note that names the sample. With the GIL.
  [[noreturn]] void raise() const;

 private:
  std::size_t index_;
  std::shared_ptr<py::object> value_;  ///< the exception, with its traceback
};

/// An image for each row of an array, without a copy of it.
class ArrayRows final : public dataset::Source {
 public:
  /// `images`: [N, H, W] or [N, H, W, C], uint8 or float32. `labels`: N numbers, or empty. Throws
  /// UsageError.
  ArrayRows(const py::array& images, std::vector<int> labels, std::vector<std::string> classes);
  std::size_t size() const override { return rows_; }
  dataset::Item read(std::size_t index) const override;
  std::string name(std::size_t index) const override { return "row " + std::to_string(index); }
  int label(std::size_t index) const override { return labels_.empty() ? -1 : labels_[index]; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  std::shared_ptr<py::object> keep_;
  const unsigned char* data_ = nullptr;
  std::size_t rows_ = 0, row_step_ = 0, line_step_ = 0;
  int height_ = 0, width_ = 0, type_ = 0;
  std::vector<int> labels_;
  std::vector<std::string> classes_;
};

/// getitem(index) gives an image, (image, label), or a dict of image, label, bboxes, labels, keypoints,
/// mask, masks, target, weight, fields. An image is an array, a tensor, a PIL image, an encoded file's bytes,
/// or a path. Called by the loader's threads, one at a time.
class PythonSource final : public dataset::Source {
 public:
  PythonSource(std::size_t size, py::object getitem, std::vector<int> labels,
               std::vector<std::string> classes, augment::BoxFormat format);
  std::size_t size() const override { return size_; }
  dataset::Item read(std::size_t index) const override;
  std::string name(std::size_t index) const override { return "sample " + std::to_string(index); }
  int label(std::size_t index) const override { return labels_.empty() ? -1 : labels_[index]; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  dataset::Item item_of(const py::object& given) const;

  std::size_t size_;
  std::shared_ptr<py::object> getitem_;
  std::vector<int> labels_;
  std::vector<std::string> classes_;
  augment::BoxFormat format_;
};

/// A source as Python has it.
struct SourceHandle {
  dataset::SourcePtr source;
  bool python = false;  ///< Python is called for each sample
};

}  // namespace doppel::python
