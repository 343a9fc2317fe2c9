// Loss of quality, and other changes that need the whole image.
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

/// Encodes as JPEG of `quality` with 4:2:0 chroma, and decodes again.
struct Jpeg {
  static constexpr std::string_view name = "Jpeg";
  static constexpr OpKind kind = OpKind::Whole;
  int quality = 95;  ///< 1 to 100
  void fields(FieldVisitor& visit);
  friend bool operator==(const Jpeg&, const Jpeg&) = default;
};

/// Encodes as lossy WebP of `quality`, and decodes again.
struct Webp {
  static constexpr std::string_view name = "Webp";
  static constexpr OpKind kind = OpKind::Whole;
  int quality = 95;  ///< 1 to 100
  void fields(FieldVisitor& visit);
  friend bool operator==(const Webp&, const Webp&) = default;
};

/// Shrinks by `factor` and grows back, both by their filter.
struct Downscale {
  static constexpr std::string_view name = "Downscale";
  static constexpr OpKind kind = OpKind::Whole;
  double factor = 1;            ///< of each side, 0.001 to 1
  Filter down = Filter::Area;   ///< filter that shrinks
  Filter up = Filter::Nearest;  ///< filter that grows
  void fields(FieldVisitor& visit);
  friend bool operator==(const Downscale&, const Downscale&) = default;
};

/// What a colour filter array (RGGB) sees, put together again bilinearly.
struct BayerMosaic {
  static constexpr std::string_view name = "BayerMosaic";
  static constexpr OpKind kind = OpKind::Whole;
  void fields(FieldVisitor& visit);
  friend bool operator==(const BayerMosaic&, const BayerMosaic&) = default;
};

/// Every other row comes from `shift` pixels to the side.
struct Interlace {
  static constexpr std::string_view name = "Interlace";
  static constexpr OpKind kind = OpKind::Whole;
  int shift = 0;  ///< of odd rows, pixels
  void fields(FieldVisitor& visit);
  friend bool operator==(const Interlace&, const Interlace&) = default;
};

/// Contrast-limited adaptive equalisation (Zuiderveld 1994) of the lightness, over tiles x tiles.
struct Clahe {
  static constexpr std::string_view name = "Clahe";
  static constexpr OpKind kind = OpKind::Whole;
  double clip = 2;  ///< most that a histogram's bin may hold, times the mean bin
  int tiles = 8;    ///< a side
  void fields(FieldVisitor& visit);
  friend bool operator==(const Clahe&, const Clahe&) = default;
};

/// Dilation or erosion by a disc.
struct Morphology {
  static constexpr std::string_view name = "Morphology";
  static constexpr OpKind kind = OpKind::Whole;
  /// Dilate takes the largest value within the disc, Erode the smallest.
  enum class Mode { Dilate, Erode };
  Mode mode = Mode::Dilate;  ///< which
  double radius = 1;         ///< pixels
  void fields(FieldVisitor& visit);
  friend bool operator==(const Morphology&, const Morphology&) = default;
};

/// About `count` patches of near colour (SLIC, Achanta 2012, three rounds); a share of them takes its mean.
struct Superpixels {
  static constexpr std::string_view name = "Superpixels";
  static constexpr OpKind kind = OpKind::Whole;
  int count = 100;   ///< of patches, about
  double share = 1;  ///< of patches replaced
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Superpixels&, const Superpixels&) = default;
};

/// Dots on a grid of `cell` pixels at `angle`, as large as the image is dark there.
struct Halftone {
  static constexpr std::string_view name = "Halftone";
  static constexpr OpKind kind = OpKind::Whole;
  double cell = 4;    ///< pixels
  double angle = 45;  ///< degrees
  double share = 1;   ///< of the result
  void fields(FieldVisitor& visit);
  friend bool operator==(const Halftone&, const Halftone&) = default;
};

/// Red and blue are scaled about the centre by 1 + red and 1 + blue; green stays.
struct Chromatic {
  static constexpr std::string_view name = "Chromatic";
  static constexpr OpKind kind = OpKind::Whole;
  double red = 0;   ///< growth of red, -0.5 to 0.5
  double blue = 0;  ///< growth of blue, -0.5 to 0.5
  void fields(FieldVisitor& visit);
  friend bool operator==(const Chromatic&, const Chromatic&) = default;
};

/// Sobel's gradient magnitude of the luma, blended in by `share`.
struct Edges {
  static constexpr std::string_view name = "Edges";
  static constexpr OpKind kind = OpKind::Whole;
  double share = 1;  ///< of the result
  void fields(FieldVisitor& visit);
  friend bool operator==(const Edges&, const Edges&) = default;
};

/// Fourier domain adaptation (Yang and Soatto 2020): the lowest frequencies, up to beta of the short side,
/// take their amplitude from the image `file`.
struct FourierAdapt {
  static constexpr std::string_view name = "FourierAdapt";
  static constexpr OpKind kind = OpKind::Whole;
  std::string file{};  ///< the reference
  double beta = 0.01;  ///< the highest frequency taken, of the short side, 0 to 0.5
  void fields(FieldVisitor& visit);
  friend bool operator==(const FourierAdapt&, const FourierAdapt&) = default;
};

}  // namespace doppel::augment::op
