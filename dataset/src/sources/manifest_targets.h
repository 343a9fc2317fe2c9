// Maps, polygons and lines in the objects of a manifest, and in a shard's JSON.
#pragma once

#include <simdjson.h>

#include <string>
#include <vector>

#include "labelled_outline.h"
#include "map_file.h"

namespace doppel::dataset {

/// `maps`: {name: "file", name: {"file": …, "kind": …, "filter": …, "fill": …, "scale": …, "offset": …}}. The
/// kind is the name where that is one; a fill that isn't finite is "nan", "inf" or "-inf". Throws Error.
std::vector<MapFile> maps_in(const simdjson::dom::element& maps);

/// `polygons` or `polylines`: [[x, y, x, y, …], {"points": [[x, y], …], "label": …, "instance": …}, …]; one
/// that says no label has `label`. Throws Error.
std::vector<LabelledOutline> outlines_in(const simdjson::dom::element& outlines, bool closed,
                                         const std::string& label);

/// A label: text, a whole number, true or false. Throws Error.
std::string json_class(const simdjson::dom::element& value);

}  // namespace doppel::dataset
