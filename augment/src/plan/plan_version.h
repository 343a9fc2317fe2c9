#pragma once

namespace doppel::augment {

/// Of plans as text. Grows when an op changes its meaning.
inline constexpr int kPlanVersion = 1;

}  // namespace doppel::augment
