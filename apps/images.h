// The images of one data set or several, as one list.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "doppel/augment/draft/draft.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/dataset/analysis/statistics.h"
#include "doppel/dataset/open/open_data.h"
#include "telling.h"

namespace doppel::apps {

/// The training parts of all inputs, one after the other.
class Images {
 public:
  /// Opens each, with a line for each remark. Throws as dataset::open_data() does.
  Images(const Words& inputs, const DataOptions& options);
  std::size_t size() const { return size_; }
  augment::Sample read(std::size_t index) const;
  /// How its source knows it: its file's path, where it has one.
  std::string path(std::size_t index) const;
  /// The last part of its path.
  std::string name(std::size_t index) const;
  /// Its class, -1 where it has none, or none is known.
  int label(std::size_t index) const;
  /// What label k is called where image `index` is: inputs may have classes of their own.
  const std::vector<std::string>& classes_at(std::size_t index) const { return find(index).first->classes(); }
  /// As they were opened, in their order.
  const std::vector<dataset::OpenedData>& inputs() const { return inputs_; }
  /// Recipe::bind_labels() by the classes of each input.
  void bind_labels(augment::Recipe& recipe) const;
  /// Where the recipe wants_statistics(), those of all inputs together, which are measured once. Any thread
  /// may call.
  void bind_statistics(augment::Recipe& recipe) const;
  /// For such a recipe: from then on images have as many channels as were measured.
  void equalize_channels(const augment::Recipe& recipe);
  /// Which other image a transform that mixes gets for its bits: its place, and the stream of its own draws.
  std::pair<std::size_t, Stream> partner(const Stream& stream, std::uint64_t bits) const;
  /// Other samples, for transforms that mix.
  augment::PartnerSource partners(const Stream& stream) const;

 private:
  std::pair<const dataset::Source*, std::size_t> find(std::size_t index) const;
  std::vector<dataset::OpenedData> inputs_;
  std::size_t size_ = 0;
  const dataset::ImageStatistics& statistics() const;
  int channels_ = 0;  ///< 0: each image has its own
  std::unique_ptr<std::mutex> measuring_ = std::make_unique<std::mutex>();
  mutable std::optional<dataset::ImageStatistics> statistics_;  ///< once they were asked for
};

}  // namespace doppel::apps
