// A recipe as somebody would write it: only what differs from the defaults, with remarks.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doppel/augment/import/imported.h"
#include "doppel/base/fields.h"

namespace doppel::augment {

/// A number as YAML, to eight digits: what was worked out needn't show its rounding.
std::string number_yaml(double value);
/// [low, high], or one number where both are alike.
std::string range_yaml(const Range& range);
/// [a, b, …].
std::string list_yaml(std::span<const double> values);

/// A transform in the making, or a structure of several.
struct Written {
  std::string name;                                              ///< as the catalogue calls it
  std::vector<std::pair<std::string, std::string>> fields = {};  ///< names, and values as YAML
  std::vector<Written> parts = {};                               ///< of a structure
  std::vector<std::string> notes = {};                           ///< what is otherwise here
  double weight = 1;                                             ///< among the parts of a OneOf

  Written& set(std::string field, std::string yaml);
  Written& set(std::string field, const char* yaml) { return set(std::move(field), std::string(yaml)); }
  Written& set(std::string field, double value) { return set(std::move(field), number_yaml(value)); }
  Written& set(std::string field, const Range& range) { return set(std::move(field), range_yaml(range)); }
  /// The chance to apply it; left out where it is the transform's own.
  Written& chance(double p);
  Written& note(std::string sentence);
};

/// A whole recipe in the making.
struct WrittenRecipe {
  std::vector<std::string> notes;                          ///< of the whole
  std::vector<std::pair<std::string, std::string>> rules;  ///< TargetRules and their like, as YAML
  std::vector<Written> transforms;

  /// Every transform that can't be as it was asked for is left out, with a note that says why.
  Imported text() &&;
};

}  // namespace doppel::augment
