#include "workers.h"

#include <tbb/global_control.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "doppel/base/cores.h"

namespace doppel::dataset {

void allow_threads(int threads) {
  static std::mutex mutex;
  static std::optional<tbb::global_control> control;
  static int allowed = usable_cores();
  const std::lock_guard lock(mutex);
  if (threads <= allowed) return;
  allowed = threads;
  control.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
}

/// Take tasks in turn; those that nobody had time for are dropped at the end.
class Workers::OwnThreads {
 public:
  explicit OwnThreads(int threads) {
    for (int i = 0; i < threads; ++i)
      threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
  }

  void add(std::function<void()> task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    changed_.notify_one();
  }

 private:
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !tasks_.empty(); }) && !stop.stop_requested()) {
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::jthread> threads_;  // last: they end first
};

Workers::Workers(int threads) {
  if (threads <= 1) return;
  if (is_forked()) {
    own_ = std::make_unique<OwnThreads>(threads - 1);
    return;
  }
  allow_threads(threads);
  arena_.initialize(threads, 1, tbb::task_arena::priority::low);
}

Workers::~Workers() = default;

void Workers::add_to_own(std::function<void()> task) { own_->add(std::move(task)); }

}  // namespace doppel::dataset
