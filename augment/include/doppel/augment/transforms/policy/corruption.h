#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// The 15 common corruptions of ImageNet-C (Hendrycks and Dietterich 2019) and its four extra ones, at
/// severity 1 to 5 with its settings: for testing a model rather than training it. Pixel lengths hold for 224
/// pixels and scale with the short side.
struct Corruption {
  static constexpr std::string_view name = "Corruption";
  static constexpr std::string_view help = "ImageNet-C's corruptions.";
  /// In the benchmark's order; the last four are the extra ones.
  enum class Kind {
    GaussianNoise,
    ShotNoise,
    ImpulseNoise,
    DefocusBlur,
    GlassBlur,
    MotionBlur,
    ZoomBlur,
    Snow,
    Frost,
    Fog,
    Brightness,
    Contrast,
    ElasticTransform,
    Pixelate,
    JpegCompression,
    SpeckleNoise,
    GaussianBlur,
    Spatter,
    Saturate
  };
  static constexpr int kKinds = 19;       ///< all
  static constexpr int kCommon = 15;      ///< the first, which the benchmark averages
  Kind corruption = Kind::GaussianNoise;  ///< which
  int severity = 3;                       ///< 1 to 5
  double p = 1;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

/// "gaussian_noise", "jpeg_compression", …
std::string_view corruption_name(Corruption::Kind kind);

}  // namespace doppel::augment
