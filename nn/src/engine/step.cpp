#include "step.h"

namespace doppel::nn::engine {

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
