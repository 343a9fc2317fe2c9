// A polygon or a line whose class is a word yet.
#pragma once

#include <string>

#include "doppel/augment/plan/sample.h"

namespace doppel::dataset {

struct LabelledOutline {
  augment::Outline outline;  ///< without a label
  std::string label;
};

}  // namespace doppel::dataset
