#pragma once

#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// A fixed list of views: each scale, each crop, each with its mirror image. Epoch k of a loader shows view
/// k mod count(); plans() gives them all. Nothing is drawn at random.
struct TestTime {
  static constexpr std::string_view name = "TestTime";
  static constexpr std::string_view help = "Shows fixed views of an image, one per epoch.";
  Size size{0, 0};                ///< of every view; 0: the image's
  bool flips = true;              ///< each view also mirrored
  int crops = 1;                  ///< 1: the whole image; 5: its corners and centre as well
  double window = 0.875;          ///< share of the sides that a corner or centre view shows
  std::vector<double> scales{1};  ///< above 1 magnifies about the centre, below 1 shows a reflected border
  double p = 1;
  /// Views in the list.
  int count() const;
  /// View k of an image, 0 <= k < count().
  Plan plan(Size source, int k) const;
  /// All views of an image, in order.
  std::vector<Plan> plans(Size source) const;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
