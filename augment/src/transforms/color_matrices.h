#pragma once

#include "doppel/augment/draft/draft.h"
#include "doppel/augment/plan/op.h"

namespace doppel::augment {

/// The colour matrices that the transforms above draw.
op::ColorMatrix brightness_matrix(double factor);

op::ColorMatrix saturation_matrix(double factor);

}  // namespace doppel::augment
