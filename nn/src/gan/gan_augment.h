// Augmentation between images and the discriminator, through which gradients find back.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "doppel/augment/linear/linear_plan.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/graph.h"

namespace doppel::nn {

/// Draws a plan for each image and applies it (Zhao et al. 2020; Karras et al. 2020). Images are in
/// [-1, 1].
class GanAugment {
 public:
  /// Throws UsageError, naming the op, where the recipe may draw one that has no way back or changes the
  /// size.
  GanAugment(const augment::Recipe& recipe, const Shape& image, std::uint64_t seed);

  /// Row r is image number first + r, and is changed with a chance of `chance`.
  std::vector<float> apply(std::span<const float> images, std::uint64_t first, double chance,
                           Executor& threads);
  /// In place: what the loss means for the changed images becomes what it means for the images of the
  /// last apply(), of which these are the ones from row `first` on.
  void back(std::span<float> gradient, std::size_t first, Executor& threads) const;

 private:
  std::optional<augment::LinearPlan> drawn(std::uint64_t number, double chance) const;

  augment::Recipe recipe_;
  Shape image_;
  std::uint64_t seed_;
  augment::Sample like_;  ///< of the images' size: plans are drawn for it
  std::vector<std::optional<augment::LinearPlan>> plans_;
};

}  // namespace doppel::nn
