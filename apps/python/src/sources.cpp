#include <fmt/format.h>
#include <pybind11/stl.h>

#include "bind.h"
#include "doppel/base/error.h"
#include "doppel/dataset/analysis/statistics.h"
#include "doppel/dataset/combine/concat.h"
#include "doppel/dataset/combine/ranged.h"
#include "doppel/dataset/combine/subset.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/pack/pack.h"
#include "drawn_targets.h"
#include "python_source.h"
#include "recipe_call.h"

namespace doppel::python {
namespace {

using dataset::SourcePtr;

SourceHandle open_part(const std::string& path, const std::string& part, bool ignore_labels,
                       const std::map<std::string, std::string>& columns, const std::string& root) {
  const py::gil_scoped_release released;
  dataset::OpenOptions how;
  how.table.columns = columns;
  how.table.root = root;
  how.ignore_labels = ignore_labels;
  dataset::OpenedData data = dataset::open_data(path, how);
  const SourcePtr test = data.test_is_valid ? nullptr : data.test,
                  valid = data.test_is_valid ? data.test : data.valid;
  const SourcePtr source = part == "train"   ? data.train
                           : part == "valid" ? valid
                           : part == "test"  ? test
                                             : nullptr;
  if (part != "train" && part != "valid" && part != "test")
    throw UsageError(fmt::format("part is '{}', but must be train, valid or test", part));
  if (!source) throw UsageError(fmt::format("{} has no {} part", path, part));
  return {source, false};
}

/// What C++ throws of Python's, as Python raised it.
py::object sample_of(const SourceHandle& self, std::size_t index) {
  if (index >= self.source->size())
    throw py::index_error(fmt::format("{} samples have no sample {}", self.source->size(), index));
  augment::Sample sample;
  {
    const py::gil_scoped_release released;
    sample = dataset::load(*self.source, index);
  }
  const cv::Mat& image = sample.image;
  std::vector<py::ssize_t> shape{image.rows, image.cols};
  if (image.channels() > 1) shape.push_back(image.channels());
  py::array array = image.depth() == CV_32F   ? py::array(py::array_t<float>(shape))
                    : image.depth() == CV_16U ? py::array(py::array_t<std::uint16_t>(shape))
                                              : py::array(py::array_t<unsigned char>(shape));
  image.copyTo(cv::Mat(image.rows, image.cols, image.type(), array.mutable_data()));
  py::dict all;
  all["image"] = array;
  all["label"] = sample.label;
  if (!sample.numbers.empty()) all["target"] = py::cast(sample.numbers);
  if (sample.weight != 1) all["weight"] = sample.weight;
  write_drawn_targets(sample.maps, sample.outlines, all);
  py::dict fields;
  for (const augment::NamedValue& field : sample.fields)
    fields[py::str(field.name)] =
        std::visit([](const auto& value) -> py::object { return py::cast(value); }, field.value);
  if (!fields.empty()) all["fields"] = fields;
  if (sample.boxes.empty()) return all;
  py::list boxes, labels;
  for (const augment::Box& box : sample.boxes) {
    boxes.append(py::make_tuple(box.x0, box.y0, box.x1, box.y1));
    labels.append(box.label);
  }
  all["bboxes"] = boxes;
  all["labels"] = labels;
  return all;
}

}  // namespace

void bind_sources(py::module_& module) {
  py::class_<SourceHandle>(module, "Source", "Samples: a function from index to image, label and targets.")
      .def("__len__", [](const SourceHandle& self) { return self.source->size(); })
      .def("__getitem__", &sample_of, py::arg("index"), "The image as an array, with its label and boxes.")
      .def_property_readonly(
          "classes", [](const SourceHandle& self) { return self.source->classes(); },
          "Label k is classes[k].")
      .def_property_readonly(
          "python", [](const SourceHandle& self) { return self.python; },
          "True where Python is called for each sample.")
      .def(
          "name", [](const SourceHandle& self, std::size_t index) { return self.source->name(index); },
          py::arg("index"))
      .def(
          "label", [](const SourceHandle& self, std::size_t index) { return self.source->label(index); },
          py::arg("index"))
      .def(
          "subset",
          [](const SourceHandle& self, std::vector<std::size_t> indices) {
            return SourceHandle{std::make_shared<dataset::Subset>(self.source, std::move(indices)),
                                self.python};
          },
          py::arg("indices"), "Those samples alone, in that order.")
      .def(
          "ranged",
          [](const SourceHandle& self, double low, double high) {
            if (const auto* pack = dynamic_cast<const dataset::PackSource*>(self.source.get());
                pack && !pack->range().empty())
              throw UsageError(fmt::format("range: the pack holds shares of {:g} to {:g} already",
                                           pack->range()[0], pack->range()[1]));
            return SourceHandle{std::make_shared<dataset::Ranged>(self.source, low, high), self.python};
          },
          py::arg("low"), py::arg("high"), "Images as shares of that range of their numbers.")
      .def(
          "measured_range",
          [](const SourceHandle& self) {
            const py::gil_scoped_release released;
            return dataset::measured_range(*self.source);
          },
          "The least and the largest number of up to 1,000 images.")
      .def(
          "__add__",
          [](const SourceHandle& self, const SourceHandle& other) {
            return SourceHandle{std::make_shared<dataset::Concat>(std::vector{self.source, other.source}),
                                self.python || other.python};
          },
          py::arg("other"), "One after the other, with one list of classes.");
  module.def("open", &open_part, py::arg("data"), py::arg("part") = "train", py::arg("ignore_labels") = false,
             py::arg("columns") = std::map<std::string, std::string>(), py::arg("root") = "");
  module.def(
      "arrays",
      [](const py::array& images, std::vector<int> labels, std::vector<std::string> classes) {
        return SourceHandle{std::make_shared<ArrayRows>(images, std::move(labels), std::move(classes)),
                            false};
      },
      py::arg("images"), py::arg("labels"), py::arg("classes"));
  module.def(
      "python_source",
      [](std::size_t size, py::object getitem, std::vector<int> labels, std::vector<std::string> classes,
         const std::string& format) {
        return SourceHandle{std::make_shared<PythonSource>(size, std::move(getitem), std::move(labels),
                                                           std::move(classes), box_format_of(format)),
                            true};
      },
      py::arg("size"), py::arg("getitem"), py::arg("labels"), py::arg("classes"), py::arg("bbox_format"));
}

}  // namespace doppel::python
