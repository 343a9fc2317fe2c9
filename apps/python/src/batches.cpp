#include "batches.h"

#include <pybind11/stl.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "doppel/base/error.h"

namespace doppel::python {
namespace {

using dataset::Batch;
using dataset::DType;
using dataset::Targets;
using dataset::Tensor;

template <class T, class List>
Tensor numbers_of(DType type, const List& list) {
  Tensor tensor(type, {static_cast<std::int64_t>(list.size())});
  std::ranges::transform(list, tensor.values<T>().begin(), [](auto value) { return static_cast<T>(value); });
  return tensor;
}

/// One of each row's objects: their numbers as [n, columns].
template <class Object>
Tensor rows_of_objects(const std::vector<Object>& objects, std::int64_t columns,
                       const std::function<void(const Object&, float*)>& write) {
  Tensor tensor(DType::F32, {static_cast<std::int64_t>(objects.size()), columns});
  float* to = tensor.values<float>().data();
  for (const Object& object : objects) {
    write(object, to);
    to += columns;
  }
  return tensor;
}

template <class Object>
Tensor of_objects(const std::vector<Object>& objects, int Object::* member) {
  Tensor tensor(DType::I64, {static_cast<std::int64_t>(objects.size())});
  std::ranges::transform(objects, tensor.values<std::int64_t>().begin(),
                         [&](const Object& o) { return o.*member; });
  return tensor;
}

void copy_mask(const cv::Mat& mask, DType type, void* to) {
  for (int y = 0; y < mask.rows; ++y) {
    const auto width = static_cast<std::size_t>(mask.cols);
    if (type == DType::U8)
      std::memcpy(static_cast<unsigned char*>(to) + static_cast<std::size_t>(y) * width, mask.ptr(y), width);
    else if (mask.depth() == CV_8U)
      std::copy_n(mask.ptr<unsigned char>(y), width,
                  static_cast<std::int64_t*>(to) + static_cast<std::size_t>(y) * width);
    else
      std::copy_n(mask.ptr<int>(y), width,
                  static_cast<std::int64_t*>(to) + static_cast<std::size_t>(y) * width);
  }
}

/// [n, H, W]: uint8, or int64 where one is of larger numbers.
Tensor stacked(const std::vector<const cv::Mat*>& masks) {
  if (masks.empty()) return Tensor(DType::U8, {0, 0, 0});
  const bool wide =
      std::ranges::any_of(masks, [](const cv::Mat* mask) { return mask && mask->depth() != CV_8U; });
  const auto first = std::ranges::find_if(masks, [](const cv::Mat* mask) { return mask != nullptr; });
  const int height = first == masks.end() ? 0 : (*first)->rows,
            width = first == masks.end() ? 0 : (*first)->cols;
  const DType type = wide ? DType::I64 : DType::U8;
  Tensor tensor(type, {static_cast<std::int64_t>(masks.size()), height, width});
  const std::size_t bytes =
      static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * size_of(type);
  for (std::size_t i = 0; i < masks.size(); ++i) {
    if (!masks[i]) continue;
    if (masks[i]->rows != height || masks[i]->cols != width)
      throw Error("masks of one batch have different sizes");
    copy_mask(*masks[i], type, static_cast<unsigned char*>(tensor.data()) + i * bytes);
  }
  return tensor;
}

}  // namespace

void BatchForm::look_at(const dataset::Source& source) {
  classes = static_cast<int>(source.classes().size());
  numbers = !source.number_names().empty();
  const std::size_t size = source.size();
  bool all_one = true;
  for (const std::size_t i : {std::size_t{0}, size / 3, size * 2 / 3, size - 1}) {
    try {
      const augment::Sample sample = source.read(i).sample;
      boxes = boxes || !sample.boxes.empty();
      keypoints = keypoints || !sample.keypoints.empty();
      rotated = rotated || !sample.rotated_boxes.empty();
      soft = soft || !sample.label_shares.empty();
      masks = masks || !sample.masks.empty();
      weights = weights || sample.weight != 1;
      outlines = outlines || !sample.outlines.empty();
      all_one = all_one && sample.masks.size() == 1 && sample.instance_mask < 0;
    } catch (const Error&) {}  // the loader says so
  }
  mask = masks && all_one;
  masks = masks && !mask;
}

py::object BatchForm::out(const Tensor& tensor) const {
  switch (output) {
    case Output::Doppel:
      return py::cast(tensor);
    case Output::Numpy:
      return numpy_of(tensor);
    case Output::Torch:
      return torch_of(tensor);
    case Output::Jax:
      return py::module_::import("jax.dlpack").attr("from_dlpack")(py::cast(tensor));
  }
  return py::none();
}

py::object BatchForm::dict_of(const Batch& batch) const {
  const py::object made = type();
  py::dict all = py::reinterpret_borrow<py::dict>(made);
  all["image"] = out(batch.images);
  all["label"] = out(numbers_of<std::int64_t>(DType::I64, batch.labels));
  all["index"] = out(numbers_of<std::int64_t>(DType::I64, batch.indices));
  if (soft && classes > 0) all["soft_label"] = out(soft_labels(batch, classes, dataset::Labels::Independent));
  const auto any = [&](auto member) {
    return std::ranges::any_of(batch.targets, [&](const Targets& t) { return !(t.*member).empty(); });
  };
  if (boxes || any(&Targets::boxes)) add_boxes(batch, all);
  if (rotated || any(&Targets::rotated_boxes)) add_rotated(batch, all);
  if (keypoints || any(&Targets::keypoints)) add_keypoints(batch, all);
  if (mask || masks || any(&Targets::masks)) add_masks(batch, all);
  if (numbers || std::ranges::any_of(batch.numbers, [](const auto& row) { return !row.empty(); }))
    all["target"] = out(dense_numbers(batch));
  const auto valid = static_cast<std::ptrdiff_t>(std::min(batch.valid, batch.weights.size()));
  if (weights ||
      std::any_of(batch.weights.begin(), batch.weights.begin() + valid, [](double w) { return w != 1; }))
    all["weight"] = out(dense_weights(batch));
  if (any(&Targets::fields)) add_fields(batch, all);
  if (any(&Targets::maps)) add_maps(batch, all);
  if (outlines || any(&Targets::outlines)) add_outlines(batch, all);
  if (views) {
    py::list pictures;
    pictures.append(all["image"]);
    for (const Tensor& view : batch.views) pictures.append(out(view));
    all["views"] = pictures;
  }
  BatchOrigin origin;
  origin.batch.epoch = batch.epoch;
  origin.batch.step = batch.step;
  origin.batch.labels = batch.labels;
  origin.batch.indices = batch.indices;
  origin.batch.positions = batch.positions;
  origin.batch.valid = batch.valid;
  made.attr("origin") = py::cast(std::move(origin));
  return made;
}

void BatchForm::add_boxes(const Batch& batch, py::dict& all) const {
  py::list boxes_of, labels_of, instances_of;
  for (const Targets& targets : batch.targets) {
    boxes_of.append(out(rows_of_objects<augment::Box>(targets.boxes, 4, [](const augment::Box& b, float* to) {
      const std::array<double, 4> four{b.x0, b.y0, b.x1, b.y1};
      std::ranges::transform(four, to, [](double v) { return static_cast<float>(v); });
    })));
    labels_of.append(out(of_objects(targets.boxes, &augment::Box::label)));
    instances_of.append(out(of_objects(targets.boxes, &augment::Box::instance)));
  }
  all["boxes"] = boxes_of;
  all["box_labels"] = labels_of;
  all["box_instances"] = instances_of;
}

void BatchForm::add_rotated(const Batch& batch, py::dict& all) const {
  using augment::RotatedBox;
  py::list boxes_of, labels_of;
  for (const Targets& targets : batch.targets) {
    boxes_of.append(
        out(rows_of_objects<RotatedBox>(targets.rotated_boxes, 5, [](const RotatedBox& b, float* to) {
          const std::array<double, 5> five{b.x, b.y, b.width, b.height, b.angle};
          std::ranges::transform(five, to, [](double v) { return static_cast<float>(v); });
        })));
    labels_of.append(out(of_objects(targets.rotated_boxes, &RotatedBox::label)));
  }
  all["rotated_boxes"] = boxes_of;
  all["rotated_box_labels"] = labels_of;
}

void BatchForm::add_keypoints(const Batch& batch, py::dict& all) const {
  py::list points_of, labels_of, instances_of;
  for (const Targets& targets : batch.targets) {
    points_of.append(out(
        rows_of_objects<augment::Keypoint>(targets.keypoints, 3, [](const augment::Keypoint& k, float* to) {
          const std::array<double, 3> three{k.x, k.y, k.visibility};
          std::ranges::transform(three, to, [](double v) { return static_cast<float>(v); });
        })));
    labels_of.append(out(of_objects(targets.keypoints, &augment::Keypoint::label)));
    instances_of.append(out(of_objects(targets.keypoints, &augment::Keypoint::instance)));
  }
  all["keypoints"] = points_of;
  all["keypoint_labels"] = labels_of;
  all["keypoint_instances"] = instances_of;
}

/// Whole numbers that all rows have are a tensor; else each row's own, None where it has none.
void BatchForm::add_fields(const Batch& batch, py::dict& all) const {
  std::vector<std::string> names;
  for (const Targets& targets : batch.targets)
    for (const augment::NamedValue& field : targets.fields)
      if (std::ranges::find(names, field.name) == names.end()) names.push_back(field.name);
  py::dict fields;
  for (const std::string& name : names) {
    std::vector<std::int64_t> wholes;
    py::list values;
    for (const Targets& targets : batch.targets) {
      const auto at = std::ranges::find(targets.fields, name, &augment::NamedValue::name);
      if (at == targets.fields.end()) {
        values.append(py::none());
        continue;
      }
      if (const auto* whole = std::get_if<std::int64_t>(&at->value)) wholes.push_back(*whole);
      values.append(std::visit([](const auto& value) -> py::object { return py::cast(value); }, at->value));
    }
    const bool is_whole = wholes.size() == batch.targets.size();
    fields[py::str(name)] = is_whole ? out(numbers_of<std::int64_t>(DType::I64, wholes)) : values;
  }
  all["fields"] = fields;
}

/// By name, [N, C, H, W] each.
void BatchForm::add_maps(const Batch& batch, py::dict& all) const {
  py::dict maps;
  for (const Targets& targets : batch.targets)
    for (const augment::FloatMap& map : targets.maps)
      if (!maps.contains(py::str(map.name))) maps[py::str(map.name)] = out(stacked_maps(batch, map.name));
  all["maps"] = maps;
}

/// Of each row a list of points [n, 2], and their labels and instances.
void BatchForm::add_outlines(const Batch& batch, py::dict& all) const {
  for (const bool closed : {true, false}) {
    py::list points_of, labels_of, instances_of;
    bool is_any = closed;  // polygons are always told
    for (const Targets& targets : batch.targets) {
      std::vector<augment::Outline> mine;
      std::ranges::copy_if(targets.outlines, std::back_inserter(mine),
                           [&](const augment::Outline& outline) { return outline.closed == closed; });
      is_any = is_any || !mine.empty();
      py::list pieces;
      for (const augment::Outline& outline : mine)
        pieces.append(out(rows_of_objects<Point>(outline.points, 2, [](const Point& p, float* to) {
          to[0] = static_cast<float>(p.x);
          to[1] = static_cast<float>(p.y);
        })));
      points_of.append(pieces);
      labels_of.append(out(of_objects(mine, &augment::Outline::label)));
      instances_of.append(out(of_objects(mine, &augment::Outline::instance)));
    }
    if (!is_any) continue;
    const std::string name = closed ? "polygon" : "polyline";
    all[py::str(name + "s")] = points_of;
    all[py::str(name + "_labels")] = labels_of;
    all[py::str(name + "_instances")] = instances_of;
  }
}

void BatchForm::add_masks(const Batch& batch, py::dict& all) const {
  if (mask) {
    std::vector<const cv::Mat*> one;
    for (const Targets& targets : batch.targets)
      one.push_back(targets.masks.empty() ? nullptr : &targets.masks[0]);
    all["mask"] = out(stacked(one));
    return;
  }
  py::list masks_of;
  for (const Targets& targets : batch.targets) {
    std::vector<const cv::Mat*> some;
    for (const cv::Mat& each : targets.masks) some.push_back(&each);
    masks_of.append(out(stacked(some)));
  }
  all["masks"] = masks_of;
}

}  // namespace doppel::python
