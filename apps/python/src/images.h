// Arrays, tensors and PIL's images as images of doppel's, without a copy where they lie as cv::Mat can.
#pragma once

#include <pybind11/numpy.h>

#include <opencv2/core/mat.hpp>
#include <string>

#include "bind.h"

namespace doppel::python {

/// An image that Python has.
struct Image {
  /// What it was given as, and comes back as.
  enum class Form { Array, Tensor, Pil };
  cv::Mat mat;      ///< its pixels, or a copy of them
  py::object keep;  ///< whose memory that is
  Form form = Form::Array;
  bool flat = false;  ///< an array of [H, W] without channels
};

/// `value`: an array [H, W] or [H, W, C] of uint8, uint16 or float32, 1 to 64 channels, a CPU tensor [H, W]
/// or [C, H, W], or a PIL image. Throws UsageError with `name` where it's none or has no pixels.
Image image_of(const py::object& value, const std::string& name);

/// A mask [H, W] of uint8, bool, int32 or int64, as an array or a CPU tensor, as CV_8U or CV_32S.
Image mask_of(const py::object& value, const std::string& name);

/// As `mask` was given: of its type, array or tensor.
py::object like_mask(const cv::Mat& mask, const py::object& given, Image::Form form);

/// A torch tensor over an array's memory.
py::object tensor_over(const py::array& array);
/// True for torch's tensors, without importing torch.
bool is_tensor(const py::handle& value);
/// A tensor's numbers as an array that shares them. Throws UsageError where they aren't on the CPU.
py::array array_of_tensor(const py::object& tensor, const std::string& name);

}  // namespace doppel::python
