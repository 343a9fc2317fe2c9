// How far a piece of work is.
#pragma once

#include <cstddef>
#include <functional>

namespace doppel {

/// Told how much is done of what there is in all; a total of 0: nobody knows yet. Begins with 0 done, so that
/// who measures time knows when. Where work is done side by side, calls come from its threads, one at a time
/// or not, and a smaller number may come after a larger one.
using OnProgress = std::function<void(std::size_t done, std::size_t total)>;

}  // namespace doppel
