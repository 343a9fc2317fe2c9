// Training steps of the zoo's small networks on resident data.
#include <benchmark/benchmark.h>

#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/model/zoo.h"
#include "doppel/nn/train/optimizer.h"

namespace {

using namespace doppel::nn;

void train(benchmark::State& state, const char* net, Shape shape) {
  constexpr int kBatch = 128;
  Model model(build_graph(parse_network(network_of(net)), shape, 10), 1);
  Executor executor(model, {.batch = kBatch, .shards = 2});
  Optimizer optimizer(model, Sgd{});
  const std::vector<float> images(static_cast<std::size_t>(kBatch * shape.count()), 0.5F);
  std::vector<int> labels(kBatch);
  for (int i = 0; i < kBatch; ++i) labels[static_cast<std::size_t>(i)] = i % 10;
  std::uint64_t step = 0;
  for (auto _ : state) {
    executor.train(images, labels, CrossEntropy{.smoothing = 0}, step++);
    optimizer.step(model, executor, 1e-4);
  }
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK_CAPTURE(train, lenet, "lenet", Shape{1, 28, 28})->UseRealTime();
BENCHMARK_CAPTURE(train, lenet5, "lenet5", Shape{1, 28, 28})->UseRealTime();
BENCHMARK_CAPTURE(train, small28, "small28", Shape{1, 28, 28})->UseRealTime();
BENCHMARK_CAPTURE(train, vgg_small, "vgg_small", Shape{3, 32, 32})->UseRealTime();

}  // namespace
