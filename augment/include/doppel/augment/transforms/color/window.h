#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Shows a range of intensities in full: what lies `width` around `center` becomes 0 to 1, and what lies
/// outside black or white. Both are in the image's own numbers: 0 to 255, 0 to 65535, or floats as they are,
/// as a CT's Hounsfield units. Where a data set has said its range, images are shares of it, and these are
/// too.
struct Window {
  static constexpr std::string_view name = "Window";
  static constexpr std::string_view help = "Shows a range of intensities, as of a CT, in full.";
  /// Those usual for CT: radiopaedia.org, "Windowing (CT)".
  enum class Preset { Custom, Brain, Subdural, Stroke, Bone, Lung, Mediastinum, Abdomen, Liver, Spine };
  Range center{40, 40};            ///< the middle of what is shown
  Range width{400, 400};           ///< how much is shown, above 0
  Preset preset = Preset::Custom;  ///< instead of both
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
