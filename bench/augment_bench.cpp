// Every transform of the catalogue on a photograph, 8-bit RGB 256x256, one thread; and OpenCV's own calls
// beside.
#include <benchmark/benchmark.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "doppel/augment/catalogue.h"
#include "doppel/augment/recipe.h"
#include "doppel/augment/render.h"
#include "doppel/dataset/sources.h"

namespace {

using namespace doppel;

cv::Mat photograph() {
  static const cv::Mat picture = [] {
    cv::Mat small;
    cv::resize(load(*dataset::open_data("sample:photos").train, 0).image, small, {256, 256}, 0, 0,
               cv::INTER_AREA);
    return small;
  }();
  return picture;
}

void run_transform(benchmark::State& state, const augment::CatalogueEntry& entry) {
  augment::Sample sample;
  sample.image = photograph();
  const augment::Recipe recipe{entry.make().with_chance(1)};
  std::uint64_t index = 0;
  for (auto _ : state) {
    const augment::Plan plan = recipe.draw(sample, {.index = index++});
    benchmark::DoNotOptimize(augment::render(plan, sample.image));
  }
  state.SetItemsProcessed(state.iterations());
}

void opencv_warp(benchmark::State& state) {
  const cv::Mat map = cv::getRotationMatrix2D({128, 128}, 20, 1);
  for (auto _ : state) {
    cv::Mat out;
    cv::warpAffine(photograph(), out, map, {256, 256}, cv::INTER_LINEAR, cv::BORDER_REFLECT_101);
    benchmark::DoNotOptimize(out);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(opencv_warp);

[[maybe_unused]] const int kRegistered = [] {
  for (const auto& entry : augment::catalogue())
    if (entry.family != "structure")
      benchmark::RegisterBenchmark(std::string(entry.name).c_str(),
                                   [&entry](benchmark::State& state) { run_transform(state, entry); });
  return 0;
}();

}  // namespace
