// The streaming loader: evaluates a pure function (epoch, position) -> augmented sample, in parallel, into
// batches.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/fields.h"
#include "doppel/dataset/batch/batch.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

class Trace;

/// One of several pictures that a batch has of each sample.
struct SampleView {
  augment::Recipe recipe = {};  ///< what becomes of the sample; without transforms: what it is
  /// Height and width; what the recipe makes is scaled to cover it and cut out of the middle. 0 x 0: the
  /// recipe's own, which must be the same for all samples.
  Size size = {};
};

/// What a sample's view `view`, of 1 and more, is drawn by; view 0 is drawn by the sample's own stream.
Stream view_stream(const Stream& sample, std::size_t view);

/// Views of a YAML text: a list, or `views:` with one, of {recipe: a preset, a file or a list of transforms,
/// size: [height, width]}, or of recipes alone. Throws UsageError with `name` and the view's number, from 0.
std::vector<SampleView> views_from_yaml(const std::string& text, const std::string& name = "views");

/// In which order samples come, as what kind of batches, and what may be taken for it.
struct LoaderOptions {
  /// Weighted: by `weights`, with replacement. Balanced: the classes in turn. An epoch has as many positions
  /// as the source has samples, times `repeats`.
  enum class Order { Shuffled, Sequential, Weighted, Balanced };
  /// Pad: the last batch is as large as the others; Batch::valid says how many rows are samples, the rest are
  /// 0 with label -1.
  enum class LastBatch { Short, Drop, Pad };
  /// Skip: a bad sample's row is left out, counted and named in the report. Replace: another sample of its
  /// class takes its place, the same one every time, so that all ranks keep their step counts.
  enum class OnError { Skip, Fail, Replace };
  /// Who asks for a batch that isn't ready makes some of it himself, or only waits: for where his thread has
  /// to answer something else, as signals. Waits needs `workers`.
  enum class Consumer { Helps, Waits };

  std::size_t batch = 64;  ///< of all ranks together
  int workers = -1;  ///< helping tasks at once beside the consumer; -1: one per core; 0: the consumer alone
  std::uint64_t seed = 0;    ///< of order and augmentation
  std::size_t prefetch = 3;  ///< batches in flight beside the one that the consumer holds
  /// Bytes that batches, the threads' images and, of a far source, files on their way may take together; 0:
  /// no limit. Where `prefetch` batches are too many for it, fewer are prepared.
  std::size_t memory = 0;
  std::uint64_t epochs = 0;          ///< prepare none beyond this many; 0: always prepare what may come next
  Order order = Order::Shuffled;     ///< in which samples come
  std::vector<double> weights = {};  ///< per sample, for Weighted
  /// Above 0: an epoch is so many samples of a Sequential source that has all epochs', one after the other,
  /// and partners of what mixes are of the same epoch. `epochs` must be said.
  std::uint64_t epoch_samples = 0;
  /// Sizes that a batch may have, at most 256; empty: all batches have the one that the recipe gives. Each
  /// image goes to the size of the nearest aspect, and what the recipe makes of it is scaled to cover that
  /// size and cut out of the middle. A batch holds one size. For Shuffled and Sequential.
  std::vector<Size> buckets = {};
  /// Several pictures of each sample, from one decoding, each drawn by a stream of its own: Batch::images is
  /// the first, with its targets, Batch::views are the others. In place of the loader's recipe, which must
  /// be empty then. Empty: there is the recipe's alone.
  std::vector<SampleView> views = {};
  int repeats = 1;                    ///< times that each sample comes in a row, augmented anew
  int rank = 0;                       ///< this process takes rows rank · n / world … of each batch of n
  int world = 1;                      ///< processes that share each batch
  LastBatch last = LastBatch::Short;  ///< what becomes of a last batch that isn't full
  OnError on_error = OnError::Skip;   ///< what to do about a bad sample
  /// 1, 3 or 4: images are made grey, RGB or RGBA before the recipe; 0: as they are, which must be alike.
  /// Images with another number of channels must have it.
  int channels = 0;
  AlphaOver alpha = AlphaOver::White;  ///< what becomes of transparency where `channels` is 1 or 3
  std::shared_ptr<Trace> trace = {};   ///< where spans of reading, decoding and so on are added
  /// Gives batches their memory, of that many bytes and aligned to 64; empty: pages of the system.
  std::function<std::shared_ptr<void>(std::size_t bytes)> allocator = {};
  Consumer consumer = Consumer::Helps;  ///< what he does while he waits
  /// Called by the consumer, every 50 ms while it waits and between samples while it helps. What it throws
  /// leaves the call that waited, and the loader before the batch that was asked for.
  std::function<void()> while_waiting = {};
  augment::PixelType type = augment::PixelType::F32;  ///< of the batches' numbers
  augment::Layout layout = augment::Layout::CHW;      ///< of the batches' images
  std::array<float, 4> mean{0, 0, 0, 0};  ///< per channel: floats hold (x - mean) / std, x in [0, 1]
  std::array<float, 4> std{1, 1, 1, 1};   ///< per channel, above 0

  /// All but `views`, `trace`, `allocator`, `consumer` and `while_waiting`.
  void fields(FieldVisitor& visit);
};

/// A sample that was left out or replaced.
struct SkippedSample {
  std::string name;    ///< as Source::name() says it
  std::string reason;  ///< the error's text
};

