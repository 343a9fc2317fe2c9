// Loops whose turns run side by side on oneTBB.
#pragma once

#include <tbb/parallel_for.h>

#include <cstddef>

#ifdef __SANITIZE_THREAD__
extern "C" void __tsan_acquire(void* at);
extern "C" void __tsan_release(void* at);
#endif

namespace doppel::nn {

/// Says to the thread sanitizer that what one thread wrote before give() others see after take(): Debian's
/// oneTBB isn't instrumented. Does nothing in other builds.
class HandOver {
 public:
  void give() {
#ifdef __SANITIZE_THREAD__
    __tsan_release(this);
#endif
  }
  void take() {
#ifdef __SANITIZE_THREAD__
    __tsan_acquire(this);
#endif
  }
};

/// Calls turn(i) for i in [0, count); `partitioner` is oneTBB's.
template <class Turn, class Partitioner = tbb::auto_partitioner>
void parallel_turns(std::size_t count, const Turn& turn, const Partitioner& partitioner = {}) {
  HandOver to_turns, back;
  to_turns.give();
  tbb::parallel_for(
      std::size_t{0}, count, std::size_t{1},
      [&](std::size_t i) {
        to_turns.take();
        turn(i);
        back.give();
      },
      partitioner);
  back.take();
}

}  // namespace doppel::nn
