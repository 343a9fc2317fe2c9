#include "step.h"

#include <algorithm>

namespace doppel::nn::engine {

void EngineContext::take(const ExecutorOptions& options) {
  batch = options.batch;
  shards = std::min(options.shards, options.batch);
  training = options.mode == ExecutorOptions::Mode::Training;
  if (batch == 1 && !training) parts = options.shards;
  bf16 = options.precision == Precision::BF16 && has_bf16();
  weight_gradients = options.weight_gradients;
  times_kernels = options.time_kernels;
  keeps_pieces = options.tangent;
  seed = options.seed;
  group = options.group && options.group->world() > 1 ? options.group : nullptr;
}

Work Step::forward_work(int rows) const {
  Work work;
  for (const Blob* blob : blobs_) work.bytes += blob->bytes(rows);
  return work;
}

Work Step::backward_work(int rows) const {
  Work work;
  if (!passes_back_) return work;
  for (const Blob* blob : blobs_)
    if (blob->grad) work.bytes += blob->bytes(rows);
  return work;
}

}  // namespace doppel::nn::engine
