#pragma once

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Haematoxylin and eosin in optical density: each stain's amount times `gain` plus `shift` (Tellez 2018).
struct StainShift {
  static constexpr std::string_view name = "StainShift";
  static constexpr std::string_view help = "Varies the stains of a tissue slide.";
  Range gain{0.7, 1.3};    ///< factor of each stain's amount, drawn for each
  Range shift{-0.2, 0.2};  ///< added to each stain's amount, in optical density (base e), drawn for each
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
