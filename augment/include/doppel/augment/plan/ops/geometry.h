// Ops that move pixels.
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

/// Looks at a window of the image: x, y is its upper left pixel.
struct Crop {
  static constexpr std::string_view name = "Crop";
  static constexpr OpKind kind = OpKind::Geometry;
  int x = 0;  ///< left edge, pixels
  int y = 0;  ///< upper edge, pixels
  Size size;  ///< of the window, pixels
  void fields(FieldVisitor& visit);
  friend bool operator==(const Crop&, const Crop&) = default;
};

/// x' = W - x (Horizontal) or y' = H - y (Vertical); Diagonal swaps x and y.
struct Flip {
  static constexpr std::string_view name = "Flip";
  static constexpr OpKind kind = OpKind::Geometry;
  /// Which coordinate is mirrored; Diagonal: the image is transposed.
  enum class Axis { Horizontal, Vertical, Diagonal };
  Axis axis = Axis::Horizontal;  ///< which coordinate is mirrored
  void fields(FieldVisitor& visit);
  friend bool operator==(const Flip&, const Flip&) = default;
};

/// Moves input point p to map(p); `fill` shows beyond the source.
struct Warp {
  static constexpr std::string_view name = "Warp";
  static constexpr OpKind kind = OpKind::Geometry;
  Matrix3 map;                       ///< from input to output
  Size size;                         ///< of the result, pixels
  Fill fill;                         ///< what shows beyond the source
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  void fields(FieldVisitor& visit);
  friend bool operator==(const Warp&, const Warp&) = default;
};

/// Scales the whole image to `size`.
struct Resize {
  static constexpr std::string_view name = "Resize";
  Size size;                         ///< of the result, pixels
  Filter filter = Filter::Bilinear;  ///< how pixels are interpolated
  void fields(FieldVisitor& visit);
  friend bool operator==(const Resize&, const Resize&) = default;
};

/// Adds pixels around the image. A wall: what a later warp pulls in is `fill`.
struct Pad {
  static constexpr std::string_view name = "Pad";
  static constexpr OpKind kind = OpKind::Wall;
  int left = 0;    ///< columns added, pixels
  int right = 0;   ///< columns added, pixels
  int top = 0;     ///< rows added, pixels
  int bottom = 0;  ///< rows added, pixels
  Fill fill;       ///< what the new pixels show
  void fields(FieldVisitor& visit);
  friend bool operator==(const Pad&, const Pad&) = default;
};

/// Cuts the image into rows x cols tiles and puts tile order[k] at place k. Tiles of different sizes never
/// change places.
struct Tiles {
  static constexpr std::string_view name = "Tiles";
  static constexpr OpKind kind = OpKind::Whole;
  int rows = 1;                 ///< of tiles, 1 to 256
  int cols = 1;                 ///< of tiles, 1 to 256
  std::vector<double> order{};  ///< which tile comes to each place, row by row
  void fields(FieldVisitor& visit);
  friend bool operator==(const Tiles&, const Tiles&) = default;
};

}  // namespace doppel::augment::op
