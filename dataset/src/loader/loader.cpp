#include "doppel/dataset/loader/loader.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "batch_queue.h"
#include "doppel/augment/render/bands.h"
#include "doppel/base/cores.h"
#include "doppel/base/error.h"
#include "doppel/base/hand_over.h"
#include "doppel/base/hash.h"
#include "doppel/base/parallel.h"
#include "doppel/dataset/analysis/statistics.h"
#include "doppel/dataset/order/fit_to.h"
#include "lazy_sample.h"
#include "order/buckets.h"
#include "task_gate.h"
#include "workers.h"

namespace doppel::dataset {

/// The pipeline, and the threads whose tasks help to fill it.
struct Loader::Impl {
  Impl(EpochFunction work, int asked)
      : pipeline(std::make_unique<BatchQueue>(std::move(work))),
        threads(static_cast<int>(threads_of(asked))),
        workers(asked) {}
  /// The consumer is one of the cores: oneTBB keeps that many workers less one.
  static std::size_t threads_of(int workers) {
    if (workers == 0) return 1;
    return static_cast<std::size_t>(std::min(workers + 1, std::max(2, usable_cores())));
  }
  /// Tasks that nobody had time for, since the consumer did their work, find the gate closed.
  ~Impl() {
    pipeline->stop();
    gate->close();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  /// Throws UsageError in a process that was forked since: it has no worker threads, and locks are as they
  /// were.
  BatchQueue& queue() const {
    if (::getpid() != process) throw UsageError("the loader was made before fork; make it in the worker");
    return *pipeline;
  }

  /// Works ahead for a consumer of `epoch`: as many tasks are to come as there are pieces that nobody has
  /// begun. Those whose pieces the consumer took do the next ones, and don't pile up where threads have no
  /// time.
  void schedule(std::uint64_t epoch) {
    const std::size_t pieces = pipeline->schedule(epoch);
    if (workers == 0) return;
    // Not a tbb::task_group's: from oneTBB 2022 on, its tasks refer to the thread that made them, which may
    // end before they do.
    scheduled.give();
    for (std::size_t coming = gate->coming(); coming < pieces; ++coming) {
      gate->expect();
      threads.enqueue([this, open = gate] {
        const TaskGate::Visit visit(*open);
        if (!visit) return;
        scheduled.take();
        isolated([&] { pipeline->run_one(); });
      });
    }
  }

  /// The next batch of `epoch`, or null at its end.
  const Batch* next(std::uint64_t epoch) {
    if (queue().position() == std::pair{epoch, std::uint64_t{0}}) rows = 0;
    do {
      if (queue().position().first != epoch) {
        check_any_rows();
        return nullptr;
      }
      schedule(epoch);
      isolated([&] { pipeline->take(); });
      schedule(epoch);
      // Of several ranks, all must see a batch that nothing is left of.
    } while (pipeline->current()->size() == 0 && pipeline->work().options.world == 1);
    rows = rows.value_or(1) + pipeline->current()->size();
    return pipeline->current();
  }

  /// Throws Error where an epoch from its first step on gave nothing: that is no data set that ended.
  void check_any_rows() {
    if (std::exchange(rows, std::nullopt) != std::size_t{0} || pipeline->work().options.world > 1) return;
    const LoaderReport report = pipeline->report();
    throw Error(fmt::format("none of {} samples can be used{}", pipeline->work().source->size(),
                            report.reasons.empty() ? "" : "; " + report.reasons[0].reason));
  }

  std::optional<std::size_t> rows;  ///< given since the epoch's first step; none: it began later

  std::unique_ptr<BatchQueue> pipeline;
  Workers threads;
  HandOver scheduled;
  std::shared_ptr<TaskGate> gate = std::make_shared<TaskGate>();
  int workers;
  pid_t process = ::getpid();
};

/// Workers that another process has can't be waited for.
void Loader::Destroy::operator()(Impl* impl) const {
  if (::getpid() == impl->process) delete impl;
}

namespace {

void check_options(const Source& source, const LoaderOptions& options) {
  if (options.batch < 1) throw UsageError("a batch must hold at least 1 sample");
  if (options.prefetch < 1) throw UsageError("prefetch must be at least 1 batch");
  if (options.repeats < 1) throw UsageError("repeats must be at least 1");
  if (options.consumer == LoaderOptions::Consumer::Waits && options.workers == 0)
    throw UsageError("a consumer that only waits needs workers");
  if (options.world < 1 || options.rank < 0 || options.rank >= options.world)
    throw UsageError(fmt::format("rank {} isn't one of {} (0 to world - 1)", options.rank, options.world));
  if (options.batch < static_cast<std::size_t>(options.world))
    throw UsageError(fmt::format("a batch of {} can't be shared by {} ranks; it counts all of them",
                                 options.batch, options.world));
  if (options.order == LoaderOptions::Order::Weighted && options.weights.size() != source.size())
    throw UsageError(fmt::format("{} weights for {} samples", options.weights.size(), source.size()));
  const bool plain =
      options.order == LoaderOptions::Order::Shuffled || options.order == LoaderOptions::Order::Sequential;
  if (!options.buckets.empty() && (!plain || options.repeats > 1 || options.buckets.size() > 256))
    throw UsageError("buckets are for shuffled and sequential orders without repeats, and 256 at most");
  for (const Size size : options.buckets)
    if (size.height < 1 || size.width < 1) throw UsageError("a bucket's size must be at least 1x1");
  if (const std::uint64_t each = options.epoch_samples;
      each > 0 && (options.order != LoaderOptions::Order::Sequential || !options.buckets.empty() ||
                   options.epochs == 0 || source.size() / each < options.epochs))
    throw UsageError(fmt::format(
        "epochs of {} samples are for sequential orders without buckets, and a source of as many epochs as "
        "there are; {} samples aren't {} epochs",
        each, source.size(), options.epochs));
  check_channels(options.channels, options.alpha);
  for (const float std : options.std)
    if (!(std > 0)) throw UsageError("std must be greater than 0");
  if (source.size() == 0) throw Error("the source is empty: there is nothing to load");
  const std::uint64_t samples = options.epoch_samples > 0 ? options.epoch_samples : source.size();
  if (options.last == LoaderOptions::LastBatch::Drop &&
      samples * static_cast<std::size_t>(options.repeats) < options.batch)
    throw UsageError(fmt::format("{} samples don't fill one batch of {}, and short batches are dropped",
                                 samples, options.batch));
}

std::size_t batch_bytes(const LoaderOptions& options, const std::array<int, 3>& shape) {
  const auto world = static_cast<std::size_t>(options.world), rows = (options.batch + world - 1) / world;
  const auto pixels = [](int height, int width) {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  };
  std::size_t of_a_row = pixels(shape[1], shape[2]);
  for (std::size_t k = 1; k < options.views.size(); ++k)
    of_a_row += pixels(options.views[k].size.height, options.views[k].size.width);
  return rows * static_cast<std::size_t>(shape[0]) * of_a_row * bytes_of(options.type);
}

/// What is taken, within the memory that may be.
struct Ahead {
  std::size_t batches = 0;  ///< in flight
  std::size_t bytes = 0;    ///< of files on their way from a far source
};

/// Of files: what a line of 1 Gbit/s carries while an answer takes 100 ms, and what waits to be read.
constexpr std::size_t kAheadBytes = 16'000'000;

/// As many batches in flight as the memory holds, and of what is left over, for a far source, half for the
/// bytes on their way.
Ahead fitting_ahead(const LoaderOptions& options, std::size_t batch, std::size_t threads, bool far) {
  if (options.memory == 0) return {options.prefetch, far ? kAheadBytes : 0};
  const std::size_t images = threads * kImageRoom, least = images + 2 * batch;
  const auto mega = [](std::size_t bytes) { return static_cast<double>(bytes) / 1e6; };
  if (options.memory < least)
    throw UsageError(
        fmt::format("{:.0f} MB of memory aren't enough: two batches of {:.1f} MB and an image of up to "
                    "{:.0f} MB for each of {} "
                    "threads are {:.0f} MB",
                    mega(options.memory), mega(batch), mega(kImageRoom), threads, mega(least)));
  const std::size_t bytes = far ? std::min(kAheadBytes, (options.memory - least) / 2) : 0,
                    batches = (options.memory - images - bytes) / std::max<std::size_t>(1, batch) - 1;
  return {std::min(options.prefetch, batches), bytes};
}

/// True where what is in flight, which is written before the first of it is read, is more than a last-level
/// cache's share of two cores.
bool outgrows_caches(const LoaderOptions& options, std::size_t batch) {
  constexpr std::size_t kCache = std::size_t{16} << 20;
  return (options.prefetch + 1) * batch > kCache;
}

/// An Error with what is being handled nested in it; a UsageError where that is one.
std::exception_ptr nested_error(const std::string& what) {
  try {
    try {
      throw;
    } catch (const UsageError&) { std::throw_with_nested(UsageError(what)); } catch (...) {
      std::throw_with_nested(Error(what));
    }
  } catch (...) { return std::current_exception(); }
}

void check_views(const augment::Recipe& recipe, const LoaderOptions& options) {
  if (!options.views.empty() && !recipe.transforms().empty())
    throw UsageError(
        "there is a recipe and there are views, each of which has its own; give one or the other");
  for (std::size_t k = 0; k < options.views.size(); ++k)
    if (const Size size = options.views[k].size; size != Size{} && (size.height < 1 || size.width < 1))
      throw UsageError(
          fmt::format("view {} is to be {}x{} (height x width); a size is 1x1 or more, or 0x0 for "
                      "the recipe's own",
                      k, size.height, size.width));
}

/// With the source's labels and statistics.
void bind_recipe(augment::Recipe& recipe, const Source& source, const LoaderOptions& options) {
  if (recipe.has_schedule() && options.epochs == 0)
    throw UsageError("the recipe has a schedule (from, until, start): say how many epochs there are");
  recipe.bind_labels(source.classes());
  if (!recipe.wants_statistics()) return;
  const ImageStatistics images = image_statistics(source, options.channels, 1000, {}, options.alpha);
  recipe.bind_statistics(images.mean, images.std);
}

/// Throws UsageError where one of many draws for a sample with bands changes colours: others would be left
/// out one by one.
void check_colors(const augment::Recipe& recipe, const augment::Sample& sample, std::size_t index,
                  std::uint64_t seed) {
  constexpr std::uint64_t kDraws = 64;
  for (std::uint64_t epoch = 0; epoch < kDraws; ++epoch)
    augment::check_bands(recipe.draw(sample, {.seed = seed, .epoch = epoch, .index = index}),
                         sample.image.channels());
}

/// [C, H, W] of the first sample that can be read and drawn.
std::array<int, 3> find_shape(const Source& source, const augment::Recipe& recipe,
                              const LoaderOptions& options) {
  std::exception_ptr first_error;
  std::array<int, 3> shape{};
  augment::Sample first;
  std::size_t looked = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(source.size(), 100); ++i) {
    try {
      const augment::Sample sample = load(source, i, options.channels, options.alpha);
      const Size size = recipe.draw(sample, {.seed = options.seed, .index = i}).size();
      looked = i;
      first = sample;
      first_error = nullptr;
      shape = {sample.image.channels(), size.height, size.width};
      break;
    } catch (const std::exception& error) {
      if (!first_error) first_error = nested_error(named(source, i, error.what()));
      if (options.on_error == LoaderOptions::OnError::Fail) break;
    }
  }
  if (first_error) std::rethrow_exception(first_error);
  if (first.bands || is_banded(shape[0])) check_colors(recipe, first, looked, options.seed);
  return shape;
}

}  // namespace

Loader::Loader(SourcePtr source, augment::Recipe recipe, LoaderOptions options) {
  check_options(*source, options);
  check_views(recipe, options);
  for (SampleView& view : options.views) {
    bind_recipe(view.recipe, *source, options);
    if (view.size != Size{}) view.recipe = fitted_by(view.recipe, FitTo{.size = view.size});
    const auto shape = find_shape(*source, view.recipe, options);
    view.size = {shape[1], shape[2]};
  }
  if (!options.views.empty()) recipe = options.views[0].recipe;
  bind_recipe(recipe, *source, options);
  auto shape = find_shape(*source, recipe, options);
  if (!options.buckets.empty()) {
    const Size largest =
        *std::ranges::max_element(options.buckets, {}, [](Size s) { return long{s.height} * s.width; });
    shape = {shape[0], largest.height, largest.width};
  }
  const int workers = options.workers < 0 ? usable_cores() : options.workers;
  const std::size_t batch = batch_bytes(options, shape);
  const Ahead ahead = fitting_ahead(options, batch, Impl::threads_of(workers), source->is_far());
  options.prefetch = ahead.batches;
  EpochFunction work(std::move(source), std::move(recipe), std::move(options), shape);
  work.past_caches = outgrows_caches(work.options, batch);
  work.ahead_bytes = ahead.bytes;
  impl_.reset(new Impl(std::move(work), workers));
  if (steps() == 0)
    throw UsageError("no bucket has the samples for one batch, and short batches are dropped");
}

Loader::~Loader() = default;
Loader::Loader(Loader&&) noexcept = default;
Loader& Loader::operator=(Loader&&) noexcept = default;

std::uint64_t Loader::steps() const { return impl_->pipeline->work().steps; }
std::uint64_t Loader::samples() const { return impl_->pipeline->work().samples(); }
const Source& Loader::source() const { return *impl_->pipeline->work().source; }
const LoaderOptions& Loader::options() const { return impl_->pipeline->work().options; }
const augment::Recipe& Loader::recipe() const { return impl_->pipeline->work().recipe; }
std::array<int, 3> Loader::shape() const { return impl_->pipeline->work().shape; }
LoaderReport Loader::report() const { return impl_->queue().report(); }

std::size_t Loader::memory_bytes() const {
  return (options().prefetch + 1) * batch_bytes(options(), shape()) +
         Impl::threads_of(impl_->workers) * kImageRoom + impl_->queue().retired_bytes() +
         impl_->pipeline->work().ahead_bytes;
}

namespace {

/// All fields of transforms and of those in them, as text.
class RecipeText final : public FieldVisitor {
 public:
  std::string text;
  void add(augment::Transform transform) {
    text += fmt::format("{} {}:", transform.name(), transform.chance());
    const augment::Schedule& schedule = transform.schedule();
    if (schedule.is_set()) text += fmt::format(" {}-{}", schedule.from, schedule.until);
    if (schedule.start) add(*schedule.start);
    FieldDescriber own;
    transform.fields(own);
    for (const auto& field : own.fields) text += fmt::format(" {}={}", field.name, field.value);
    transform.fields(*this);
    text += ';';
  }

