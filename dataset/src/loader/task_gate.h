// What tasks pass through that may come after their owner is gone.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

namespace doppel::dataset {

/// Shared by an owner and its tasks: once the owner has closed it, no task gets in, and none is inside.
/// Counts those that are still to come.
class TaskGate {
 public:
  TaskGate() {
#ifdef __SANITIZE_ADDRESS__
    // Tasks that the process's end overtakes have it still, in memory of oneTBB's that isn't looked at.
    __lsan_ignore_object(this);
#endif
  }
  TaskGate(const TaskGate&) = delete;
  TaskGate& operator=(const TaskGate&) = delete;

  /// By the owner, for each task that it sends.
  void expect() { ++coming_; }
  std::size_t coming() const { return coming_; }

  /// A task's time inside; false where the gate is closed.
  class Visit {
   public:
    explicit Visit(TaskGate& gate) : gate_(gate), inside_(gate.enter()) {}
    ~Visit() {
      if (inside_) gate_.leave();
    }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    explicit operator bool() const { return inside_; }

   private:
    TaskGate& gate_;
    const bool inside_;
  };

  /// Waits for those inside. Not to be called from a task.
  void close() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    empty_.wait(lock, [&] { return inside_ == 0; });
  }

 private:
  bool enter() {
    --coming_;
    const std::lock_guard lock(mutex_);
    inside_ += closed_ ? 0 : 1;
    return !closed_;
  }
  void leave() {
    const std::lock_guard lock(mutex_);
    if (--inside_ == 0) empty_.notify_all();
  }

  std::atomic<std::size_t> coming_ = 0;
  std::mutex mutex_;
  std::condition_variable empty_;
  int inside_ = 0;
  bool closed_ = false;
};

}  // namespace doppel::dataset
