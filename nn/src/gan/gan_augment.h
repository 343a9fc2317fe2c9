// Augmentation between pictures and the discriminator, through which gradients find back.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "doppel/augment/linear/linear_plan.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/graph.h"

namespace doppel::nn {

/// Draws a plan for each picture and applies it (Zhao et al. 2020; Karras et al. 2020). Pictures are in
/// [-1, 1].
class GanAugment {
 public:
  /// Throws UsageError, naming the op, where the recipe may draw one that has no way back or changes the
  /// size.
  GanAugment(const augment::Recipe& recipe, const Shape& picture, std::uint64_t seed);

  /// Row r is picture number first + r, and is changed with a chance of `chance`.
  std::vector<float> apply(std::span<const float> pictures, std::uint64_t first, double chance,
                           Executor& threads);
  /// In place: what the loss means for the changed pictures becomes what it means for the pictures of the
  /// last apply(), of which these are the ones from row `first` on.
  void back(std::span<float> gradient, std::size_t first, Executor& threads) const;

 private:
  std::optional<augment::LinearPlan> drawn(std::uint64_t number, double chance) const;

  augment::Recipe recipe_;
  Shape picture_;
  std::uint64_t seed_;
  augment::Sample like_;  ///< of the pictures' size: plans are drawn for it
  std::vector<std::optional<augment::LinearPlan>> plans_;
};

}  // namespace doppel::nn
