// The threads that help a loader.
#pragma once

#include <tbb/task_arena.h>

#include <functional>
#include <memory>
#include <utility>

#include "doppel/base/forked.h"

namespace doppel::dataset {

/// Lets arenas of oneTBB have `threads` threads, the caller's among them. On its own it has no more than
/// cores; whoever asks for a worker on one core, as a loader beside its consumer does, is told so on standard
/// error and gets none. Lasts as long as the process; any thread may call.
void allow_threads(int threads);

/// oneTBB's threads, at low priority: where a trainer shares the machine, they fill the gaps. In a forked
/// process, where those can't be had, threads of its own.
class Workers {
 public:
  /// `threads`: at once, the consumer's among them. 1 or less: none.
  explicit Workers(int threads);
  /// Waits for what threads of its own are at; tasks of oneTBB's may come later.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  template <class Task>
  void enqueue(Task task) {
    if (own_)
      add_to_own(std::move(task));
    else
      arena_.enqueue(std::move(task));
  }

 private:
  class OwnThreads;
  void add_to_own(std::function<void()> task);

  tbb::task_arena arena_;
  std::unique_ptr<OwnThreads> own_;  ///< of a forked process
};

}  // namespace doppel::dataset
