// Threads that carry numbers beside one that computes, on the same core.
#pragma once

#include <sched.h>

namespace doppel::nn {

/// While it lives, this thread and those that it starts wait for the core until whoever computes there pauses
/// or has had its time (SCHED_BATCH, sched(7)): bytes that arrive don't interrupt a product for each of their
/// packets. Where the policy can't be set, or is another than the usual one, nothing changes.
class BatchScheduling {
 public:
  BatchScheduling() : was_(sched_getscheduler(0)) {
    if (was_ == SCHED_OTHER) set(SCHED_BATCH);
  }
  ~BatchScheduling() {
    if (was_ == SCHED_OTHER) set(SCHED_OTHER);
  }
  BatchScheduling(const BatchScheduling&) = delete;
  BatchScheduling& operator=(const BatchScheduling&) = delete;

 private:
  static void set(int policy) {
    const sched_param none{};
    sched_setscheduler(0, policy, &none);
  }
  int was_;
};

}  // namespace doppel::nn
