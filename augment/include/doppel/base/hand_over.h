// What the thread sanitizer can't see by itself.
#pragma once

#ifdef __SANITIZE_THREAD__
extern "C" void __tsan_acquire(void* at);
extern "C" void __tsan_release(void* at);
#endif

namespace doppel {

/// Says to the thread sanitizer that what one thread wrote before give() others see after take(): Debian's
/// oneTBB isn't instrumented. Does nothing in other builds.
class HandOver {
 public:
  /// By the thread that wrote.
  void give() {
#ifdef __SANITIZE_THREAD__
    __tsan_release(this);
#endif
  }
  /// By threads that are about to read.
  void take() {
#ifdef __SANITIZE_THREAD__
    __tsan_acquire(this);
#endif
  }
};

}  // namespace doppel
