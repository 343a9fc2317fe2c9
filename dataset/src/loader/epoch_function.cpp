#include "epoch_function.h"

#include <algorithm>

#include "doppel/dataset/order/fit_to.h"

namespace doppel::dataset {
namespace {

/// True where an epoch may have a sample several times.
bool comes_again(LoaderOptions::Order order) {
  switch (order) {
    case LoaderOptions::Order::Shuffled:
    case LoaderOptions::Order::Sequential:
      return false;
    case LoaderOptions::Order::Weighted:
    case LoaderOptions::Order::Balanced:
      break;
  }
  return true;
}

}  // namespace

EpochFunction::EpochFunction(SourcePtr from, augment::Recipe by, LoaderOptions how, std::array<int, 3> chw)
    : source(std::move(from)), recipe(std::move(by)), options(std::move(how)), shape(chw) {
  positions = samples() * static_cast<std::uint64_t>(options.repeats);
  if (!options.views.empty()) views.assign(options.views.begin() + 1, options.views.end());
  const bool drop = options.last == LoaderOptions::LastBatch::Drop;
  steps = drop ? positions / options.batch : (positions + options.batch - 1) / options.batch;
  if (!options.buckets.empty()) {
    buckets.emplace(*source, options.buckets, options.batch, drop);
    steps = buckets->steps();
    for (const Size size : options.buckets) fitted.push_back(fitted_by(recipe, FitTo{.size = size}));
  }
  if (options.order == LoaderOptions::Order::Weighted) weighted.emplace(options.weights);
  if (options.order == LoaderOptions::Order::Balanced) balanced.emplace(*source);
}

/// The global batch comes first, then each rank's part of it: so any world size sees the same batches.
EpochFunction::Rows EpochFunction::rows_of(std::uint64_t epoch, std::uint64_t step) const {
  const std::uint64_t begin = step * options.batch, whole = begin + options.batch;
  const bool pads = options.last == LoaderOptions::LastBatch::Pad;
  const std::uint64_t end = buckets ? begin + bucket_of(epoch, step).count : positions;
  const std::uint64_t n = (pads ? whole : std::min(whole, end)) - begin;
  const auto rank = static_cast<std::uint64_t>(options.rank),
             world = static_cast<std::uint64_t>(options.world);
  return {begin + rank * n / world, begin + (rank + 1) * n / world, end};
}

Buckets::Place EpochFunction::bucket_of(std::uint64_t epoch, std::uint64_t step) const {
  return buckets->place(step, options.order == LoaderOptions::Order::Shuffled, options.seed, epoch);
}

std::array<int, 3> EpochFunction::shape_of(std::uint64_t epoch, std::uint64_t step) const {
  if (!buckets) return shape;
  const Size size = options.buckets[bucket_of(epoch, step).size];
  return {shape[0], size.height, size.width};
}

const augment::Recipe& EpochFunction::recipe_of(std::uint64_t epoch, std::uint64_t step) const {
  return buckets ? fitted[bucket_of(epoch, step).size] : recipe;
}

std::size_t EpochFunction::most_rows() const {
  return (options.batch + static_cast<std::size_t>(options.world) - 1) /
         static_cast<std::size_t>(options.world);
}

std::size_t EpochFunction::sample_at(std::uint64_t epoch, std::uint64_t position) const {
  if (buckets)
    return buckets->sample(bucket_of(epoch, position / options.batch), position % options.batch,
                           options.order == LoaderOptions::Order::Shuffled, options.seed, epoch);
  const std::uint64_t place = position / static_cast<std::uint64_t>(options.repeats);
  switch (options.order) {
    case LoaderOptions::Order::Sequential:
      return static_cast<std::size_t>(epoch * options.epoch_samples + place);
    case LoaderOptions::Order::Weighted:
      return (*weighted)(place, options.seed, epoch);
    case LoaderOptions::Order::Balanced:
      return (*balanced)(place, options.seed, epoch);
    case LoaderOptions::Order::Shuffled:
      break;
  }
  return static_cast<std::size_t>(Shuffle(source->size(), options.seed, epoch)(place));
}

Stream EpochFunction::stream_of(std::uint64_t epoch, std::size_t index, std::uint64_t position) const {
  const Stream stream{.seed = options.seed, .epoch = epoch, .index = index, .share = share_of(epoch)};
  // A sample that may come several times in an epoch draws by its place, too.
  const bool again = options.repeats > 1 || comes_again(options.order);
  return again ? stream.split("position", position) : stream;
}

EpochFunction::Draw EpochFunction::draw(const Place& place, const augment::Sample& sample,
                                        const augment::PartnerSource& partners,
                                        const augment::PixelSource& pixels) const {
  const Stream stream = stream_of(place.epoch, place.index, place.position);
  Draw draw{recipe_of(place.epoch, place.step).draft(sample, stream, partners, pixels), {}};
  for (std::size_t k = 0; k < views.size(); ++k)
    draw.views.push_back(views[k].recipe.draft(sample, view_stream(stream, k + 1), partners, pixels));
  return draw;
}

Stream EpochFunction::partner_stream(std::uint64_t epoch, std::size_t index, std::uint64_t bits) const {
  const Stream stream{.seed = options.seed, .epoch = epoch, .index = index, .share = share_of(epoch)};
  return stream.split("partner", bits);
}

augment::PartnerSource EpochFunction::partners_of(std::uint64_t epoch) const {
  return [this, epoch](std::uint64_t bits) {
    const std::size_t index = any_sample(epoch, bits);
    return augment::PartnerPick{load(*source, index, options.channels, options.alpha),
                                partner_stream(epoch, index, bits)};
  };
}

std::size_t EpochFunction::replacement(std::uint64_t epoch, std::uint64_t position, std::size_t bad,
                                       std::uint64_t k) const {
  const Stream stream =
      Stream{.seed = options.seed, .epoch = epoch}.split("replacement", position).split("try", k);
  std::size_t candidate = bad;
  // One of its class, where that isn't too rare to be met by chance.
  for (std::uint64_t look = 0; look < 256; ++look) {
    candidate = any_sample(epoch, stream.split("look", look).bits("index"));
    if (candidate != bad && source->label(candidate) == source->label(bad)) break;
  }
  return candidate;
}

}  // namespace doppel::dataset
