// Foreign images and text.
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

/// Lays the image `file` (alpha respected) over the rectangle x, y, width, height.
struct Overlay {
  static constexpr std::string_view name = "Overlay";
  static constexpr OpKind kind = OpKind::Whole;
  std::string file{};  ///< a PNG with alpha, or any image
  int x = 0;           ///< pixels
  int y = 0;           ///< pixels
  Size size{1, 1};     ///< that it is scaled to, pixels
  double opacity = 1;  ///< 0 to 1; above 0.5 objects below count as covered
  void fields(FieldVisitor& visit);
  friend bool operator==(const Overlay&, const Overlay&) = default;
};

/// Writes `words` with their baseline's start at (x, y), `height` pixels tall.
struct Text {
  static constexpr std::string_view name = "Text";
  static constexpr OpKind kind = OpKind::Whole;
  std::string words{};                   ///< what is written, in one line
  double x = 0;                          ///< pixels
  double y = 0;                          ///< pixels
  double height = 16;                    ///< pixels
  std::array<double, 3> color{1, 1, 1};  ///< of the ink
  double opacity = 1;                    ///< of the ink, 0 to 1
  void fields(FieldVisitor& visit);
  friend bool operator==(const Text&, const Text&) = default;
};

}  // namespace doppel::augment::op
