#include "python_source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "doppel/base/files.h"
#include "drawn_targets.h"
#include "images.h"
#include "targets.h"

namespace doppel::python {
namespace {

using dataset::Item;

void check_labels(const std::vector<int>& labels, std::size_t samples, std::size_t classes) {
  if (!labels.empty() && labels.size() != samples)
    throw UsageError(fmt::format("{} samples have {} labels; each has one", samples, labels.size()));
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] < -1 || (classes > 0 && labels[i] >= static_cast<int>(classes)))
      throw UsageError(fmt::format("label {} of sample {} is none of {} classes (0 to {}; -1: unknown)",
                                   labels[i], i, classes, classes - 1));
}

bool is_path(const py::object& value) {
  return py::isinstance<py::str>(value) || PyObject_HasAttrString(value.ptr(), "__fspath__") != 0;
}

/// A copy of what Python has, which outlives it; or the file.
void take_image(const py::object& value, Item& item) {
  if (py::isinstance<py::bytes>(value)) {
    const auto bytes = py::cast<std::string_view>(value);
    item.encoded.assign(bytes.begin(), bytes.end());
  } else if (is_path(value)) {
    const auto path = py::cast<std::string>(py::module_::import("os").attr("fspath")(value));
    const py::gil_scoped_release released;
    item.encoded = read_file(path);
  } else {
    item.sample.image = image_of(value, "image").mat.clone();
  }
}

void take_label(const py::object& value, augment::Sample& sample) {
  if (value.is_none()) return;
  const auto number = [](const py::handle& one) {
    return py::cast<int>(py::int_(py::reinterpret_borrow<py::object>(one)));
  };
  if (!py::isinstance<py::list>(value) && !py::isinstance<py::tuple>(value)) {
    sample.label = number(value);
    return;
  }
  for (const py::handle one : value) sample.label_shares.push_back({number(one), 1});
  if (sample.label_shares.empty()) sample.label_shares.push_back({0, 0});
  if (sample.label_shares[0].share > 0) sample.label = sample.label_shares[0].label;
}

double number_in(const py::handle value, const char* what) {
  try {
    return py::cast<double>(py::float_(py::reinterpret_borrow<py::object>(value)));
  } catch (const py::error_already_set&) {
    throw Error(fmt::format("{} is {}, which is no number", what, py::cast<std::string>(py::repr(value))));
  }
}

/// A number, or several.
void take_numbers(const py::object& value, augment::Sample& sample) {
  if (value.is_none()) return;
  if (py::isinstance<py::str>(value) || PyObject_HasAttrString(value.ptr(), "__len__") == 0 ||
      (PyObject_HasAttrString(value.ptr(), "ndim") != 0 && py::cast<int>(value.attr("ndim")) == 0)) {
    sample.numbers = {number_in(value, "target")};
    return;
  }
  for (const py::handle one : value) sample.numbers.push_back(number_in(one, "target"));
}

void take_weight(const py::object& value, augment::Sample& sample) {
  sample.weight = number_in(value, "weight");
  if (!(sample.weight >= 0) || !std::isfinite(sample.weight))
    throw Error(fmt::format("a weight of {}: it must be 0 or more", sample.weight));
}

void take_fields(const py::dict& fields, augment::Sample& sample) {
  for (const auto& [key, value] : fields) {
    augment::NamedValue& field = sample.fields.emplace_back();
    field.name = py::cast<std::string>(key);
    if (py::isinstance<py::str>(value))
      field.value = py::cast<std::string>(value);
    else if (PyIndex_Check(value.ptr()) != 0)
      field.value = py::cast<std::int64_t>(py::int_(py::reinterpret_borrow<py::object>(value)));
    else if (PyObject_HasAttrString(value.ptr(), "__len__") != 0)
      field.value = py::cast<std::vector<double>>(py::list(py::reinterpret_borrow<py::object>(value)));
    else
      field.value = py::cast<double>(py::float_(py::reinterpret_borrow<py::object>(value)));
  }
}

/// A misspelt key would be a sample without what was meant.
void check_keys(const py::dict& given) {
  constexpr std::string_view kKnown[] = {"image",     "label",  "labels", "bboxes", "rotated_bboxes",
                                         "keypoints", "mask",   "masks",  "maps",   "polygons",
                                         "polylines", "target", "weight", "fields"};
  for (const auto& [key, value] : given)
    if (std::ranges::find(kKnown, py::cast<std::string>(py::str(key))) == std::end(kKnown))
      throw Error(fmt::format("the source gave a dict with {}; a sample has {}; others go into fields",
                              py::cast<std::string>(py::repr(key)), fmt::join(kKnown, ", ")));
}

}  // namespace

std::shared_ptr<py::object> held(py::object object) {
  return {new py::object(std::move(object)), [](py::object* mine) {
            if (!Py_IsInitialized()) return;
            const py::gil_scoped_acquire acquired;
            delete mine;
          }};
}

