// How far a piece of work is.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace doppel {

/// Told how much is done of what there is in all; a total of 0: nobody knows yet. Begins with 0 done, so that
/// who measures time knows when. Where work is done side by side, calls come from its threads, one at a time
/// or not, and a smaller number may come after a larger one.
using OnProgress = std::function<void(std::size_t done, std::size_t total)>;

/// Told that a part of the work begins, as "measuring" of "images", and gives who is to be told how far that
/// is, until that is gone. Empty: nobody wants to know.
using OnPhase = std::function<OnProgress(const std::string& what, const std::string& unit)>;

/// Who is told of a part of the work; never empty.
inline OnProgress begin_phase(const OnPhase& on_phase, const std::string& what,
                              const std::string& unit = "") {
  OnProgress progress = on_phase ? on_phase(what, unit) : OnProgress();
  return progress ? progress : OnProgress([](std::size_t, std::size_t) {});
}

}  // namespace doppel
