#include "policy_space.h"

#include <cmath>

#include "color_matrices.h"
#include "doppel/augment/transforms/color/brightness.h"
#include "doppel/augment/transforms/color/contrast.h"

namespace doppel::augment {
namespace {

bool is_signed(PolicyOp op) { return op >= PolicyOp::ShearX && op <= PolicyOp::Sharpness; }

}  // namespace

double space_value(PolicyOp op, double part, bool wide, Size size) {
  switch (op) {
    case PolicyOp::ShearX:
    case PolicyOp::ShearY:
      return part * (wide ? 0.99 : 0.3);
    case PolicyOp::TranslateX:
      return part * (wide ? 32 : 150.0 / 331 * size.width);
    case PolicyOp::TranslateY:
      return part * (wide ? 32 : 150.0 / 331 * size.height);
    case PolicyOp::Rotate:
      return part * (wide ? 135 : 30);
    case PolicyOp::Brightness:
    case PolicyOp::Color:
    case PolicyOp::Contrast:
    case PolicyOp::Sharpness:
      return part * (wide ? 0.99 : 0.9);
    case PolicyOp::Posterize:
      return 8 - std::nearbyint(part * (wide ? 6 : 4));
    case PolicyOp::Solarize:
      return 1 - part;
    default:
      return 0;
  }
}

op::Kernel sharpness_kernel(double f) {
  const double k = (1 - f) / 13;
  return {{k, k, k, k, f + 5 * k, k, k, k, k}};
}

void append_policy_op(Draft& draft, PolicyOp op, double value, const Stream& stream, const Fill& fill,
                      Filter filter) {
  const double v = is_signed(op) && stream.chance("sign", 0.5) ? -value : value;
  const Size now = draft.size();
  const auto warp = [&](const Matrix3& map) { draft.append(op::Warp{map, now, fill, filter}); };
  switch (op) {
    case PolicyOp::Identity:
      return;
    case PolicyOp::ShearX:
      return warp(inverse(Matrix3{{1, v, 0, 0, 1, 0, 0, 0, 1}}));
    case PolicyOp::ShearY:
      return warp(inverse(Matrix3{{1, 0, 0, v, 1, 0, 0, 0, 1}}));
    case PolicyOp::TranslateX:
      return warp(translation(std::trunc(v), 0));
    case PolicyOp::TranslateY:
      return warp(translation(0, std::trunc(v)));
    case PolicyOp::Rotate:
      return warp(translation(now.width / 2.0, now.height / 2.0) * rotation(v) *
                  translation(-now.width / 2.0, -now.height / 2.0));
    case PolicyOp::Brightness:
      return draft.append(brightness_matrix(1 + v));
    case PolicyOp::Color:
      if (draft.channels() >= 3) draft.append(saturation_matrix(1 + v));
      return;
    case PolicyOp::Contrast:
      return draft.append(op::Contrast{1 + v});
    case PolicyOp::Sharpness:
      return draft.append(sharpness_kernel(1 + v));
    case PolicyOp::Posterize:
      return draft.append(op::Posterize{static_cast<int>(v)});
    case PolicyOp::Solarize:
      return draft.append(op::Solarize{.threshold = v});
    case PolicyOp::AutoContrast:
      return draft.append(op::AutoContrast{});
    case PolicyOp::Equalize:
      return draft.append(op::Equalize{});
    case PolicyOp::Invert:
      return draft.append(op::ColorMatrix{{-1, 0, 0, 1, 0, -1, 0, 1, 0, 0, -1, 1}});
  }
}

}  // namespace doppel::augment
