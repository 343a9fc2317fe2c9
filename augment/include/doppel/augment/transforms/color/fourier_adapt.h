#pragma once

#include <string>
#include <vector>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// Takes the amplitude of the lowest frequencies from a reference (Yang and Soatto 2020).
struct FourierAdapt {
  static constexpr std::string_view name = "FourierAdapt";
  static constexpr std::string_view help = "Takes on another image's look.";
  std::vector<std::string> references{};  ///< image files, all alike; none: nothing changes
  Range beta{0, 0.05};                    ///< share of the short side's frequencies, from the lowest
  double p = 0.5;
  void draw(Draft& draft, const Stream& stream) const;
  void fields(FieldVisitor& visit);
};

}  // namespace doppel::augment
