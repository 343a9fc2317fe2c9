#include "stopping.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <string_view>
#include <tuple>
#include <utility>

#include "doppel/base/remote.h"

namespace doppel::apps {
namespace {

std::atomic<bool> stop_told = false;
std::atomic<std::int64_t> stop_told_at = 0;  ///< milliseconds

std::int64_t milliseconds_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

/// Calls nothing that a handler of signals may not call.
void hear_stop(int signal) {
  constexpr std::int64_t kTwiceAtOnce = 500;
  if (!stop_told.exchange(true)) {
    stop_told_at = milliseconds_now();
    constexpr std::string_view kWords = "\nstopping in order; Ctrl-C again ends it at once\n";
    const int interrupted = errno;  // a call's that was interrupted, which hasn't been looked at
    if (::isatty(STDERR_FILENO) == 1) std::ignore = ::write(STDERR_FILENO, kWords.data(), kWords.size());
    errno = interrupted;
    return;
  }
  if (milliseconds_now() - stop_told_at < kTwiceAtOnce) return;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

const std::atomic<bool>& is_told_to_stop() { return stop_told; }

void stop_on_signals() {
  stop_told = false;
  std::signal(SIGINT, hear_stop);
  std::signal(SIGTERM, hear_stop);
  stop_waiting_when(&stop_told);
  std::signal(SIGPIPE, SIG_IGN);  // who no longer reads what a run says doesn't end it
}

void check_stopped() {
  if (stop_told) throw Stopped();
}

OnPhase stoppable(OnPhase phases) {
  return [phases = std::move(phases)](const std::string& what, const std::string& unit) -> OnProgress {
    return [count = phases ? phases(what, unit) : OnProgress()](std::size_t done, std::size_t all) {
      check_stopped();
      if (count) count(done, all);
    };
  };
}

}  // namespace doppel::apps
