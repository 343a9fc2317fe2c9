// What ops have in common.
#pragma once

#include <array>
#include <string_view>

namespace doppel::augment {

/// How an op reads the picture, which decides what it can be fused with.
enum class OpKind {
  Geometry,  ///< a map of the plane: neighbours become one
  Wall,      ///< Pad
  Pixel,     ///< each pixel from itself (and its place): neighbours run in one pass over rows
  Whole      ///< needs the whole picture or a neighbourhood
};

/// How a picture is read between its pixels. Bilinear and Bicubic read a picture halved (2x2 means) as often
/// as the map shrinks it by 2, so that shrinking doesn't alias; Area and Lanczos are for Resize.
enum class Filter { Nearest, Bilinear, Bicubic, Area, Lanczos };
inline constexpr std::array<std::string_view, 5> kFilterNames{"nearest", "bilinear", "bicubic", "area",
                                                              "lanczos"};

/// What a covered region shows.
enum class CoverFill { Color, Noise, Mean, Blur };
inline constexpr std::array<std::string_view, 4> kCoverFillNames{"color", "noise", "mean", "blur"};

}  // namespace doppel::augment
