// Every transform of the catalogue on a photograph, 8-bit RGB, one thread, beside OpenCV's own calls for the
// same work. `./dev bench-table` writes bench/README.md from it.
#include <benchmark/benchmark.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <thread>

#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/augment/transforms/blur/gaussian_blur.h"
#include "doppel/augment/transforms/blur/motion_blur.h"
#include "doppel/augment/transforms/color/brightness_contrast.h"
#include "doppel/augment/transforms/color/color_jitter.h"
#include "doppel/augment/transforms/color/normalize.h"
#include "doppel/augment/transforms/crop/pad.h"
#include "doppel/augment/transforms/crop/random_crop.h"
#include "doppel/augment/transforms/crop/random_resized_crop.h"
#include "doppel/augment/transforms/crop/resize.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/geometry/affine.h"
#include "doppel/augment/transforms/geometry/perspective.h"
#include "doppel/augment/transforms/geometry/rotate.h"
#include "doppel/augment/transforms/noise/gaussian_noise.h"
#include "doppel/augment/transforms/occlusion/coarse_dropout.h"
#include "doppel/augment/transforms/occlusion/random_erasing.h"
#include "doppel/augment/transforms/structure/one_of.h"
#include "doppel/augment/transforms/weather/fog.h"
#include "doppel/augment/transforms/weather/rain.h"
#include "doppel/augment/transforms/weather/snow.h"
#include "doppel/dataset/open/open_data.h"
#include "peer_calls.h"

