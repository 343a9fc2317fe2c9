// Labels of one source as another numbers its classes.
#pragma once

#include <utility>
#include <vector>

#include "doppel/augment/plan/sample.h"

namespace doppel::dataset {

/// `numbers[k]` is what class k becomes; what isn't among them stays.
inline int renumbered(const std::vector<int>& numbers, int label) {
  return label >= 0 && label < static_cast<int>(numbers.size()) ? numbers[static_cast<std::size_t>(label)]
                                                                : label;
}

/// Shares of classes that become others.
inline std::vector<augment::LabelShare> renumbered(const std::vector<int>& numbers,
                                                   std::vector<augment::LabelShare> shares) {
  for (auto& share : shares) share.label = renumbered(numbers, share.label);
  return shares;
}

/// Labels that become others.
inline std::vector<int> renumbered(const std::vector<int>& numbers, std::vector<int> labels) {
  for (int& label : labels) label = renumbered(numbers, label);
  return labels;
}

/// All that has a class.
inline void renumber(const std::vector<int>& numbers, augment::Sample& sample) {
  sample.label = renumbered(numbers, sample.label);
  for (auto& box : sample.boxes) box.label = renumbered(numbers, box.label);
  for (auto& box : sample.rotated_boxes) box.label = renumbered(numbers, box.label);
  sample.label_shares = renumbered(numbers, std::move(sample.label_shares));
}

}  // namespace doppel::dataset
