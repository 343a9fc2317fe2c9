// Sizes, points, and what is read where an image has no pixels.
#pragma once

#include <array>
#include <string_view>

namespace doppel {

/// Pixels, height first: [height, width].
struct Size {
  int height = 0;  ///< rows
  int width = 0;   ///< columns
  friend bool operator==(const Size&, const Size&) = default;
};

/// Channels that an image may have. Those of 1, 3 and 4 are grey, RGB and RGBA; the others' are bands, each
/// of which is treated as a grey image is.
inline constexpr int kMostChannels = 64;
/// Whether an image of so many channels is one of bands, and not grey, RGB or RGBA. (Four channels may be
/// bands, too: only their file knows.)
constexpr bool is_banded(int channels) { return channels == 2 || channels > 4; }

/// What shows where an image has no pixels: a colour (RGBA, shares of the full range; of grey and of bands
/// the first number), or a border rule. Reflect repeats no edge pixel (dcb|abcd|cba), Symmetric does
/// (cba|abcd|dcb), Replicate holds the edge, Wrap continues at the other side.
struct Fill {
  /// A colour, or one of four border rules.
  enum class Kind { Color, Reflect, Replicate, Wrap, Symmetric };
  Kind kind = Kind::Color;                  ///< which
  std::array<double, 4> color{0, 0, 0, 1};  ///< for Kind::Color: red, green, blue, alpha
  friend bool operator==(const Fill&, const Fill&) = default;
};
/// As plans and recipes write the border rules, in the order of Fill::Kind; a colour is numbers.
inline constexpr std::array<std::string_view, 5> kFillNames{"", "reflect", "replicate", "wrap", "symmetric"};

/// In continuous coordinates: the first pixel is from 0 to 1, its centre at 0.5.
struct Point {
  double x = 0;  ///< pixels, to the right
  double y = 0;  ///< pixels, downwards
  friend bool operator==(const Point&, const Point&) = default;
};

/// How an image is read between its pixels. Bilinear and Bicubic read an image halved (2x2 means) as often
/// as the map shrinks it by 2, so that shrinking doesn't alias; Area and Lanczos are for Resize.
enum class Filter { Nearest, Bilinear, Bicubic, Area, Lanczos };
/// As plans and recipes write them, in the order of Filter.
inline constexpr std::array<std::string_view, 5> kFilterNames{"nearest", "bilinear", "bicubic", "area",
                                                              "lanczos"};

}  // namespace doppel
