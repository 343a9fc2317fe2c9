#pragma once

#include <vector>

#include "doppel/augment/plan/op.h"
#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Hides each cell of a grid by chance (Singh 2017).
struct HideAndSeek {
  static constexpr std::string_view name = "HideAndSeek";
  static constexpr std::string_view help = "Hides grid cells by chance.";
  int grid = 4;
  double share = 0.3;
  CoverFill fill = CoverFill::Mean;
  std::vector<double> color{0};
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
