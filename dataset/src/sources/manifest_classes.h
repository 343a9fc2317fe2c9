// The classes of a manifest while it's read: texts that become numbers or names when all are known.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace doppel::dataset {

class ManifestClasses {
 public:
  enum class Kind { Label, BoxLabel };
  /// The number of a class, as it is written, met at row `number`.
  int of(std::string_view text, Kind kind, std::size_t number);
  /// As it was written first.
  const std::string& text(int of) const { return texts_[static_cast<std::size_t>(of)]; }
  /// Classes in the order in which they were met, those of one value as one; each number's new one is in
  /// `merged`. Throws Error where labels, or boxes' labels, are numbers with fractions; `unit`: what rows
  /// are. `minus_one_is_none`: also where no 0 is beside it.
  std::vector<std::string> finish(std::vector<int>& merged, std::string_view unit,
                                  bool minus_one_is_none) const;

 private:
  /// What is known of the labels of one kind.
  struct Column {
    bool only_numbers = true;
    std::size_t fraction_at = 0;  ///< the first row with one; 0: none
    std::string fraction;
  };
  std::unordered_map<std::string, int> numbers_;
  std::vector<std::string> texts_;
  std::vector<std::array<bool, 2>> kinds_;  ///< of each class: met as which
  std::array<Column, 2> columns_;
};

}  // namespace doppel::dataset
