// Ctrl-C: once to stop in order, twice to end at once.
#pragma once

#include <atomic>
#include <exception>

#include "doppel/base/progress.h"

namespace doppel::apps {

/// True once a signal has come after stop_on_signals().
const std::atomic<bool>& is_told_to_stop();
/// From now on SIGINT and SIGTERM set is_told_to_stop(), and say so on a terminal; the same again, half a
/// second later or more, ends the process as if nobody had listened: who sends a signal to a group of
/// processes may send it twice. A pipe that nobody reads any more (SIGPIPE) ends nothing.
void stop_on_signals();

/// What ends a wait that nobody needs any more.
class Stopped final : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped"; }
};

/// Throws Stopped where is_told_to_stop().
void check_stopped();

/// As `phases`, and each step of a phase is a check_stopped().
OnPhase stoppable(OnPhase phases);

}  // namespace doppel::apps
