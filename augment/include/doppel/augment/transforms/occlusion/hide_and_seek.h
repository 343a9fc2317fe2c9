#pragma once

#include <vector>

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Hides each cell of a grid by chance (Singh 2017).
struct HideAndSeek {
  static constexpr std::string_view name = "HideAndSeek";
  static constexpr std::string_view help = "Hides grid cells by chance.";
  int grid = 4;                      ///< cells a side
  double share = 0.3;                ///< of the cells, by chance each
  CoverFill fill = CoverFill::Mean;  ///< what covers
  std::vector<double> color{0};  ///< for CoverFill::Color: one value, or r, g, b; shares of the full range
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
