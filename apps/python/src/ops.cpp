// Operations whose functions are Python's.
#include <fmt/format.h>

#include <map>

#include "bind.h"
#include "doppel/augment/plan/custom_op.h"
#include "doppel/base/error.h"
#include "images.h"

namespace doppel::python {
namespace {

using augment::CustomCall;

/// What Python said of an operation. Saying it again, as a notebook does, changes what it is from then on.
struct PythonOp {
  py::object pixels, map, size, mask;
};

/// By name; read and changed with Python's lock. Never destroyed: plans may outlive Python.
std::map<std::string, PythonOp>& python_ops() {
  static auto* all = new std::map<std::string, PythonOp>;
  return *all;
}

py::array array_over_mat(const cv::Mat& image) {
  const py::dtype type = image.depth() == CV_8U    ? py::dtype::of<unsigned char>()
                         : image.depth() == CV_16U ? py::dtype::of<std::uint16_t>()
                         : image.depth() == CV_32S ? py::dtype::of<int>()
                                                   : py::dtype::of<float>();
  const auto item = static_cast<py::ssize_t>(image.elemSize1()),
             channels = static_cast<py::ssize_t>(image.channels());
  py::array array(type, {py::ssize_t{image.rows}, py::ssize_t{image.cols}, channels},
                  {static_cast<py::ssize_t>(image.step[0]), channels * item, item}, image.data, py::none());
  array.attr("flags").attr("writeable") = false;
  return array;
}

py::list list_of(const CustomCall& call) {
  py::list list;
  for (const double argument : call.arguments) list.append(argument);
  return list;
}

/// With Python's lock; what it raises becomes an Error that names the operation.
template <class Act>
auto in_python(const std::string& name, const Act& act) {
  const py::gil_scoped_acquire acquired;
  try {
    return act(python_ops().at(name));
  } catch (const py::error_already_set& error) {
    throw Error(fmt::format("the operation {}: {}", name, error.what()));
  } catch (const py::cast_error& error) {
    throw Error(fmt::format("the operation {} gives what isn't wanted: {}", name, error.what()));
  }
}

void run_image(const std::string& name, const cv::Mat& in, const CustomCall& call, cv::Mat& out) {
  in_python(name, [&](const PythonOp& op) {
    const py::object made = op.pixels(array_over_mat(in), list_of(call), call.seed);
    image_of(made, "what the operation " + name + " gives").mat.copyTo(out);
  });
}

void run_mask(const std::string& name, const cv::Mat& in, const CustomCall& call, cv::Mat& out) {
  in_python(name, [&](const PythonOp& op) {
    const py::object made =
        op.mask(array_over_mat(in).attr("reshape")(in.rows, in.cols), list_of(call), call.seed);
    mask_of(made, "what the operation " + name + " makes of a mask").mat.copyTo(out);
  });
}

augment::CustomOp custom_of(const std::string& name, const PythonOp& op) {
  augment::CustomOp custom{.name = name,
                           .pixels = [name](const cv::Mat& in, const CustomCall& call, cv::Mat& out) {
                             run_image(name, in, call, out);
                           }};
  if (!op.map.is_none())
    custom.map = [name](Point p, Size size, const CustomCall& call) {
      return in_python(name, [&](const PythonOp& now) {
        const auto to = py::cast<std::pair<double, double>>(
            now.map(p.x, p.y, py::make_tuple(size.height, size.width), list_of(call)));
        return Point{to.first, to.second};
      });
    };
  if (!op.size.is_none())
    custom.size = [name](Size size, const CustomCall& call) {
      return in_python(name, [&](const PythonOp& now) {
        const auto to =
            py::cast<std::pair<int, int>>(now.size(py::make_tuple(size.height, size.width), list_of(call)));
        return Size{to.first, to.second};
      });
    };
  if (!op.mask.is_none())
    custom.mask = [name](const cv::Mat& in, const CustomCall& call, cv::Mat& out) {
      run_mask(name, in, call, out);
    };
  return custom;
}

void register_python_op(const std::string& name, const PythonOp& op) {
  auto& all = python_ops();
  const auto known = all.find(name);
  if (known != all.end()) {
    const bool alike = known->second.map.is_none() == op.map.is_none() &&
                       known->second.size.is_none() == op.size.is_none() &&
                       known->second.mask.is_none() == op.mask.is_none();
    if (!alike)
      throw UsageError(
          fmt::format("the operation '{}' is there already, and may only be replaced by one with the same of "
                      "map, size and mask",
                      name));
    known->second = op;
    return;
  }
  augment::register_op(custom_of(name, op));
  all.emplace(name, op);
}

}  // namespace

void bind_ops(py::module_& module) {
  module.def(
      "register_op",
      [](const std::string& name, py::object pixels, py::object map, py::object size, py::object mask) {
        register_python_op(name, {std::move(pixels), std::move(map), std::move(size), std::move(mask)});
      },
      py::arg("name"), py::arg("pixels"), py::arg("map"), py::arg("size"), py::arg("mask"));
  module.def("registered_ops", &augment::registered_ops);
  module.def("load_plugin", &augment::load_plugin, py::arg("path"));
}

}  // namespace doppel::python
