// Transforms and recipes as a page reads them.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "doppel/augment/recipe/recipe.h"

namespace doppel::apps {

/// Each transform with its family, its help and its fields: what a control for a field needs to know.
nlohmann::json catalogue_json();

/// The same of TargetRules' fields, which a recipe has once.
nlohmann::json rules_json();

/// What Recipe::yaml() says, as JSON of the same shape: its text is YAML that from_yaml() reads to the same
/// recipe.
nlohmann::json recipe_json(const augment::Recipe& recipe);

}  // namespace doppel::apps
