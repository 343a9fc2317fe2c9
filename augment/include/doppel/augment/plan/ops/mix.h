// Ops that hold plans of their own.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/augment/plan/ops/kind.h"
#include "doppel/base/fields.h"
#include "doppel/base/matrix.h"

namespace doppel::augment {
struct Plan;
}

namespace doppel::augment::op {

/// x' = x + share · m · (sum of weight_i · branch_i(x) - x): branches of plans that keep the image's size,
/// seen through a mask m. AugMix (Hendrycks 2020) and effects in part of the image.
struct Blend {
  static constexpr std::string_view name = "Blend";
  static constexpr OpKind kind = OpKind::Whole;
  /// Where the branches show: everywhere, in patches of noise, along a gradient, in every other square, in
  /// `boxes`.
  enum class Mask { All, Noise, Gradient, Checker, Boxes };
  std::vector<Plan> branches;     ///< what is done; each keeps the image's size
  std::vector<double> weights{};  ///< one per branch
  double share = 1;               ///< of the branches in the result, 0 to 1
  Mask mask = Mask::All;          ///< where they show
  double scale = 0.2;             ///< of the short side: patches of noise, squares of the checker
  double angle = 0;               ///< degrees: where the gradient points
  std::vector<double> boxes{};    ///< x0, y0, x1, y1 of each, pixels
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Blend& a, const Blend& b);  ///< true where all fields are the same
};

/// Brings in another sample's image, as `plan` renders it. Average: (1 - share) · x + share · other, sizes
/// alike. Paste: the other image covers the rectangle at (x, y) of its own size; a `feather` above 0
/// softens its edge. Cut: only where its instance mask (or its first) holds one of `values`. In instance
/// masks, `values` become `names`.
struct Join {
  static constexpr std::string_view name = "Join";
  static constexpr OpKind kind = OpKind::Whole;
  /// How the other image comes in: see Join.
  enum class Mode { Average, Paste, Cut };
  Mode mode = Mode::Average;     ///< how the other image comes in
  int partner = 0;               ///< which of the sample's partners
  std::vector<Plan> plan;        ///< one: what is done to the partner
  double share = 0;              ///< of the other image, for Average, 0 to 1
  int x = 0;                     ///< the other image's left edge, pixels
  int y = 0;                     ///< its upper edge, pixels
  double feather = 0;            ///< pixels
  std::vector<double> values{};  ///< instance numbers of the partner; for Cut: those that are pasted
  std::vector<double> names{};   ///< their numbers here; empty: the same
  int sample = -1;               ///< the partner's number in its data set; -1: nobody told
  void fields(FieldVisitor& visit);
  friend bool operator==(const Join& a, const Join& b);  ///< true where all fields are the same
};

}  // namespace doppel::augment::op

// Ops hold plans, and plans ops: whoever sees one sees both.
#include "doppel/augment/plan/op.h"
