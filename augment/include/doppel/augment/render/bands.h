// Images whose channels are no colours.
#pragma once

#include "doppel/augment/plan/plan.h"

namespace doppel::augment {

/// Throws UsageError, naming the op, where a plan mixes red, green and blue or treats them differently, and
/// an image of so many channels has none: it has bands, and the plan doesn't say which of them are colours
/// (rgb). Error where it names a channel that isn't there.
void check_bands(const Plan& plan, int channels);

}  // namespace doppel::augment
