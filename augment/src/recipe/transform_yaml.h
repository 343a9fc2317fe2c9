// Transforms from and to YAML.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

#include "doppel/augment/transforms/transform.h"

namespace doppel::augment {

/// One transform of a recipe: a name, or a map from the name to its fields.
Transform read_transform(const YAML::Node& node, const std::string& file, int depth = 0);
YAML::Node write_transform(const Transform& transform);

}  // namespace doppel::augment
