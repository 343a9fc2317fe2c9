// Partners for transforms that mix.
#pragma once

#include <utility>

#include "doppel/augment/draft/draft.h"

namespace doppel::augment {

/// Gives the same sample whatever is asked for.
inline PartnerSource always(Sample sample) {
  return [sample = std::move(sample)](std::uint64_t) { return PartnerPick{sample, {}}; };
}

}  // namespace doppel::augment
