// What is known of WebDataset shards once they have been walked over, in few bytes a sample.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "class_words.h"
#include "doppel/dataset/sources/remark.h"
#include "doppel/dataset/sources/source.h"
#include "map_file.h"
#include "record_values.h"
#include "tar.h"

namespace doppel::dataset {

/// Any number of values for each sample, most of which have none.
template <class T>
class PerSample {
 public:
  /// Of the last sample or a later one.
  void add(std::size_t sample, T value) {
    if (firsts_.empty() || firsts_.back().first != sample) firsts_.emplace_back(sample, values_.size());
    values_.push_back(std::move(value));
  }
  std::span<const T> of(std::size_t sample) const {
    const auto found =
        std::ranges::lower_bound(firsts_, sample, {}, &std::pair<std::size_t, std::size_t>::first);
    if (found == firsts_.end() || found->first != sample) return {};
    const std::size_t end = found + 1 == firsts_.end() ? values_.size() : found[1].second;
    return std::span(values_).subspan(found->second, end - found->second);
  }
  std::size_t samples() const { return firsts_.size(); }
  std::span<T> all() { return values_; }
  void shrink() { firsts_.shrink_to_fit(), values_.shrink_to_fit(); }

 private:
  std::vector<std::pair<std::size_t, std::size_t>> firsts_;  ///< sample, and its first value
  std::vector<T> values_;
};

/// A mask's member.
struct ShardMask {
  std::string extension;
  TarContent content;
};

/// A map's member, whose extension is the file's path.
struct ShardMap {
  MapFile file;
  TarContent content;
};

/// Targets that few data sets have.
struct ShardObjects {
  std::vector<augment::RotatedBox> rotated_boxes;
  std::vector<augment::Keypoint> keypoints;
  std::vector<augment::Outline> outlines;
  std::vector<ShardMap> maps;
  int instance_mask = -1;
};

/// Samples of shards, in order. Classes are words, numbered as they are met, until finish().
class ShardIndex {
 public:
  /// A sample as one shard tells it. Labels of boxes (rotated ones, too), outlines and shares are words'
  /// numbers.
  struct Sample {
    std::string_view key, extension;  ///< of the image
    const TarContent& image;
    int word;  ///< of its class; -1: none
    std::span<const augment::Box> boxes;
    std::span<const augment::LabelShare> shares;
    std::span<const ShardMask> masks;
    const ShardObjects* objects = nullptr;  ///< null: none
  };

  /// `names`: classes by the list that comes with the shards, so that words are these names or their numbers;
  /// empty where there is none. `columns`: as RecordValues has them.
  explicit ShardIndex(std::vector<std::string> names = {},
                      const std::map<std::string, std::string>& columns = {})
      : values_(columns) {
    if (!names.empty()) words_ = ClassWords(std::move(names));
  }

  /// Opens a shard; the samples that are added from here on are its own. Throws Error.
  const RandomFile& open(const std::filesystem::path& path);
  /// Throws Error for fields that should be numbers and aren't.
  void add(const Sample& sample, std::vector<augment::NamedValue> fields = {});
  /// The number of a class's name; -1, which means no class, of an empty one and of -1. Throws Error for one
  /// that a list lacks.
  int word(std::string_view name) { return words_.of(name, remarks_); }
  const std::string& word(int number) const { return words_.text(number); }
  /// Numbers the classes, and remarks on labels and masks that are missing. `keys`: of JSON, that say
  /// nothing. Throws Error as RecordValues::finish().
  void finish(const std::set<std::string>& keys = {});

  std::size_t size() const { return entries_.size(); }
  int label(std::size_t sample) const { return entries_[sample].label; }
  std::vector<augment::LabelShare> label_shares(std::size_t sample) const {
    const auto shares = shares_.of(sample);
    return {shares.begin(), shares.end()};
  }
  /// Of boxes and rotated boxes.
  std::vector<int> object_labels(std::size_t sample) const;
  const std::vector<std::string>& classes() const { return words_.names(); }
  const RecordValues& values() const { return values_; }
  /// The shard and the key.
  std::string name(std::size_t sample) const;
  bool is_far() const { return !shards_.empty() && shards_[0].file.is_far(); }
  std::uint64_t bytes(std::size_t sample) const { return entries_[sample].size; }  ///< of its image
  void prepare(std::size_t sample) const {
    shards_[entries_[sample].shard].file.fetch(entries_[sample].at, entries_[sample].size);
  }
  /// Errors name the shard and the member.
  Item read(std::size_t sample) const;
  Remarks& remarks() { return remarks_; }
  const Remarks& remarks() const { return remarks_; }

 private:
  struct Entry {
    std::uint64_t at = 0;
    std::uint32_t size = 0, shard = 0;
    int label = -1;
    std::uint32_t name = 0;  ///< where in the shard's names its key begins
  };
  struct Shard {
    RandomFile file;
    std::string names;  ///< keys and images' extensions, each ended by a zero byte
  };
  void each_label(const std::function<void(int&)>& take);
  std::vector<int> class_numbers();
  void remark_missing();
  void read_objects(std::size_t sample, const ShardObjects& objects, Item& item) const;
  std::string member(std::size_t sample, std::string_view extension) const;
  std::string_view extension(std::size_t sample) const;
  std::string short_name(std::size_t sample) const;

  std::vector<Shard> shards_;
  std::vector<Entry> entries_;
  PerSample<augment::Box> boxes_;
  PerSample<augment::LabelShare> shares_;
  PerSample<ShardMask> masks_;
  PerSample<TarContent> sparse_images_;
  PerSample<ShardObjects> objects_;
  RecordValues values_;
  ClassWords words_;
  Remarks remarks_;
};

}  // namespace doppel::dataset
