// Maps, polygons and lines in the objects of a manifest.
#pragma once

#include <simdjson.h>

#include <optional>

#include "manifest_rows.h"

namespace doppel::dataset {

/// `maps`: {name: "file", name: {"file": …, "kind": …, "filter": …, "fill": …, "scale": …, "offset": …}}. The
/// kind is the name where that is one. Throws Error.
void read_maps(const simdjson::dom::element& maps, ManifestRow& row);

/// `polygons` or `polylines`: [[x, y, x, y, …], {"points": [[x, y], …], "label": …, "instance": …}, …]; a
/// polygon without a label has the row's. Throws Error.
void read_outlines(const simdjson::dom::element& outlines, bool closed, ManifestRow& row);

/// A label: text, a whole number, true or false. Throws Error.
std::string json_class(const simdjson::dom::element& value);

}  // namespace doppel::dataset
