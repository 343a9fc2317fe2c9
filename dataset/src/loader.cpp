#include "doppel/dataset/loader.h"

#include <fmt/format.h>
#include <tbb/info.h>
#include <tbb/task_arena.h>

#include <algorithm>

#include "doppel/augment/error.h"
#include "doppel/dataset/statistics.h"
#include "pipeline.h"

namespace doppel::dataset {

/// The pipeline, and the arena whose tasks help to fill it. Loader work has low priority: where a trainer
/// shares the machine, it fills the gaps.
struct Loader::Impl {
  Impl(Work work, int threads) : pipeline(std::make_shared<Pipeline>(std::move(work))), workers(threads) {
    if (workers == 0) return;
    // The consumer is one of the cores: oneTBB keeps that many workers less one.
    const int cores = tbb::info::default_concurrency();
    arena.initialize(std::min(workers + 1, std::max(2, cores)), 1, tbb::task_arena::priority::low);
  }
  ~Impl() { pipeline->stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void schedule() {
    const std::size_t pieces = pipeline->schedule();
    if (workers == 0) return;
    for (std::size_t i = 0; i < pieces; ++i)
      arena.enqueue([shared = pipeline] { tbb::this_task_arena::isolate([&] { shared->run_one(); }); });
  }

  /// The next batch of `epoch`, or null at its end.
  const Batch* next(std::uint64_t epoch) {
    do {
      if (pipeline->position().first != epoch) return nullptr;
      schedule();
      tbb::this_task_arena::isolate([&] { pipeline->take(); });
      schedule();
    } while (pipeline->current()->size() == 0);
    return pipeline->current();
  }

  std::shared_ptr<Pipeline> pipeline;
  tbb::task_arena arena;
  int workers;
};

namespace {

void check_options(const Source& source, const LoaderOptions& options) {
  if (options.batch < 1) throw UsageError("a batch must hold at least 1 sample");
  if (options.prefetch < 1) throw UsageError("prefetch must be at least 1 batch");
  if (options.channels != 0 && options.channels != 1 && options.channels != 3)
    throw UsageError(
        fmt::format("channels must be 1 (grey), 3 (RGB) or 0 (as they are), not {}", options.channels));
  for (const float std : options.std)
    if (!(std > 0)) throw UsageError("std must be greater than 0");
  if (source.size() == 0) throw Error("the source is empty: there is nothing to load");
  if (options.last == LoaderOptions::LastBatch::Drop && source.size() < options.batch)
    throw UsageError(fmt::format("{} samples don't fill one batch of {}, and short batches are dropped",
                                 source.size(), options.batch));
}

/// [C, H, W] of the first sample that can be read and drawn.
std::array<int, 3> find_shape(const Source& source, const augment::Recipe& recipe,
                              const LoaderOptions& options) {
  std::string first_error;
  for (std::size_t i = 0; i < std::min<std::size_t>(source.size(), 100); ++i) {
    try {
      const augment::Sample sample = load(source, i, options.channels);
      const augment::Size size = recipe.draw(sample, {.seed = options.seed, .index = i}).size();
      return {sample.image.channels(), size.height, size.width};
    } catch (const std::exception& error) {
      const std::string name = source.name(i), what = error.what();
      if (first_error.empty()) first_error = what.find(name) == std::string::npos ? name + ": " + what : what;
      if (options.on_error == LoaderOptions::OnError::Fail) break;
    }
  }
  throw Error(first_error);
}

}  // namespace

Loader::Loader(SourcePtr source, augment::Recipe recipe, LoaderOptions options) {
  check_options(*source, options);
  recipe.bind_labels(source->classes());
  if (recipe.wants_statistics()) {
    const PictureStatistics pictures = picture_statistics(*source, options.channels);
    recipe.bind_statistics(pictures.mean, pictures.std);
  }
  const auto shape = find_shape(*source, recipe, options);
  const std::size_t n = source->size();
  const std::uint64_t steps = options.last == LoaderOptions::LastBatch::Drop
                                  ? n / options.batch
                                  : (n + options.batch - 1) / options.batch;
  const int workers = options.workers < 0 ? tbb::info::default_concurrency() : options.workers;
  impl_ = std::make_unique<Impl>(Work{std::move(source), std::move(recipe), options, shape, steps}, workers);
}

Loader::~Loader() = default;
Loader::Loader(Loader&&) noexcept = default;
Loader& Loader::operator=(Loader&&) noexcept = default;

std::uint64_t Loader::steps() const { return impl_->pipeline->work().steps; }
const Source& Loader::source() const { return *impl_->pipeline->work().source; }
const LoaderOptions& Loader::options() const { return impl_->pipeline->work().options; }
std::array<int, 3> Loader::shape() const { return impl_->pipeline->work().shape; }
LoaderReport Loader::report() const { return impl_->pipeline->report(); }

std::size_t Loader::memory_bytes() const {
  const auto [c, h, w] = shape();
  const std::size_t number = options().type == augment::PixelType::F32 ? sizeof(float) : 1;
  return (options().prefetch + 1) * options().batch * static_cast<std::size_t>(c) * h * w * number;
}

Loader::Iterator Loader::Epoch::begin() const {
  Impl* impl = loader_->impl_.get();
  if (step_ >= loader_->steps())
    throw UsageError(fmt::format("an epoch has {} steps (0 to {}), so none begins at {}", loader_->steps(),
                                 loader_->steps() - 1, step_));
  if (impl->pipeline->position() != std::pair{epoch_, step_}) impl->pipeline->restart(epoch_, step_);
  Iterator first;
  first.impl_ = impl;
  first.epoch_ = epoch_;
  first.batch_ = impl->next(epoch_);
  return first;
}

Loader::Iterator& Loader::Iterator::operator++() {
  batch_ = impl_->next(epoch_);
  return *this;
}

}  // namespace doppel::dataset