void PythonError::raise() const {
  const py::object& value = *value_;
  const std::string note = fmt::format("raised for sample {} of the source", index_);
  if (PyObject_HasAttrString(value.ptr(), "add_note") != 0) value.attr("add_note")(note);
  PyErr_SetObject(py::type::handle_of(value).ptr(), value.ptr());
  throw py::error_already_set();
}

ArrayRows::ArrayRows(const py::array& images, std::vector<int> labels, std::vector<std::string> classes)
    : labels_(std::move(labels)), classes_(std::move(classes)) {
  if (images.ndim() != 3 && images.ndim() != 4)
    throw UsageError(fmt::format(
        "arrays() needs images [N, H, W] or [N, H, W, C], not an array of {} dimensions", images.ndim()));
  if (images.shape(0) == 0) throw UsageError("arrays() got no images");
  rows_ = static_cast<std::size_t>(images.shape(0));
  row_step_ = static_cast<std::size_t>(images.strides(0));
  const Image first = image_of(images[py::int_(0)], "arrays()");
  const auto* base = static_cast<const unsigned char*>(images.data());
  if (first.mat.data != base || images.strides(0) < 0)
    throw UsageError(
        "arrays() needs images whose pixels lie side by side in memory: numpy.ascontiguousarray(x)");
  data_ = base;
  line_step_ = first.mat.step[0];
  height_ = first.mat.rows;
  width_ = first.mat.cols;
  type_ = first.mat.type();
  check_labels(labels_, rows_, classes_.size());
  keep_ = held(images);
}

Item ArrayRows::read(std::size_t index) const {
  Item item;
  item.sample.image =
      cv::Mat(height_, width_, type_, const_cast<unsigned char*>(data_ + index * row_step_), line_step_);
  item.sample.label = label(index);
  return item;
}

PythonSource::PythonSource(std::size_t size, py::object getitem, std::vector<int> labels,
                           std::vector<std::string> classes, augment::BoxFormat format)
    : size_(size),
      getitem_(held(std::move(getitem))),
      labels_(std::move(labels)),
      classes_(std::move(classes)),
      format_(format) {
  check_labels(labels_, size_, classes_.size());
}

Item PythonSource::read(std::size_t index) const {
  const py::gil_scoped_acquire acquired;
  try {
    Item item = item_of((*getitem_)(index));
    if (!labels_.empty()) item.sample.label = labels_[index];
    return item;
  } catch (py::error_already_set& error) {
    const std::string what = error.what();
    py::object value = error.value();
    if (error.trace()) PyException_SetTraceback(value.ptr(), error.trace().ptr());
    throw PythonError(what.substr(0, what.find('\n')), index, held(std::move(value)));
  } catch (const py::cast_error& error) {
    throw Error(fmt::format("what the source gave can't be taken: {}", error.what()));
  }
}

Item PythonSource::item_of(const py::object& given) const {
  Item item;
  if (py::isinstance<py::dict>(given)) {
    const auto all = py::reinterpret_borrow<py::dict>(given);
    check_keys(all);
    if (!all.contains("image")) throw Error("the source gave a dict without 'image'");
    take_image(all["image"], item);
    const bool shares = format_ == augment::BoxFormat::Yolo || format_ == augment::BoxFormat::Relative;
    if (all.contains("bboxes") && shares && !item.encoded.empty())
      throw Error("boxes in shares of an encoded image: give pixels, or boxes in pixels");
    py::dict rest;
    for (const char* key : {"bboxes", "rotated_bboxes", "labels", "keypoints"})
      if (all.contains(key)) rest[key] = all[key];
    CallTargets targets(format_, classes_);
    targets.read(rest, item.sample);
    if (all.contains("label")) take_label(all["label"], item.sample);
    if (all.contains("target")) take_numbers(all["target"], item.sample);
    if (all.contains("weight")) take_weight(all["weight"], item.sample);
    if (all.contains("fields")) take_fields(all["fields"], item.sample);
    take_drawn_targets(all, item.sample);
    if (all.contains("mask")) item.sample.masks.push_back(mask_of(all["mask"], "mask").mat.clone());
    if (all.contains("masks"))
      for (const py::handle mask : all["masks"])
        item.sample.masks.push_back(mask_of(py::reinterpret_borrow<py::object>(mask), "masks").mat.clone());
  } else if (py::isinstance<py::tuple>(given) || py::isinstance<py::list>(given)) {
    const auto pair = py::reinterpret_borrow<py::sequence>(given);
    if (pair.size() != 2)
      throw Error(fmt::format("the source gave {} things, not (image, label)", pair.size()));
    take_image(pair[0], item);
    take_label(pair[1], item.sample);
  } else {
    take_image(given, item);
  }
  return item;
}

}  // namespace doppel::python
