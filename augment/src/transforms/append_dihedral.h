#pragma once

#include "doppel/augment/draft/draft.h"
#include "doppel/augment/plan/op.h"

namespace doppel::augment {

/// Appends element 0 to 7 of D4: `element` mod 4 counter-clockwise quarter turns, mirrored first for 4 and
/// above.
void append_dihedral(Draft& draft, int element);

}  // namespace doppel::augment
