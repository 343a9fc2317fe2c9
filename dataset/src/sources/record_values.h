// What records (rows, features, JSON beside images) say besides pixels, classes and boxes.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "manifest_roles.h"
#include "manifest_values.h"

namespace doppel::dataset {

/// Texts that are no longer than this are fields; longer ones are something else.
inline constexpr std::size_t kLongestField = 1 << 16;
/// Lists of numbers as well.
inline constexpr std::size_t kMostInField = 64;
/// Whether these bytes are text that can be a field: UTF-8, and not too long.
bool is_field_text(std::string_view bytes);

/// Numbers to learn and weights where a user named them, and all else as fields.
class RecordValues {
 public:
  /// `columns`: as a manifest's; of them target and weight count here. Throws UsageError for a name that
  /// isn't ours, and for frames, which records don't have.
  explicit RecordValues(const std::map<std::string, std::string>& columns = {});
  /// What the next sample's record says. Throws Error for a number to learn or a weight that is none.
  void take(std::vector<augment::NamedValue> said);
  /// Once all were taken. `met`: names that are in records and in no field. `one`: what a
  /// name is of, "column", "feature", "key of .json". `all`: those that say something else, too.
  /// Throws Error where nobody has a number to learn, or all weights are 0.
  void finish(std::string_view one, const std::set<std::string>& met, Remarks& remarks,
              const std::set<std::string>& all = {});
  /// Whether a user named numbers to learn.
  bool has_targets() const { return !values_.names().empty(); }
  /// True of the name of a number to learn or of the weight, in any case.
  bool is_given(std::string_view name) const;

  const std::vector<std::string>& number_names() const { return values_.names(); }
  std::vector<double> numbers(std::size_t sample) const { return values_.numbers(sample); }
  void annotate(std::size_t sample, augment::Sample& into) const { values_.annotate(sample, into); }

 private:
  std::vector<std::string> targets_;  ///< in lower case
  std::string weight_;                ///< in lower case; empty: none was named
  std::set<std::string> found_;       ///< of these
  std::set<std::string, std::less<>> kept_;
  std::size_t samples_ = 0;
  ManifestValues values_;
};

}  // namespace doppel::dataset
