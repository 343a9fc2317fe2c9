// Waits for the network, which end where the process is told to stop.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "doppel/base/interrupted.h"

namespace doppel::remote {

/// What stop_waiting_when() said last.
const std::atomic<bool>* stop_flag();

/// Until `ready`. Throws Interrupted a tenth of a second after the process was told to stop.
template <class Ready>
void wait_until(std::condition_variable& changed, std::unique_lock<std::mutex>& lock, const Ready& ready) {
  constexpr std::chrono::milliseconds kSlice{100};
  while (!changed.wait_for(lock, kSlice, ready))
    if (const std::atomic<bool>* const stop = stop_flag(); stop && *stop) throw Interrupted();
}

}  // namespace doppel::remote
