// The closed set of deterministic image operations that a plan is made of. Everything random has been
// decided: a noise op holds its own seed, a warp its matrix. Intensities are shares of the full range: 1 is
// white, for 8-bit and for float images alike. Pixel ops clamp their result to [0, 1]; alpha (a fourth
// channel) is moved by geometry and left alone by everything else.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "doppel/augment/fields.h"
#include "doppel/augment/matrix.h"

namespace doppel::augment {

/// How a picture is read between its pixels. Bilinear reads a picture halved (2x2 means) as often as the map
/// shrinks it by 2, so that shrinking doesn't alias; Area, Bicubic and Lanczos are for Resize.
enum class Filter { Nearest, Bilinear, Bicubic, Area, Lanczos };
inline constexpr std::array<std::string_view, 5> kFilterNames{"nearest", "bilinear", "bicubic", "area",
                                                              "lanczos"};

/// What a covered region shows.
enum class CoverFill { Color, Noise, Mean, Blur };
inline constexpr std::array<std::string_view, 4> kCoverFillNames{"color", "noise", "mean", "blur"};

namespace op {

/// Looks at a window of the picture: x, y is its upper left pixel.
struct Crop {
  static constexpr std::string_view name = "Crop";
  int x = 0, y = 0;
  Size size;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Crop&, const Crop&) = default;
};

/// x' = W - x (Horizontal) or y' = H - y (Vertical).
struct Flip {
  static constexpr std::string_view name = "Flip";
  enum class Axis { Horizontal, Vertical };
  Axis axis = Axis::Horizontal;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Flip&, const Flip&) = default;
};

/// Moves input point p to map(p); `fill` shows beyond the source.
struct Warp {
  static constexpr std::string_view name = "Warp";
  Matrix3 map;
  Size size;
  Fill fill;
  Filter filter = Filter::Bilinear;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Warp&, const Warp&) = default;
};

/// Scales the whole picture to `size`.
struct Resize {
  static constexpr std::string_view name = "Resize";
  Size size;
  Filter filter = Filter::Bilinear;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Resize&, const Resize&) = default;
};

/// Adds pixels around the picture. A wall: what a later warp pulls in is `fill`.
struct Pad {
  static constexpr std::string_view name = "Pad";
  int left = 0, right = 0, top = 0, bottom = 0;
  Fill fill;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Pad&, const Pad&) = default;
};

/// colour' = clamp(M · (r, g, b, 1)), M 3x4 row-major. A grey picture g takes the first row as if r = g = b =
/// grey.
struct ColorMatrix {
  static constexpr std::string_view name = "ColorMatrix";
  std::array<double, 12> matrix{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
  void fields(FieldVisitor& visit);
  friend bool operator==(const ColorMatrix&, const ColorMatrix&) = default;
};

/// x' = clamp(factor · x + (1 - factor) · mean luma of the picture at this point); Rec. 601 luma.
struct Contrast {
  static constexpr std::string_view name = "Contrast";
  double factor = 1;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Contrast&, const Contrast&) = default;
};

/// Turns the hue in HSV by `turn` of a full circle. Does nothing to grey pictures.
struct Hue {
  static constexpr std::string_view name = "Hue";
  double turn = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Hue&, const Hue&) = default;
};

/// x' = clamp(x + n) (Additive) or clamp(x · (1 + n)) (Multiplicative), n normal with deviation `std`, drawn
/// for each channel or shared by a pixel's channels. n is a function of (seed, x, y, channel).
struct Noise {
  static constexpr std::string_view name = "Noise";
  enum class Law { Additive, Multiplicative };
  enum class Channels { Each, Shared };
  Law law = Law::Additive;
  Channels channels = Channels::Each;
  double std = 0;
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Noise&, const Noise&) = default;
};

/// Sets a share `amount` of pixels to white (share `salt` of them) or black.
struct SaltPepper {
  static constexpr std::string_view name = "SaltPepper";
  double amount = 0, salt = 0.5;
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const SaltPepper&, const SaltPepper&) = default;
};

