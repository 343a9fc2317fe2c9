// What a manifest says and nobody reads, where that is what its reader wanted.
#pragma once

#include "manifest_rows.h"

namespace doppel::dataset {

/// Throws Error where a column (a key) that isn't used looks like boxes or masks and none are read, or, where
/// nothing is said of any image, like labels.
void check_unused(const ManifestRows& rows, bool has_boxes, bool has_classes);

}  // namespace doppel::dataset
