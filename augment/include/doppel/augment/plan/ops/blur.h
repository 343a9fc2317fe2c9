// Blurs and other filters over neighbours; borders are reflected.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/augment/plan/ops/kind.h"
#include "doppel/base/fields.h"
#include "doppel/base/matrix.h"

namespace doppel::augment::op {

/// Gaussian of deviation `sigma` pixels, cut at 3.5 sigma; the border is reflected.
struct GaussianBlur {
  static constexpr std::string_view name = "GaussianBlur";
  static constexpr OpKind kind = OpKind::Whole;
  double sigma = 0;  ///< pixels; 0 changes nothing
  void fields(FieldVisitor& visit);
  friend bool operator==(const GaussianBlur&, const GaussianBlur&) = default;
};

/// Mean along a segment from the first to the last of `length` pixels at `angle`, anti-aliased, centred on
/// its own centroid. `direction` in [-1, 1] leans the weights towards one end.
struct LineBlur {
  static constexpr std::string_view name = "LineBlur";
  static constexpr OpKind kind = OpKind::Whole;
  double length = 1;     ///< pixels; 1 or less changes nothing
  double angle = 0;      ///< degrees, counter-clockwise from the x axis
  double direction = 0;  ///< -1 leans back, 1 forward
  void fields(FieldVisitor& visit);
  friend bool operator==(const LineBlur&, const LineBlur&) = default;
};

/// Mean of size x size pixels; the border is reflected.
struct BoxBlur {
  static constexpr std::string_view name = "BoxBlur";
  static constexpr OpKind kind = OpKind::Whole;
  int size = 1;  ///< odd, pixels
  void fields(FieldVisitor& visit);
  friend bool operator==(const BoxBlur&, const BoxBlur&) = default;
};

/// Median of size x size pixels of each channel.
struct MedianBlur {
  static constexpr std::string_view name = "MedianBlur";
  static constexpr OpKind kind = OpKind::Whole;
  int size = 3;  ///< odd, pixels
  void fields(FieldVisitor& visit);
  friend bool operator==(const MedianBlur&, const MedianBlur&) = default;
};

/// Gaussian of deviation sigma_x along `angle` and sigma_y across.
struct EllipseBlur {
  static constexpr std::string_view name = "EllipseBlur";
  static constexpr OpKind kind = OpKind::Whole;
  double sigma_x = 1;  ///< pixels
  double sigma_y = 1;  ///< pixels
  double angle = 0;    ///< degrees
  void fields(FieldVisitor& visit);
  friend bool operator==(const EllipseBlur&, const EllipseBlur&) = default;
};

/// Out of focus: weight clamp(radius + 1/2 - r, 0, 1), then a Gaussian of `softness` pixels.
struct DiscBlur {
  static constexpr std::string_view name = "DiscBlur";
  static constexpr OpKind kind = OpKind::Whole;
  double radius = 0;    ///< pixels
  double softness = 0;  ///< pixels
  void fields(FieldVisitor& visit);
  friend bool operator==(const DiscBlur&, const DiscBlur&) = default;
};

/// Mean of the image zoomed by 1 to `factor` about (x, y).
struct ZoomBlur {
  static constexpr std::string_view name = "ZoomBlur";
  static constexpr OpKind kind = OpKind::Whole;
  double factor = 1;  ///< the largest zoom, 1 to 4; 1 changes nothing
  double x = 0.5;     ///< centre, of the width
  double y = 0.5;     ///< centre, of the height
  void fields(FieldVisitor& visit);
  friend bool operator==(const ZoomBlur&, const ZoomBlur&) = default;
};

/// Each pixel is read from a random place up to `shift` pixels away, `rounds` times, between Gaussians of
/// `sigma` (0: none).
struct Scatter {
  static constexpr std::string_view name = "Scatter";
  static constexpr OpKind kind = OpKind::Whole;
  int shift = 1;     ///< pixels
  int rounds = 1;    ///< times that pixels move, 1 to 20
  double sigma = 0;  ///< pixels
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Scatter&, const Scatter&) = default;
};

/// Correlation with an n x n kernel (n odd), row by row; the border is reflected.
struct Kernel {
  static constexpr std::string_view name = "Kernel";
  static constexpr OpKind kind = OpKind::Whole;
  std::vector<double> weights{};  ///< n x n numbers
  void fields(FieldVisitor& visit);
  friend bool operator==(const Kernel&, const Kernel&) = default;
};

/// x + amount · (x - G) where |x - G| is above `threshold`, G a Gaussian of `sigma`; the step is softened
/// over half a threshold.
struct Unsharp {
  static constexpr std::string_view name = "Unsharp";
  static constexpr OpKind kind = OpKind::Whole;
  double sigma = 1;      ///< pixels
  double amount = 0;     ///< factor of the detail, -10 to 10; below 0 softens
  double threshold = 0;  ///< of the full range
  void fields(FieldVisitor& visit);
  friend bool operator==(const Unsharp&, const Unsharp&) = default;
};

}  // namespace doppel::augment::op
