#include "doppel/nn/study/forecast.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "doppel/base/clock.h"

namespace doppel::nn {
namespace {

/// How often each implementation computes a layer forwards.
std::string counted(const std::vector<KernelInfo>& kernels) {
  std::map<std::string, int> counts;
  for (const KernelInfo& k : kernels)
    if (k.pass == "forward") ++counts[k.implementation];
  std::vector<std::string> words;
  for (const auto& [name, count] : counts) words.push_back(fmt::format("{} {}", count, name));
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

Forecast forecast(const Model& model, dataset::Loader& train, const TrainerOptions& options, int shards,
                  const OnPhase& on_phase, const std::string& after) {
  Model copy = model;
  const int world = train.options().world;
  const auto check = [&] {
    if (options.group) options.group->check();
  };
  Executor executor(
      copy, {.batch = (static_cast<int>(train.options().batch) + world - 1) / world,
             .shards = (shards + world - 1) / world,
             .threads = options.threads,
             .seed = options.seed,
             .precision = options.precision,
             .timing =
                 [&, tell = begin_phase(on_phase, kTimingKernels)](std::size_t done, std::size_t all) {
                   check();
                   tell(done, all);
                 },
             .after = after});
  Optimizer optimizer(copy, options.optimizer, options.clip_norm);
  const dataset::Batch& batch = *train.epoch(0).begin();
  const dataset::Tensor shares =
      loss_targets(batch, model.graph().output().channels, options.loss, options.numbers);
  const auto step = [&] {
    check();
    executor.train(batch.images.values<float>(), shares.values<float>(), options.loss, 0);
    optimizer.step(copy, executor, 1e-6);
  };
  step();
  int steps = 0;
  const auto start = Clock::now();
  const auto passed = [&] { return seconds_since(start); };
  while (steps == 0 || passed() < 0.3) step(), ++steps;
  return {static_cast<double>(steps) * world * static_cast<double>(batch.size()) / passed(),
          executor.memory_bytes(), counted(executor.kernels())};
}

Forecast forecast(const Shape& image, int classes, GanOptions options, const OnPhase& on_phase) {
  options.rate = 1e-6;  // nothing falls apart
  options.group = nullptr;
  options.timing = begin_phase(on_phase, kTimingKernels);
  const auto gan = make_generative_model(image, classes, options);
  const auto batch = static_cast<std::size_t>(options.batch);
  const std::vector<float> images(batch * static_cast<std::size_t>(image.count()), 0.1F);
  const std::vector<int> labels(batch, 0);
  const auto step_seconds = [&] {
    const auto start = Clock::now();
    // As many as there are for one of the generator.
    for (int k = 0; k < options.critic_steps; ++k) gan->step(images, labels);
    return seconds_since(start) / options.critic_steps;
  };
  double fastest = step_seconds();  // the first one fetches memory
  const auto begun = Clock::now();
  for (int k = 0; k < 4 && (k == 0 || seconds_since(begun) < 2); ++k)
    fastest = std::min(fastest, step_seconds());
  return {static_cast<double>(batch) / fastest, gan->memory_bytes()};
}

}  // namespace doppel::nn
