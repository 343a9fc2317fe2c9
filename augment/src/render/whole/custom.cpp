#include <fmt/format.h>

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

}  // namespace doppel::augment
