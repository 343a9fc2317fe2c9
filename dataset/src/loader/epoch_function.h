// What a loader's threads evaluate.
#pragma once

#include <optional>
#include <vector>

#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/order/sampler.h"
#include "order/buckets.h"

namespace doppel::dataset {

/// What every task needs, all of it constant: the pure function from a place in the run to a sample.
struct EpochFunction {
  EpochFunction(SourcePtr from, augment::Recipe by, LoaderOptions how, std::array<int, 3> chw);
  SourcePtr source;
  augment::Recipe recipe;
  LoaderOptions options;
  std::array<int, 3> shape{};   ///< C, H, W
  std::size_t ahead_bytes = 0;  ///< that may be on their way from a far source, for rows to come
  bool past_caches = false;     ///< a batch is read so late that no cache holds it any more
  std::uint64_t positions = 0;  ///< in an epoch
  std::uint64_t steps = 0;
  std::optional<Weighted> weighted;
  std::optional<Balanced> balanced;
  std::optional<Buckets> buckets;
  std::vector<augment::Recipe> fitted;  ///< the recipe for each bucket
  /// Views but the first, with recipes that end in their sizes.
  std::vector<SampleView> views;

  /// This rank's rows of a step: positions [first, last) of the epoch, of which those from `end` on are
  /// padding.
  struct Rows {
    std::uint64_t first, last, end;
    std::size_t count() const { return static_cast<std::size_t>(last - first); }
    std::size_t valid() const {
      return end <= first ? 0 : static_cast<std::size_t>(std::min(last, end) - first);
    }
  };
  Rows rows_of(std::uint64_t epoch, std::uint64_t step) const;
  /// C, H, W of a step's batch, and the recipe that leads there.
  std::array<int, 3> shape_of(std::uint64_t epoch, std::uint64_t step) const;
  const augment::Recipe& recipe_of(std::uint64_t epoch, std::uint64_t step) const;
  /// Most rows that a batch of this rank has.
  std::size_t most_rows() const;
  /// What a sample's draws come from.
  /// Of training, that is over when the epoch begins; 0 where nobody knows how many there are.
  double share_of(std::uint64_t epoch) const {
    return options.epochs == 0 ? 0 : std::min(1.0, double(epoch) / double(options.epochs));
  }
  Stream stream_of(std::uint64_t epoch, std::size_t index, std::uint64_t position) const;
  /// A row of a batch, and the sample that it shows.
  struct Place {
    std::uint64_t epoch = 0, step = 0, position = 0;
    std::size_t index = 0;
  };
  /// What becomes of a sample, and its further views.
  struct Draw {
    augment::Drawn drawn;
    std::vector<augment::Drawn> views;
  };
  Draw draw(const Place& place, const augment::Sample& sample, const augment::PartnerSource& partners,
            const augment::PixelSource& pixels) const;
  /// What the partner that some bits name is drawn by.
  Stream partner_stream(std::uint64_t epoch, std::size_t index, std::uint64_t bits) const;
  /// Any other sample of the source, for transforms that mix. Valid while this lives.
  augment::PartnerSource partners_of(std::uint64_t epoch) const;
  std::size_t sample_at(std::uint64_t epoch, std::uint64_t position) const;
  /// Of an epoch: the source's, or its part of them.
  std::uint64_t samples() const { return options.epoch_samples > 0 ? options.epoch_samples : source->size(); }
  /// Any of the epoch's samples, that some bits name.
  std::size_t any_sample(std::uint64_t epoch, std::uint64_t bits) const {
    return static_cast<std::size_t>(epoch * options.epoch_samples + bits % samples());
  }
  Buckets::Place bucket_of(std::uint64_t epoch, std::uint64_t step) const;
  /// The sample that stands in for a bad one, the k-th to be tried.
  std::size_t replacement(std::uint64_t epoch, std::uint64_t position, std::size_t bad,
                          std::uint64_t k) const;
};

}  // namespace doppel::dataset
