#include <dlpack/dlpack.h>
#include <fmt/format.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <bit>
#include <cstring>

#include "bind.h"
#include "doppel/base/error.h"
#include "doppel/dataset/batch/tensor.h"
#include "images.h"

namespace doppel::python {
namespace {

using dataset::DType;
using dataset::Tensor;

/// DLPack 1.0's struct, which Debian's header is too old to have.
struct VersionedTensor {
  std::uint32_t major = 1, minor = 0;
  void* manager_ctx = nullptr;
  void (*deleter)(VersionedTensor*) = nullptr;
  std::uint64_t flags = 0;
  DLTensor dl_tensor{};
};

constexpr const char* kPlain = "dltensor";
constexpr const char* kVersioned = "dltensor_versioned";

/// Called without the GIL, on any thread, and after Python has gone: it touches nothing of Python's.
void delete_versioned(VersionedTensor* versioned) {
  auto* managed = static_cast<DLManagedTensor*>(versioned->manager_ctx);
  managed->deleter(managed);
  delete versioned;
}

/// A capsule that nobody took over still has its first name.
void delete_capsule(PyObject* capsule) {
  if (PyCapsule_IsValid(capsule, kPlain)) {
    auto* managed = static_cast<DLManagedTensor*>(PyCapsule_GetPointer(capsule, kPlain));
    managed->deleter(managed);
  } else if (PyCapsule_IsValid(capsule, kVersioned)) {
    auto* versioned = static_cast<VersionedTensor*>(PyCapsule_GetPointer(capsule, kVersioned));
    versioned->deleter(versioned);
  }
}

py::object versioned_capsule(const Tensor& tensor) {
  DLManagedTensor* managed = tensor.to_dlpack();
  auto* versioned = new VersionedTensor;
  versioned->manager_ctx = managed;
  versioned->deleter = delete_versioned;
  versioned->dl_tensor = managed->dl_tensor;
  return py::reinterpret_steal<py::object>(PyCapsule_New(versioned, kVersioned, delete_capsule));
}

py::object dlpack_of(const Tensor& self, const py::object& stream, const py::object& max_version,
                     const py::object& device, const py::object& copy) {
  if (!stream.is_none() && !stream.equal(py::int_(-1)))
    throw UsageError("doppel's tensors are on the CPU, which has no streams");
  if (!device.is_none() && !device.equal(py::make_tuple(1, 0))) {
    PyErr_SetString(PyExc_BufferError, "doppel's tensors are on the CPU, device (1, 0)");
    throw py::error_already_set();
  }
  Tensor tensor = self;
  if (!copy.is_none() && py::cast<bool>(copy)) {
    tensor = Tensor(self.type(), self.shape());
    std::memcpy(tensor.data(), self.data(), self.bytes());
  }
  if (!max_version.is_none() && py::cast<int>(max_version[py::int_(0)]) >= 1)
    return versioned_capsule(tensor);
  return py::reinterpret_steal<py::object>(PyCapsule_New(tensor.to_dlpack(), kPlain, delete_capsule));
}

/// What NumPy calls it; bfloat16, which it hasn't, is its bits.
std::string format_of(DType type) {
  switch (type) {
    case DType::U8:
      return py::format_descriptor<unsigned char>::format();
    case DType::F32:
      return py::format_descriptor<float>::format();
    case DType::BF16:
      return py::format_descriptor<std::uint16_t>::format();
    case DType::U16:
      return py::format_descriptor<std::uint16_t>::format();
    case DType::F16:
      return "e";
    case DType::I64:
      return py::format_descriptor<std::int64_t>::format();
  }
  return {};
}

const char* name_of_type(DType type) {
  switch (type) {
    case DType::U8:
      return "uint8";
    case DType::F32:
      return "float32";
    case DType::BF16:
      return "bfloat16";
    case DType::U16:
      return "uint16";
    case DType::F16:
      return "float16";
    case DType::I64:
      return "int64";
  }
  return "";
}

py::buffer_info buffer_of(const Tensor& tensor) {
  std::vector<py::ssize_t> shape(tensor.shape().begin(), tensor.shape().end()), strides(shape.size());
  auto step = static_cast<py::ssize_t>(size_of(tensor.type()));
  for (std::size_t i = shape.size(); i-- > 0; step *= shape[i]) strides[i] = step;
  static unsigned char none = 0;
  return {tensor.data() ? tensor.data() : &none,
          static_cast<py::ssize_t>(size_of(tensor.type())),
          format_of(tensor.type()),
          static_cast<py::ssize_t>(shape.size()),
          shape,
          strides};
}

/// bfloat16 as floats, bit by bit.
Tensor floats_of(const Tensor& tensor) {
  if (tensor.type() == DType::F32) return tensor;
  if (tensor.type() != DType::BF16)
    throw UsageError(fmt::format("float() is for bfloat16; this tensor is {}", name_of_type(tensor.type())));
  Tensor floats(DType::F32, tensor.shape());
  const auto from = tensor.values<std::uint16_t>();
  const auto to = floats.values<float>();
  for (std::size_t i = 0; i < from.size(); ++i) to[i] = std::bit_cast<float>(std::uint32_t{from[i]} << 16);
  return floats;
}

py::array array_over(const Tensor& tensor) {
  const py::buffer_info info = buffer_of(tensor);
  return py::array(py::dtype(info), info.shape, info.strides, info.ptr, py::cast(tensor));
}

}  // namespace

py::object numpy_of(const Tensor& tensor) { return array_over(tensor); }

py::object torch_of(const Tensor& tensor) {
  const py::object capsule = dlpack_of(tensor, py::none(), py::none(), py::none(), py::none());
  return py::module_::import("torch.utils.dlpack").attr("from_dlpack")(capsule);
}

void bind_tensors(py::module_& module) {
  py::class_<Tensor>(module, "Tensor", py::buffer_protocol(),
                     "Numbers in doppel's memory that other libraries take without a copy: "
                     "torch.from_dlpack(t), np.asarray(t).")
      .def_buffer(&buffer_of)
      .def("__dlpack__", &dlpack_of, py::kw_only(), py::arg("stream") = py::none(),
           py::arg("max_version") = py::none(), py::arg("dl_device") = py::none(),
           py::arg("copy") = py::none())
      .def("__dlpack_device__", [](const Tensor&) { return py::make_tuple(1, 0); })
      .def_property_readonly("shape", [](const Tensor& self) { return py::tuple(py::cast(self.shape())); })
      .def_property_readonly(
          "dtype", [](const Tensor& self) { return name_of_type(self.type()); },
          "uint8, float32, bfloat16 or int64.")
      .def_property_readonly("nbytes", &Tensor::bytes)
      .def("numpy", &array_over, "An array over the same memory; of bfloat16, its bits as uint16.")
      .def("torch", &torch_of, "A torch tensor over the same memory.")
      .def("float", &floats_of, "bfloat16 as float32, copied.")
      .def("__len__", [](const Tensor& self) { return self.shape().empty() ? 0 : self.shape()[0]; })
      .def("__repr__", [](const Tensor& self) {
        return fmt::format("<doppel.Tensor {} {}>", name_of_type(self.type()),
                           py::cast<std::string>(py::repr(py::tuple(py::cast(self.shape())))));
      });
}

}  // namespace doppel::python
