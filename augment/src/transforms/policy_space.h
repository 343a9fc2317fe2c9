// The operations that AutoAugment, RandAugment and their like share.
#pragma once

#include <array>
#include <span>

#include "doppel/augment/draft/draft.h"
#include "doppel/base/random.h"

namespace doppel::augment {

enum class PolicyOp {
  Identity,
  ShearX,
  ShearY,
  TranslateX,
  TranslateY,
  Rotate,
  Brightness,
  Color,
  Contrast,
  Sharpness,
  Posterize,
  Solarize,
  AutoContrast,
  Equalize,
  Invert
};

struct PolicyStep {
  PolicyOp op;
  double chance;
  int bin;  ///< of 0 to 9
};
using PolicyPair = std::array<PolicyStep, 2>;

/// The 25 pairs of ImageNet (0), CIFAR-10 (1) or SVHN (2).
std::span<const PolicyPair> policy_pairs(int policy);

/// An operation's magnitude at `part` of its range, in its own unit: shear .3 (wide .99), translation 150/331
/// of the side (wide 32 pixels), 30 degrees (wide 135), enhancements ±.9 (wide .99), 8 to 4 bits (wide 2),
/// threshold 1 to 0.
double space_value(PolicyOp op, double part, bool wide, Size size);

/// Appends one operation; signs are drawn where an operation has them.
void append_policy_op(Draft& draft, PolicyOp op, double value, const Stream& stream, const Fill& fill,
                      Filter filter);

/// Blends with PIL's 3x3 smoothing (1 1 1, 1 5 1, 1 1 1) / 13.
op::Kernel sharpness_kernel(double factor);

}  // namespace doppel::augment
