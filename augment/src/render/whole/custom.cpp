#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <opencv2/core.hpp>

#include "base/image_pool.h"
#include "doppel/augment/plan/custom_op.h"
#include "doppel/base/error.h"
#include "render/whole_op.h"

namespace doppel::augment {
namespace {

/// What the function made, which must have the size and the type that were promised.
cv::Mat checked_result(const op::Custom& o, const cv::Mat& in, const cv::Mat& out, Size size) {
  if (out.type() != in.type() || size_of(out) != size)
    throw Error(
        fmt::format("the operation {} made {}x{} with {} channels and depth {} of {}x{} with {} and {}; it "
                    "promised {}x{} and "
                    "the same channels and depth",
                    o.function, out.rows, out.cols, out.channels(), cv::depthToString(out.depth()), in.rows,
                    in.cols, in.channels(), cv::depthToString(in.depth()), size.height, size.width));
  return out.data == in.data ? pooled_copy(out) : out;
}

}  // namespace

cv::Mat apply_custom(const op::Custom& o, const cv::Mat& image) {
  const CustomOp& custom = registered_op(o.function);
  const CustomCall call{o.arguments, o.seed};
  cv::Mat out;
  custom.pixels(image, call, out);
  return checked_result(o, image, out, custom.size ? custom.size(size_of(image), call) : size_of(image));
}

cv::Mat custom_mask(const op::Custom& o, const cv::Mat& mask) {
  const CustomOp& custom = registered_op(o.function);
  if (!custom.map && !custom.size) return mask;
  if (!custom.mask)
    throw Error(
        fmt::format("the operation {} moves pixels, but says nothing of masks (CustomOp::mask)", o.function));
  const CustomCall call{o.arguments, o.seed};
  cv::Mat out;
  custom.mask(mask, call, out);
  return checked_result(o, mask, out, custom.size ? custom.size(size_of(mask), call) : size_of(mask));
}

/// A mask of pixels' numbers, from 1, says where each comes from; 0: from beyond the image.
cv::Mat custom_map(const op::Custom& o, const FloatMap& map, const cv::Mat& values) {
  const CustomOp& custom = registered_op(o.function);
  if (!custom.map && !custom.size) return values;
  if (map.kind == MapKind::Flow)
    throw Error(fmt::format("the operation {} moves pixels, and can't tell how the flow '{}' turns with them",
                            o.function, map.name));
  cv::Mat numbers(values.size(), CV_32S);
  std::iota(numbers.begin<int>(), numbers.end<int>(), 1);
  numbers = custom_mask(o, numbers);
  cv::Mat out(numbers.size(), values.type());
  const auto channels = static_cast<std::size_t>(values.channels());
  for (int y = 0; y < out.rows; ++y)
    for (int x = 0; x < out.cols; ++x) {
      const int number = numbers.at<int>(y, x) - 1;
      float* to = out.ptr<float>(y) + static_cast<std::size_t>(x) * channels;
      if (number < 0 || number >= static_cast<int>(values.total()))
        std::fill_n(to, channels, map.fill);
      else
        std::copy_n(values.ptr<float>(number / values.cols, number % values.cols), channels, to);
    }
  return out;
}

}  // namespace doppel::augment
