// What ops have in common.
#pragma once

#include <array>
#include <string_view>

namespace doppel::augment {

/// How an op reads the image, which decides what it can be fused with.
enum class OpKind {
  Geometry,  ///< a map of the plane: neighbours become one
  Wall,      ///< Pad
  Pixel,     ///< each pixel from itself (and its place): neighbours run in one pass over rows
  Whole      ///< needs the whole image or a neighbourhood
};

/// What a covered region shows.
enum class CoverFill { Color, Noise, Mean, Blur };
/// As plans and recipes write them, in the order of CoverFill.
inline constexpr std::array<std::string_view, 4> kCoverFillNames{"color", "noise", "mean", "blur"};

}  // namespace doppel::augment