/// What happened so far, and where the time went (summed over all threads).
struct LoaderReport {
  std::size_t samples = 0;               ///< rows asked for, in all epochs
  std::size_t skipped = 0;               ///< different samples that couldn't be used and were left out
  std::size_t replaced = 0;              ///< different samples that others took the place of
  std::size_t decoded = 0;               ///< times that an image was decoded; those mixed in don't count
  std::vector<SkippedSample> reasons;    ///< the first 100
  std::chrono::nanoseconds reading{};    ///< in Source::read()
  std::chrono::nanoseconds decoding{};   ///< images that are read encoded
  std::chrono::nanoseconds drawing{};    ///< plans, with the images that are looked at or mixed in
  std::chrono::nanoseconds rendering{};  ///< images and masks
  std::chrono::nanoseconds waiting{};    ///< of the consumer, with nothing left to help with
};

/// Batches are the same, bit for bit, for any number of workers, any prefetch depth, and after a resume:
/// sample k of an epoch is source[Shuffle(n, seed, epoch)(k)], augmented by the stream (seed, epoch, index in
/// the source).
///
/// oneTBB tasks render samples straight into their row of a pooled batch. The consumer takes batches in
/// order, and works too while the next isn't ready. The next epoch is prepared before the last batch of this
/// one is taken. At most prefetch + 1 batches exist (see memory_bytes()), more only where the caller keeps
/// tensors alive.
///
///     for (const Batch& batch : loader.epoch(0)) step(batch.images, batch.labels);
///
/// One consumer at a time. A batch is valid until the next one is taken.
///
/// A forked process has no use for a loader that it inherits: what asks it for batches, states or reports
/// throws UsageError, and destroying it gives nothing back.
class Loader {
 public:
  class Iterator;
  /// The batches of one epoch, from a given step.
  class Epoch {
   public:
    /// Takes the first batch. Throws UsageError where the epoch has no such step, and what ++ throws.
    Iterator begin() const;
    std::default_sentinel_t end() const { return {}; }  ///< what an iterator equals that has no batch left

   private:
    friend class Loader;
    Epoch(Loader* loader, std::uint64_t epoch, std::uint64_t step)
        : loader_(loader), epoch_(epoch), step_(step) {}
    Loader* loader_;
    std::uint64_t epoch_, step_;
  };

  /// Draws the first readable sample to learn the batch's shape. Throws Error where the source is empty or
  /// nothing in it can be read (what the source threw is nested in it, std::nested_exception), UsageError
  /// where the options can't be: where `memory` isn't enough, with the sum.
  Loader(SourcePtr source, augment::Recipe recipe, LoaderOptions options = {});
  /// The same of a source that it keeps.
  template <std::derived_from<Source> S>
  Loader(S source, augment::Recipe recipe, LoaderOptions options = {})
      : Loader(std::make_shared<const S>(std::move(source)), std::move(recipe), options) {}
  ~Loader();
  Loader(Loader&&) noexcept;             ///< the other may only be destroyed or assigned to
  Loader& operator=(Loader&&) noexcept;  ///< the same

  /// Where the consumer goes on exactly where it was, this costs nothing; any other place starts afresh
  /// there.
  Epoch epoch(std::uint64_t epoch, std::uint64_t first_step = 0) { return {this, epoch, first_step}; }
  /// Where the consumer is, as a line of text: what comes after the batch it took last. Valid for any number
  /// of workers, any prefetch and any world size.
  std::string state() const;
  /// The rest of the epoch that `state` was in. Throws UsageError where it belongs to other data, another
  /// seed, batch or order.
  Epoch resume(const std::string& state);
  /// Any batch of a run, made anew beside the others.
  Batch peek(std::uint64_t epoch, std::uint64_t step) const;
  /// What became of a batch's row: the sample's name, and every op with its drawn values.
  std::string explain(const Batch& batch, std::size_t row) const;
  /// Batches in an epoch, the same for all ranks.
  std::uint64_t steps() const;
  /// The source's samples that an epoch is made of: `epoch_samples`, or all.
  std::uint64_t samples() const;
  const Source& source() const;          ///< what it reads
  const LoaderOptions& options() const;  ///< as given, but for a `prefetch` that `memory` cut
  /// As it draws: with the source's labels and statistics, where it names those.
  const augment::Recipe& recipe() const;
  /// [C, H, W] of a sample, whatever the layout; with `buckets`, of the largest.
  std::array<int, 3> shape() const;
  /// What the loader takes at most: the batches of its pool, those of them that the caller has kept and may
  /// give back, an image for each thread (images of more than 16 MB are decoded one at a time and come
  /// on top), and of a far source, what is on its way: up to 16 MB.
  std::size_t memory_bytes() const;
  LoaderReport report() const;  ///< since it was made

 private:
  struct Impl;
  struct Destroy {
    void operator()(Impl* impl) const;
  };
  std::unique_ptr<Impl, Destroy> impl_;
};

/// Takes batches one by one. Throws Error from ++ or begin() with the sample's name, and what the source
/// threw nested in it, where a sample fails under OnError::Fail, or where its size doesn't fit the batch.
class Loader::Iterator {
 public:
  using value_type = Batch;                           ///< for std::input_iterator
  using difference_type = std::ptrdiff_t;             ///< for std::input_iterator
  const Batch& operator*() const { return *batch_; }  ///< valid until ++
  const Batch* operator->() const { return batch_; }  ///< the same
  Iterator& operator++();                             ///< takes the next batch, or finds that there is none
  void operator++(int) { ++*this; }                   ///< the same
  /// True where no batch is left.
  bool operator==(std::default_sentinel_t) const { return batch_ == nullptr; }

 private:
  friend class Epoch;
  Impl* impl_ = nullptr;
  const Batch* batch_ = nullptr;
  std::uint64_t epoch_ = 0;
};

}  // namespace doppel::dataset
