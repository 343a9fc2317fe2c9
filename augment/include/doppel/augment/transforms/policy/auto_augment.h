#pragma once

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// One of 25 learned pairs of operations (Cubuk 2019), as torchvision lists them.
struct AutoAugment {
  static constexpr std::string_view name = "AutoAugment";
  static constexpr std::string_view help = "Learned pairs of operations.";
  /// The data set that the pairs were learned on.
  enum class Policy { ImageNet, Cifar10, Svhn };
  Policy policy = Policy::ImageNet;  ///< whose pairs
  Fill fill{};                       ///< what shows beyond the image
  Filter filter = Filter::Nearest;   ///< how pixels are interpolated
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
