// A plan as what it is to its image: y = A·x + b, and the way back for gradients, Aᵀ.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "doppel/augment/plan/plan.h"

namespace doppel::augment {

/// A drawn plan whose ops are affine in the pixels, for networks that learn through it: flips, crops, pads,
/// warps and bends (bilinear or nearest), colour matrices, contrast, covers that hide, dropped pixels,
/// additive noise, Gaussian and box blurs. Pixels are planes of floats or doubles, shares of the full range.
/// It does what render() does to a float image, but never clamps: what is clamped has no slope.
class LinearPlan {
 public:
  /// For images of the plan's source size and 1 or 3 channels. Throws UsageError, naming the op, where one
  /// is not affine.
  LinearPlan(const Plan& plan, int channels);
  ~LinearPlan();
  LinearPlan(LinearPlan&&) noexcept;             ///< the other may only be destroyed or assigned to
  LinearPlan& operator=(LinearPlan&&) noexcept;  ///< the same

  Size source() const { return source_; }  ///< of the images that it takes
  Size size() const { return size_; }      ///< of the images that it gives
  /// y[C, H', W'] = A·x[C, H, W] + b. Throws UsageError where x or y has another length.
  void forward(std::span<const float> x, std::span<float> y) const;
  void forward(std::span<const double> x, std::span<double> y) const;  ///< the same in doubles
  /// dx[C, H, W] = Aᵀ·dy[C, H', W']. Throws UsageError where dy or dx has another length.
  void adjoint(std::span<const float> dy, std::span<float> dx) const;
  void adjoint(std::span<const double> dy, std::span<double> dx) const;  ///< the same in doubles

  class Step;

 private:
  template <class T>
  void apply(std::span<const T> x, std::span<T> y) const;
  template <class T>
  void carry_back(std::span<const T> dy, std::span<T> dx) const;

  Size source_, size_;
  int channels_;
  std::vector<std::unique_ptr<const Step>> steps_;
};

}  // namespace doppel::augment