namespace {

using namespace doppel;

cv::Mat photograph(int side) {
  cv::Mat small;
  cv::resize(load(*dataset::open_data("sample:photos").train, 0).image, small, {side, side}, 0, 0,
             cv::INTER_AREA);
  return small;
}

/// Settings as the peers' figures have them, where the defaults differ.
augment::Transform subject(const augment::CatalogueEntry& entry, int side) {
  const int part = side * 7 / 8;
  if (entry.name == "RandomCrop") return augment::RandomCrop{.size = {part, part}};
  if (entry.name == "RandomResizedCrop") return augment::RandomResizedCrop{.size = {part, part}};
  if (entry.name == "Resize") return augment::Resize{.size = {part, part}};
  if (entry.name == "Pad")
    return augment::Pad{.left = 32, .right = 32, .top = 32, .bottom = 32, .fill = {Fill::Kind::Reflect, {}}};
  if (entry.name == "RandomErasing")
    return augment::RandomErasing{.fill = augment::CoverFill::Color, .p = 1};  // torchvision's is black, too
  if (entry.name == "MotionBlur") return augment::MotionBlur{.length = {3, 7}, .p = 1};
  if (entry.name == "Rotate") return augment::Rotate{.fill = {Fill::Kind::Reflect, {}}, .p = 1};
  return entry.make().with_chance(1);
}

bool wants_objects(std::string_view name) {
  return name.find("Object") != name.npos || name.find("Iou") != name.npos || name.find("One") != name.npos ||
         name == "CropSubset";
}

void render_each(benchmark::State& state, const augment::Recipe& recipe, const cv::Mat& image, bool floats,
                 bool objects = false) {
  augment::Sample sample;
  sample.image = image;
  if (objects) sample.boxes = {{image.cols * .2, image.rows * .3, image.cols * .6, image.rows * .8, 0}};
  std::uint64_t index = 0;
  std::vector<float> tensor;
  augment::render(recipe.draw(sample, {}), sample.image);  // OpenCV makes its tables at their first use
  for (auto _ : state) {
    const augment::Plan plan = recipe.draw(sample, {.index = index++});
    if (floats) {
      const Size size = plan.size();
      tensor.resize(static_cast<std::size_t>(size.height * size.width * 3));
      augment::render(plan, sample.image, augment::Target{.data = tensor.data(), .size = size});
      benchmark::DoNotOptimize(tensor.data());
    } else {
      benchmark::DoNotOptimize(augment::render(plan, sample.image));
    }
  }
  state.SetItemsProcessed(state.iterations());
}

void run_peer(benchmark::State& state, const bench::PeerCall& call, const cv::Mat& image) {
  cv::Mat first;
  call.run(image, first);
  for (auto _ : state) {
    cv::Mat out;
    call.run(image, out);
    benchmark::DoNotOptimize(out.data);
  }
  state.SetItemsProcessed(state.iterations());
}

/// The long chain of the speed table: half of its steps by chance.
augment::Recipe heavy_chain() {
  using namespace augment;
  return {
      HorizontalFlip{},
      Affine{.p = 1},
      Perspective{.p = 0.5},
      ColorJitter{
          .brightness = {.6, 1.4}, .contrast = {.6, 1.4}, .saturation = {.6, 1.4}, .hue = {-.1, .1}, .p = 1},
      GaussianNoise{.p = 0.5},
      OneOf{MotionBlur{.p = 1}, GaussianBlur{.p = 1}}.with_chance(0.5),
      OneOf{Fog{.p = 1}, Rain{.p = 1}, Snow{.p = 1}}.with_chance(0.5),
      CoarseDropout{.p = 0.5},
      BrightnessContrast{.p = 0.5},
      Normalize{}};
}

/// Sixteen images of the heavy chain an iteration, shared out to threads of our own: what Google Benchmark's
/// Threads() gives as the time differs between its versions.
void render_beside(benchmark::State& state, int threads, const cv::Mat& image) {
  constexpr int kImages = 16;
  augment::Sample sample;
  sample.image = image;
  const augment::Recipe recipe = heavy_chain();
  std::uint64_t first = 0;
  for (auto _ : state) {
    std::vector<std::jthread> workers;
    for (int t = 0; t < threads; ++t)
      workers.emplace_back([&, t] {
        std::vector<float> tensor;
        for (int i = t; i < kImages; i += threads) {
          const augment::Plan plan = recipe.draw(sample, {.index = first + static_cast<std::uint64_t>(i)});
          const Size size = plan.size();
          tensor.resize(static_cast<std::size_t>(size.height * size.width * 3));
          augment::render(plan, sample.image, augment::Target{.data = tensor.data(), .size = size});
        }
      });
    workers.clear();
    first += kImages;
  }
}

/// RandomResizedCrop to normalised floats, step by step longer.
std::vector<std::pair<std::string, augment::Recipe>> fusing_chain() {
  using namespace augment;
  const Fill reflect{Fill::Kind::Reflect, {}};
  const std::vector<std::pair<std::string, Transform>> steps{
      {"crop", RandomResizedCrop{.size = {224, 224}}},
      {"flip", HorizontalFlip{.p = 1}},
      {"rotate", Rotate{.fill = reflect, .p = 1}},
      {"perspective", Perspective{.fill = reflect, .p = 1}},
      {"jitter", ColorJitter{.p = 1}},
      {"normalize", Normalize{}}};
  std::vector<std::pair<std::string, Recipe>> recipes;
  Recipe all;
  for (const auto& [name, step] : steps) {
    recipes.emplace_back("step/" + name, Recipe{step});
    all = all.then(step);
  }
  recipes.emplace_back("step/whole", all);
  return recipes;
}

[[maybe_unused]] const int kRegistered = [] {
  cv::setNumThreads(1);  // one thread means one, inside OpenCV too
  static const std::vector<bench::PeerCall> calls = bench::opencv_calls();
  for (const int side : {256, 512}) {
    const cv::Mat image = photograph(side);
    const std::string size = "/" + std::to_string(side);
    for (const auto& entry : augment::catalogue()) {
      if (entry.family == "structure" || entry.family == "mix") continue;
      const augment::Recipe recipe{subject(entry, side)};
      benchmark::RegisterBenchmark((std::string(entry.name) + size).c_str(), [=](benchmark::State& state) {
        render_each(state, recipe, image, false, wants_objects(entry.name));
      });
      for (const auto& call : calls)
        if (call.transform == entry.name)
          benchmark::RegisterBenchmark(
              ("opencv/" + call.transform + size).c_str(),
              [&call, image](benchmark::State& state) { run_peer(state, call, image); });
    }
    benchmark::RegisterBenchmark(("ColorJitterNoHue" + size).c_str(), [image](benchmark::State& state) {
      render_each(state,
                  {augment::ColorJitter{.brightness = {.6, 1.4},
                                        .contrast = {.6, 1.4},
                                        .saturation = {.6, 1.4},
                                        .hue = {0, 0},
                                        .p = 1}},
                  image, false);
    });
    benchmark::RegisterBenchmark(("heavy" + size).c_str(), [image](benchmark::State& state) {
      render_each(state, heavy_chain(), image, true);
    });
  }
  for (const int threads : {1, 2})
    benchmark::RegisterBenchmark(
        ("threads/" + std::to_string(threads)).c_str(),
        [threads, image = photograph(256)](benchmark::State& state) { render_beside(state, threads, image); })
        ->UseRealTime();
  for (const auto& [name, recipe] : fusing_chain())
    benchmark::RegisterBenchmark(name.c_str(),
                                 [recipe = recipe, image = photograph(256)](benchmark::State& state) {
                                   render_each(state, recipe, image, true);
                                 });
  return 0;
}();

}  // namespace
