// A plan that was written, done again.
#pragma once

#include <cstddef>
#include <functional>

#include "doppel/augment/plan/drawn.h"
#include "doppel/augment/plan/sample.h"
#include "images.h"

namespace doppel::apps {

/// What a plan does to a sample, its targets moved and mixed as when it was drawn. Images that it mixes in
/// are read by their place in `images`, by `read`. Throws Error where it was drawn for an image of another
/// size, UsageError where an image that it mixes in isn't named, isn't here, or isn't of its size.
augment::Drawn replayed(const augment::Plan& plan, const augment::Sample& sample, const Images& images,
                        const std::function<augment::Sample(std::size_t)>& read);

}  // namespace doppel::apps
