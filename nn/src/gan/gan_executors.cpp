#include "gan_executors.h"

namespace doppel::nn {
namespace {

ExecutorOptions executor_options(const GanOptions& o, int batch) {
  return {.batch = batch,
          .shards = o.shards,
          .threads = o.threads,
          .seed = o.seed,
          .precision = o.precision,
          .input_gradient = true,
          .timing = o.timing};
}

ExecutorOptions part_options(const GanOptions& o, int batch_of_each) {
  const int world = o.group ? o.group->world() : 1;
  ExecutorOptions options = executor_options(o, batch_of_each * ((o.batch + world - 1) / world));
  options.shards = (o.shards + world - 1) / world;
  options.group = o.group;
  return options;
}

}  // namespace

ExecutorOptions generator_executor_options(const GanOptions& o) { return part_options(o, 1); }

ExecutorOptions discriminator_executor_options(const GanOptions& o) {
  ExecutorOptions options = part_options(o, 2);
  options.tangent = o.penalty > 0;
  return options;
}

}  // namespace doppel::nn
