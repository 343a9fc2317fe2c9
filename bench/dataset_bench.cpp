// The loader on the embedded samples.
#include <benchmark/benchmark.h>

#include "doppel/augment/recipe/recipe.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/open/open_data.h"

namespace {

using namespace doppel;

void digits(benchmark::State& state, const char* recipe) {
  dataset::Loader loader(dataset::open_data("sample:digits").train, augment::Recipe::load(recipe),
                         {.batch = 128});
  std::uint64_t epoch = 0;
  std::int64_t images = 0;
  for (auto _ : state)
    for (const auto& batch : loader.epoch(epoch++)) images += static_cast<std::int64_t>(batch.size());
  state.SetItemsProcessed(images);
}
BENCHMARK_CAPTURE(digits, plain, "none")->UseRealTime();
BENCHMARK_CAPTURE(digits, augmented, "digits")->UseRealTime();

void decode_photos(benchmark::State& state) {
  const auto photos = dataset::open_data("sample:photos").train;
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(load(*photos, i++ % photos->size()));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_photos);

}  // namespace