/// Covers rectangles {x, y, width, height}… with a colour, uniform noise, the picture's mean colour, or a
/// strongly blurred copy of the picture (sigma = a tenth of the short side).
struct Cover {
  static constexpr std::string_view name = "Cover";
  std::vector<double> holes;  ///< four whole numbers each, inside the picture
  CoverFill fill = CoverFill::Color;
  std::array<double, 3> color{};
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Cover&, const Cover&) = default;
};

/// Rain streaks in three depth layers, over a picture slightly dimmed and flattened; see weather.h.
struct Rain {
  static constexpr std::string_view name = "Rain";
  double amount = 0;  ///< [0, 1]
  double angle = 0;   ///< degrees from the vertical
  double length = 1, width = 1;
  double dim = 1;
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Rain&, const Rain&) = default;
};

/// Flakes that fall, in three depth layers.
struct SnowFall {
  static constexpr std::string_view name = "SnowFall";
  double amount = 0;
  double wind = 0;  ///< degrees from the vertical
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const SnowFall&, const SnowFall&) = default;
};

/// Snow that lies: light surfaces that face up become white (in HLS).
struct SnowSettle {
  static constexpr std::string_view name = "SnowSettle";
  double amount = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const SnowSettle&, const SnowSettle&) = default;
};

/// x' = x·t + airlight·(1 - t), t = exp(-density · depth · (1 + patchiness·(2n - 1))): Koschmieder's law;
/// depth falls from 1 at the horizon (share of the height) to 0.15 at the bottom edge, n is smooth 1/f noise
/// in [0, 1].
struct Fog {
  static constexpr std::string_view name = "Fog";
  double density = 0;  ///< optical depth at the horizon
  double patchiness = 0;
  double horizon = 0.35;
  std::array<double, 3> airlight{0.85, 0.85, 0.85};
  std::uint64_t seed = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Fog&, const Fog&) = default;
};

/// Gaussian of deviation `sigma` pixels, cut at 4 sigma; the border is reflected.
struct GaussianBlur {
  static constexpr std::string_view name = "GaussianBlur";
  double sigma = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const GaussianBlur&, const GaussianBlur&) = default;
};

/// Mean along a segment of `length` pixels at `angle`, anti-aliased, centred on its own centroid. `direction`
/// in
/// [-1, 1] leans the weights towards one end.
struct LineBlur {
  static constexpr std::string_view name = "LineBlur";
  double length = 1, angle = 0, direction = 0;
  void fields(FieldVisitor& visit);
  friend bool operator==(const LineBlur&, const LineBlur&) = default;
};

/// Encodes as JPEG of `quality` with 4:2:0 chroma, and decodes again.
struct Jpeg {
  static constexpr std::string_view name = "Jpeg";
  int quality = 95;
  void fields(FieldVisitor& visit);
  friend bool operator==(const Jpeg&, const Jpeg&) = default;
};

/// x' = (x - mean) / std per channel (one value serves all); not clamped, so always the last op.
struct Normalize {
  static constexpr std::string_view name = "Normalize";
  std::vector<double> mean{0}, std{1};
  void fields(FieldVisitor& visit);
  friend bool operator==(const Normalize&, const Normalize&) = default;
};

}  // namespace op

using Op = std::variant<op::Crop, op::Flip, op::Warp, op::Resize, op::Pad, op::ColorMatrix, op::Contrast,
                        op::Hue, op::Noise, op::SaltPepper, op::Cover, op::Rain, op::SnowFall, op::SnowSettle,
                        op::Fog, op::GaussianBlur, op::LineBlur, op::Jpeg, op::Normalize>;

std::string_view name_of(const Op& op);

/// How an op reads the picture, which decides what it can be fused with.
enum class OpKind {
  Geometry,  ///< a map of the plane: neighbours multiply into one
  Wall,      ///< Pad
  Pixel,     ///< each pixel from itself (and its place): neighbours run in one pass over rows
  Whole      ///< needs the whole picture or a neighbourhood
};
OpKind kind_of(const Op& op);

/// The point map of a Geometry op or Pad on a picture of `size`, from input to output.
Matrix3 map_of(const Op& op, Size size);
/// The size that `op` gives a picture of `size`.
Size size_after(const Op& op, Size size);

}  // namespace doppel::augment
