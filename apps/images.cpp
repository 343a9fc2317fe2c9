#include "images.h"

#include <filesystem>

#include "doppel/dataset/combine/concat.h"
#include "live_line.h"

namespace doppel::apps {

Images::Images(const Words& inputs, const DataOptions& options) {
  constexpr std::size_t kLooked = 4;  // somebody waits for the first tile
  for (const std::string& input : inputs) {
    size_ += inputs_.emplace_back(open_told(input, options)).train->size();
    tell_few_levels(inputs_.back(), kLooked);
  }
}

augment::Sample Images::read(std::size_t index) const {
  const auto [source, place] = find(index);
  return load(*source, place, channels_);
}

std::string Images::path(std::size_t index) const {
  const auto [source, place] = find(index);
  return source->name(place);
}

std::string Images::name(std::size_t index) const {
  return std::filesystem::path(path(index)).filename().string();
}

int Images::label(std::size_t index) const {
  const auto [source, place] = find(index);
  return source->label(place);
}

void Images::bind_labels(augment::Recipe& recipe) const {
  for (const dataset::OpenedData& input : inputs_) recipe.bind_labels(input.train->classes());
}

const dataset::ImageStatistics& Images::statistics() const {
  const std::lock_guard lock(*measuring_);
  if (statistics_) return *statistics_;
  std::vector<dataset::SourcePtr> sources;
  for (const dataset::OpenedData& input : inputs_) sources.push_back(input.train);
  LiveLine live("measuring", "images");
  return statistics_.emplace(dataset::image_statistics(dataset::Concat(sources), 0, 1000, live.counter()));
}

void Images::bind_statistics(augment::Recipe& recipe) const {
  if (recipe.wants_statistics()) recipe.bind_statistics(statistics().mean, statistics().std);
}

void Images::equalize_channels(const augment::Recipe& recipe) {
  if (recipe.wants_statistics()) channels_ = statistics().channels;
}

std::pair<std::size_t, Stream> Images::partner(const Stream& stream, std::uint64_t bits) const {
  Stream own = stream;
  own.index = bits % size_;
  return {own.index, own.split("partner", bits)};
}

augment::PartnerSource Images::partners(const Stream& stream) const {
  return [this, stream](std::uint64_t bits) {
    const auto [index, own] = partner(stream, bits);
    return augment::PartnerPick{read(index), own};
  };
}

std::pair<const dataset::Source*, std::size_t> Images::find(std::size_t index) const {
  std::size_t k = 0;
  while (index >= inputs_[k].train->size()) index -= inputs_[k++].train->size();
  return {inputs_[k].train.get(), index};
}

}  // namespace doppel::apps
