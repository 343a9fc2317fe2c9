#include "worker_threads.h"

#include <tbb/global_control.h>

#include <mutex>
#include <optional>

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

}  // namespace doppel::dataset
