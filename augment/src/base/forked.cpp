#include "doppel/base/forked.h"

#include <pthread.h>

#include <atomic>
#include <memory>
#include <opencv2/core/parallel/parallel_backend.hpp>

namespace doppel {
namespace {

/// OpenCV's loops, on the thread that has them to do.
class InOrder final : public cv::parallel::ParallelForAPI {
 public:
  void parallel_for(int tasks, FN_parallel_for_body_cb_t body, void* data) override { body(0, tasks, data); }
  int getThreadNum() const override { return 0; }
  int getNumThreads() const override { return 1; }
  int setNumThreads(int) override { return 1; }
  const char* getName() const override { return "doppel: in order"; }
};

std::atomic<bool> forked = false;

void on_fork() {
  forked = true;
  cv::parallel::setParallelForBackend(std::make_shared<InOrder>(), false);
}

/// From when the library is there; 0, as always where there is memory.
const int kRegistered = ::pthread_atfork(nullptr, nullptr, on_fork);

}  // namespace

bool is_forked() { return kRegistered == 0 && forked; }

}  // namespace doppel