 private:
  void visit(const FieldInfo&, const FieldValue& value) override {
    if (const auto* children = std::get_if<Children*>(&value))
      for (const augment::Transform& child : items_of<augment::Transform>(**children)) add(child);
  }
};

/// What an epoch's batches depend on beside seed and epoch: a state of other data must not be resumed.
std::uint64_t fingerprint(const EpochFunction& work) {
  std::uint64_t hash = kFnvBasis;
  const auto add = [&](std::string_view text) { hash = fnv1a("\xff", fnv1a(text, hash)); };
  const Source& source = *work.source;
  add(std::to_string(source.size()));
  for (const std::string& name : source.classes()) add(name);
  for (const std::size_t i : {std::size_t{0}, source.size() / 2, source.size() - 1})
    add(std::filesystem::path(source.name(i)).filename().string());
  RecipeText recipe;
  for (const augment::Transform& transform : work.recipe.transforms()) recipe.add(transform);
  add(recipe.text);
  const LoaderOptions& o = work.options;
  add(fmt::format("{} {} {}", static_cast<int>(o.order), o.repeats, static_cast<int>(o.last)));
  for (std::size_t k = 1; k < o.views.size(); ++k) {
    RecipeText view;
    for (const augment::Transform& transform : o.views[k].recipe.transforms()) view.add(transform);
    add(fmt::format("view {}x{} {}", o.views[k].size.height, o.views[k].size.width, view.text));
  }
  if (o.epoch_samples > 0) add(fmt::format("epochs of {}", o.epoch_samples));
  for (const Size size : o.buckets) add(fmt::format("bucket {}x{}", size.height, size.width));
  return hash;
}

}  // namespace

std::string Loader::state() const {
  const auto [epoch, step] = impl_->queue().position();
  return fmt::format("doppel-loader 1 data {:016x} seed {} batch {} epoch {} step {}",
                     fingerprint(impl_->pipeline->work()), options().seed, options().batch, epoch, step);
}

Loader::Epoch Loader::resume(const std::string& state) {
  (void)impl_->queue();
  unsigned long long data = 0, seed = 0, batch = 0, epoch = 0, step = 0;
  int used = 0;
  if (std::sscanf(state.c_str(), "doppel-loader 1 data %llx seed %llu batch %llu epoch %llu step %llu%n",
                  &data, &seed, &batch, &epoch, &step, &used) != 5 ||
      used != static_cast<int>(state.size()))
    throw UsageError(fmt::format("'{}' isn't a loader's state", state.substr(0, 100)));
  if (data != fingerprint(impl_->pipeline->work()))
    throw UsageError("the state belongs to other data, another recipe or another order");
  if (seed != options().seed || batch != options().batch)
    throw UsageError(
        fmt::format("the state was saved with seed {} and batches of {}, but this loader has seed {} and {}",
                    seed, batch, options().seed, options().batch));
  return {this, epoch, step};
}

Batch Loader::peek(std::uint64_t epoch, std::uint64_t step) const {
  if (step >= steps())
    throw UsageError(fmt::format("an epoch has {} steps, so there is no step {}", steps(), step));
  return impl_->queue().make(epoch, step);
}

std::string Loader::explain(const Batch& batch, std::size_t row) const {
  if (row >= batch.size())
    throw UsageError(fmt::format("the batch has {} rows, so there is no row {}", batch.size(), row));
  if (row >= batch.valid) return "padding";
  const EpochFunction& work = impl_->queue().work();
  const std::size_t index = batch.indices[row];
  const augment::Sample sample = load(*work.source, index, work.options.channels, work.options.alpha);
  const Stream stream = work.stream_of(batch.epoch, index, batch.positions[row]);
  const auto partners = work.partners_of(batch.epoch);
  const augment::Drawn drawn = work.recipe_of(batch.epoch, batch.step).draft(sample, stream, partners);
  std::string text = fmt::format("epoch {}, step {}, row {}: {}\n{}", batch.epoch, batch.step, row,
                                 work.source->name(index), drawn.plan.text());
  for (std::size_t k = 0; k < work.views.size(); ++k)
    text += fmt::format("\nview {}: {}", k + 1,
                        work.views[k].recipe.draft(sample, view_stream(stream, k + 1), partners).plan.text());
  return text;
}

Loader::Iterator Loader::Epoch::begin() const {
  Impl* impl = loader_->impl_.get();
  if (step_ >= loader_->steps())
    throw UsageError(fmt::format("an epoch has {} steps (0 to {}), so none begins at {}", loader_->steps(),
                                 loader_->steps() - 1, step_));
  BatchQueue& queue = impl->queue();
  if (queue.position() != std::pair{epoch_, step_}) queue.restart(epoch_, step_);
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
