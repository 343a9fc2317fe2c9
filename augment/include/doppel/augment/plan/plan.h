// A plan: what will be done to one sample, with no randomness left. Small, comparable, printable,
// serialisable.
#pragma once

#include <string>
#include <vector>

#include "doppel/augment/plan/op.h"

namespace doppel::augment {

/// An op in a few words, done to an image of `size`: what Plan::text() says of it.
std::string text_of(const Op& op, Size size);

/// Ops that are done to an image one after the other.
struct Plan {
  static constexpr std::string_view kChildren = "plans";  ///< what a list of them is called
  static constexpr bool kMayBeNone = true;                ///< a list of them may be empty
  Size source;          ///< the size of the image that the plan was drawn for
  std::vector<Op> ops;  ///< in order
  int mask_fill = 0;    ///< what shows beyond the image in masks of classes; in those of instances it is 0
  /// Which channels are red, green and blue, from 0; empty: those of grey, RGB and RGBA images. Other
  /// channels are bands, each treated as a grey image is; ops that need colours change these three alone.
  std::vector<int> rgb = {};
  bool bands = false;  ///< of four channels none is alpha: they are bands, too

  friend bool operator==(const Plan&, const Plan&) = default;

  /// The size of the result.
  Size size() const;
  /// Where a source point ends up.
  Point map(Point p) const;
  /// One line for people: "crop 200x180 at 20,14 · flip horizontal · rotate 12° left, zoom 1.08".
  std::string words() const;
  /// The same, and each warp's matrix to three digits behind it.
  std::string text() const;
  /// Every op with every field, at full precision.
  std::string yaml() const;
  /// Reads what yaml() wrote. Throws UsageError with `name` and the line where the text is wrong.
  static Plan from_yaml(const std::string& text, const std::string& name = "plan");
  /// The same plan with neighbouring geometric ops multiplied into one each, where that is the same image:
  /// a run ends where the border rule or the filter changes, at a Pad, and at any op on pixels.
  Plan fuse() const;
};

/// True of three different channels, 0 to kMostChannels - 1: what Plan::rgb may be beside empty.
bool is_rgb(const std::vector<int>& channels);

}  // namespace doppel::augment
