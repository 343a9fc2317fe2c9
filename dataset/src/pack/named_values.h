// Numbers, weights and fields of a sample as JSON: in packs' notes, in written tables and shards.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "doppel/augment/plan/sample.h"

namespace doppel::dataset {

/// Text, a whole number, a number, or a list of those.
nlohmann::json json_of(const augment::NamedValue& field);
/// What that gave, under its name. Throws nlohmann::json::exception for anything else.
augment::NamedValue field_of(const std::string& name, const nlohmann::json& value);

/// A number, or "nan", "inf" or "-inf": JSON has no words for what isn't finite.
nlohmann::json json_of_float(float number);

/// Names and values in their order: the sample's numbers, called `number_names`, its weight where that isn't
/// 1, and its fields.
std::vector<std::pair<std::string, nlohmann::json>> named_values(
    const augment::Sample& sample, const std::vector<std::string>& number_names);

}  // namespace doppel::dataset
