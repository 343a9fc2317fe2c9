#include "images.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>
#include <vector>

#include "doppel/base/error.h"
#include "doppel/base/geometry.h"

namespace doppel::python {
namespace {

bool has_attribute(const py::handle& value, const char* name) {
  return PyObject_HasAttrString(value.ptr(), name) != 0;
}

bool is_pil(const py::handle& value) {
  return has_attribute(value, "getbands") && has_attribute(value, "convert");
}

std::string shape_text(const py::array& array) {
  return fmt::format("[{}]", fmt::join(array.shape(), array.shape() + array.ndim(), ", "));
}

std::string type_text(const py::object& value) {
  return py::cast<std::string>(py::str(py::type::handle_of(value).attr("__name__")));
}

/// Pixels side by side, and rows further down in memory: what cv::Mat can have.
bool lies_as_mat(const py::array& array) {
  const auto channels = array.ndim() == 3 ? array.shape(2) : 1;
  const py::ssize_t item = array.itemsize();
  if (reinterpret_cast<std::uintptr_t>(array.data()) % static_cast<std::uintptr_t>(item) != 0) return false;
  if (array.ndim() == 3 && channels > 1 && array.strides(2) != item) return false;
  if (array.shape(1) > 1 && array.strides(1) != channels * item) return false;
  const py::ssize_t row = array.shape(1) * channels * item;
  return array.shape(0) <= 1 || (array.strides(0) >= row && array.strides(0) % item == 0);
}

/// The array's memory, or that of a copy, which `keep` then holds.
cv::Mat mat_over(const py::array& array, int depth, py::object& keep) {
  py::array dense = array;
  if (!lies_as_mat(array)) dense = py::module_::import("numpy").attr("ascontiguousarray")(array);
  keep = dense;
  const int channels = dense.ndim() == 3 ? static_cast<int>(dense.shape(2)) : 1;
  const std::size_t row = static_cast<std::size_t>(dense.shape(1) * channels * dense.itemsize());
  const std::size_t step = dense.shape(0) > 1 ? static_cast<std::size_t>(dense.strides(0)) : row;
  return {static_cast<int>(dense.shape(0)), static_cast<int>(dense.shape(1)), CV_MAKETYPE(depth, channels),
          const_cast<void*>(dense.data()), step};
}

void check_sides(const py::array& array, const std::string& name) {
  for (py::ssize_t i = 0; i < array.ndim(); ++i) {
    if (array.shape(i) == 0) throw UsageError(fmt::format("{}: {} has no pixels", name, shape_text(array)));
    if (array.shape(i) > std::numeric_limits<int>::max())
      throw UsageError(fmt::format("{}: {} is too large", name, shape_text(array)));
  }
}

/// Whether channels that an array has last, `c` of them, look like a side, and those of an image come first:
/// fewer rows than channels and than columns.
bool has_channels_first(py::ssize_t rows, py::ssize_t columns, py::ssize_t c) {
  return c > 4 && rows < c && (rows <= 4 || rows < columns);
}

py::array with_channels_last(const py::array& array, const std::string& name) {
  if (array.ndim() != 3) return array;
  const auto c = array.shape(0);
  // Bands there may be any number of, but [H, W, C] isn't to be taken for them.
  const bool colors = c == 1 || c == 3 || c == 4,
             turned = has_channels_first(array.shape(2), array.shape(1), c);
  if (!colors && (c > kMostChannels || turned))
    throw UsageError(
        fmt::format("{}: a tensor of {} has {} channels; tensors are [C, H, W] with 1 to {} of them{}", name,
                    shape_text(array), c, kMostChannels,
                    turned ? "; this one may be [H, W, C]: tensor.permute(2, 0, 1)" : ""));
  return array.attr("transpose")(1, 2, 0);
}

int depth_of(const py::array& array, const std::string& name) {
  if (py::isinstance<py::array_t<unsigned char>>(array)) return CV_8U;
  if (py::isinstance<py::array_t<std::uint16_t>>(array)) return CV_16U;
  if (py::isinstance<py::array_t<float>>(array)) return CV_32F;
  throw UsageError(fmt::format("{}: pixels are {}; they must be uint8, uint16, or float32 from 0 to 1", name,
                               py::cast<std::string>(py::str(array.dtype()))));
}

py::object pil_pixels(const py::object& image) {
  const auto mode = py::cast<std::string>(image.attr("mode"));
  const bool taken = mode == "L" || mode == "RGB" || mode == "RGBA" || mode == "I;16" || mode == "F";
  if (mode == "I")
    throw UsageError("a PIL image of mode I has 32-bit numbers; make it an array of uint16 or float32 first");
  const char* as = mode == "LA" || mode == "PA" ? "RGBA" : "RGB";
  return py::module_::import("numpy").attr("asarray")(taken ? image : image.attr("convert")(as));
}

}  // namespace

bool is_tensor(const py::handle& value) {
  const char* name = Py_TYPE(value.ptr())->tp_name;
  if (std::string_view(name) == "Tensor") return true;
  return has_attribute(value, "requires_grad") && has_attribute(value, "device") &&
         has_attribute(value, "numpy");
}

py::array array_of_tensor(const py::object& tensor, const std::string& name) {
  const auto device = py::cast<std::string>(py::str(tensor.attr("device")));
  if (device != "cpu")
    throw UsageError(fmt::format("{}: a tensor on {}; it must be on the CPU: tensor.cpu()", name, device));
  try {
    return py::array(tensor.attr("detach")().attr("numpy")());
  } catch (const py::error_already_set& error) {
    throw UsageError(fmt::format("{}: {}", name, error.what()));
  }
}

py::object tensor_over(const py::array& array) {
  return py::module_::import("torch").attr("from_numpy")(array);
}

Image image_of(const py::object& value, const std::string& name) {
  Image image;
  py::array array;
  if (py::isinstance<py::array>(value)) {
    array = py::reinterpret_borrow<py::array>(value);
  } else if (is_tensor(value)) {
    image.form = Image::Form::Tensor;
    array = with_channels_last(array_of_tensor(value, name), name);
  } else if (is_pil(value)) {
    image.form = Image::Form::Pil;
    array = py::reinterpret_borrow<py::array>(pil_pixels(value));
  } else {
    throw UsageError(fmt::format(
        "{}: a {} is no image; it must be a NumPy array [H, W, C], a tensor [C, H, W] or a PIL image", name,
        type_text(value)));
  }
  if (array.ndim() != 2 && array.ndim() != 3)
    throw UsageError(fmt::format("{}: {} has {} dimensions; one image is [H, W] or [H, W, C]", name,
                                 shape_text(array), array.ndim()));
  const int depth = depth_of(array, name);
  check_sides(array, name);
  const auto c = array.ndim() == 3 ? array.shape(2) : 1;
  const bool colors = c == 1 || c == 3 || c == 4,
             turned = array.ndim() == 3 && has_channels_first(array.shape(0), array.shape(1), c);
  if (!colors && (c > kMostChannels || turned))
    throw UsageError(fmt::format("{}: {} has {} channels; an image is [H, W, C] with 1 to {} of them{}", name,
                                 shape_text(array), c, kMostChannels,
                                 turned ? "; this one may be [C, H, W]: array.transpose(1, 2, 0)" : ""));
  image.flat = array.ndim() == 2;
  image.mat = mat_over(array, depth, image.keep);
  return image;
}

Image mask_of(const py::object& value, const std::string& name) {
  Image image;
  const bool tensor = is_tensor(value);
  if (!tensor && !py::isinstance<py::array>(value) && !is_pil(value))
    throw UsageError(
        fmt::format("{}: a {} is no mask; it must be an array or a tensor [H, W]", name, type_text(value)));
  image.form = tensor ? Image::Form::Tensor : Image::Form::Array;
  py::array array = tensor ? array_of_tensor(value, name)
                           : py::array::ensure(py::module_::import("numpy").attr("asarray")(value));
  if (array.ndim() != 2)
    throw UsageError(fmt::format("{}: a mask is [H, W], not {}", name, shape_text(array)));
  check_sides(array, name);
  const char kind = array.dtype().kind();
  if (kind == 'b') array = array.attr("view")("uint8");
  if (py::isinstance<py::array_t<unsigned char>>(array)) {
    image.mat = mat_over(array, CV_8U, image.keep);
    return image;
  }
  if (kind != 'i' && kind != 'u' && kind != 'b')
    throw UsageError(fmt::format("{}: a mask holds class numbers (uint8, bool, int32 or int64), not {}", name,
                                 py::cast<std::string>(py::str(array.dtype()))));
  const py::object least = array.attr("min")(), most = array.attr("max")();
  if (py::cast<double>(py::float_(least)) < std::numeric_limits<int>::min() ||
      py::cast<double>(py::float_(most)) > std::numeric_limits<int>::max())
    throw UsageError(fmt::format("{}: a mask's numbers must fit int32", name));
  if (!py::isinstance<py::array_t<int>>(array)) array = array.attr("astype")("int32");
  image.mat = mat_over(array, CV_32S, image.keep);
  return image;
}

py::object like_mask(const cv::Mat& mask, const py::object& given, Image::Form form) {
  py::array array;
  const std::vector<py::ssize_t> shape{mask.rows, mask.cols};
  if (mask.depth() == CV_8U)
    array = py::array_t<unsigned char>(shape);
  else
    array = py::array_t<int>(shape);
  cv::Mat out(mask.rows, mask.cols, mask.type(), array.mutable_data());
  mask.copyTo(out);
  if (form == Image::Form::Tensor) {
    const py::object tensor = tensor_over(array);
    return tensor.attr("to")(given.attr("dtype"));
  }
  if (!py::isinstance<py::array>(given)) return array;  // of PIL
  const py::object type = given.attr("dtype");
  if (array.dtype().is(type)) return array;
  if (py::reinterpret_borrow<py::dtype>(type).kind() == 'b') return array.attr("view")(type);
  return array.attr("astype")(type);
}

}  // namespace doppel::python
