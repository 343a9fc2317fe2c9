// Maps, polygons and lines as manifests and shards' JSON have them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "doppel/augment/plan/sample.h"

namespace doppel::dataset::write {

/// A map's file, and what its name and kind don't say by themselves.
nlohmann::json map_said(const augment::FloatMap& map, const std::string& file);

/// {"points": [[x, y], …], "label": …, "instance": …}
nlohmann::json outline_said(const augment::Outline& outline, const nlohmann::json& label);

/// "polygons" or "polylines": which list an outline is in; null where it has too few points for either.
const char* outline_list(const augment::Outline& outline);

/// What outlines of too few points are called where they are left behind.
inline constexpr const char* kUndrawn = "polygons of fewer than three points, and lines of fewer than two";

}  // namespace doppel::dataset::write
