#include "shard_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "doppel/base/error.h"
#include "doppel/codec/image.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/sources/file_source.h"
#include "text.h"

namespace doppel::dataset {
namespace {

/// Shards that stay open: a process may often have 1,024 files open.
constexpr std::size_t kHeldShards = 256;

}  // namespace

const RandomFile& ShardIndex::open(const std::filesystem::path& path) {
  if (!shards_.empty()) shards_.back().names.shrink_to_fit();
  const auto hold = shards_.size() < kHeldShards ? RandomFile::Hold::Open : RandomFile::Hold::PerRead;
  shards_.push_back({RandomFile(path, hold), {}});
  return shards_.back().file;
}

void ShardIndex::add(const Sample& sample, std::vector<augment::NamedValue> fields) {
  values_.take(std::move(fields));
  Shard& shard = shards_.back();
  Entry entry{.shard = static_cast<std::uint32_t>(shards_.size() - 1), .label = sample.word};
  if (shard.names.size() > std::numeric_limits<std::uint32_t>::max())
    throw Error(fmt::format("{}: more than 4 GiB of names", shard.file.path().string()));
  entry.name = static_cast<std::uint32_t>(shard.names.size());
  shard.names.append(sample.key).append(1, '\0').append(sample.extension).append(1, '\0');
  entry.at = sample.image.at;
  entry.size = static_cast<std::uint32_t>(sample.image.size);
  if (sample.image.sparse) sparse_images_.add(entries_.size(), sample.image);
  for (const augment::Box& box : sample.boxes) boxes_.add(entries_.size(), box);
  for (const augment::LabelShare& share : sample.shares) shares_.add(entries_.size(), share);
  for (const ShardMask& mask : sample.masks) masks_.add(entries_.size(), mask);
  if (sample.objects) objects_.add(entries_.size(), *sample.objects);
  entries_.push_back(entry);
  if (entry.size == 0)
    remarks_.add("images of 0 bytes, which can't be read", short_name(entries_.size() - 1));
}

void ShardIndex::each_label(const std::function<void(int&)>& take) {
  for (Entry& entry : entries_) take(entry.label);
  for (augment::Box& box : boxes_.all()) take(box.label);
  for (augment::LabelShare& share : shares_.all()) take(share.label);
  for (ShardObjects& objects : objects_.all()) {
    for (augment::RotatedBox& box : objects.rotated_boxes) take(box.label);
    for (augment::Outline& outline : objects.outlines) take(outline.label);
  }
}

/// Each word's class.
std::vector<int> ShardIndex::class_numbers() {
  std::vector<bool> used(words_.size());
  each_label([&](int word) {
    if (word >= 0) used[static_cast<std::size_t>(word)] = true;
  });
  return words_.finish(used, remarks_);
}

void ShardIndex::finish(const std::set<std::string>& keys) {
  values_.finish("key of .json", keys, remarks_);
  const std::vector<int> number_of = class_numbers();
  each_label([&](int& label) {
    if (label >= 0) label = number_of[static_cast<std::size_t>(label)];
  });
  remark_missing();
  entries_.shrink_to_fit();
  boxes_.shrink(), shares_.shrink(), masks_.shrink(), sparse_images_.shrink(), objects_.shrink();
  if (!shards_.empty()) shards_.back().names.shrink_to_fit();
}

void ShardIndex::remark_missing() {
  const bool labels = std::ranges::any_of(entries_, [](const Entry& entry) { return entry.label >= 0; });
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (labels && entries_[i].label < 0 && shares_.of(i).empty())
      remarks_.add("samples without a label, where others have one", short_name(i));
    if (masks_.samples() > 0 && masks_.of(i).empty())
      remarks_.add("samples without a mask, where others have one", short_name(i));
  }
}

std::string ShardIndex::name(std::size_t sample) const {
  const Shard& shard = shards_[entries_[sample].shard];
  return fmt::format("{}:{}", shard.file.path().string(), shard.names.c_str() + entries_[sample].name);
}

std::string ShardIndex::short_name(std::size_t sample) const {
  const Shard& shard = shards_[entries_[sample].shard];
  return fmt::format("{}:{}", shard.file.path().filename().string(),
                     shard.names.c_str() + entries_[sample].name);
}

std::string_view ShardIndex::extension(std::size_t sample) const {
  const std::string_view key = shards_[entries_[sample].shard].names.c_str() + entries_[sample].name;
  return key.data() + key.size() + 1;
}

std::string ShardIndex::member(std::size_t sample, std::string_view extension) const {
  return fmt::format("{}.{}", name(sample), extension);
}

std::vector<int> ShardIndex::object_labels(std::size_t sample) const {
  std::vector<int> labels;
  for (const augment::Box& box : boxes_.of(sample)) labels.push_back(box.label);
  for (const ShardObjects& objects : objects_.of(sample))
    for (const augment::RotatedBox& box : objects.rotated_boxes) labels.push_back(box.label);
  return labels;
}

Item ShardIndex::read(std::size_t sample) const {
  const Entry& entry = entries_[sample];
  const RandomFile& file = shards_[entry.shard].file;
  Item item;
  if (const auto sparse = sparse_images_.of(sample); !sparse.empty()) {
    item.encoded = read_content(file, sparse[0]);
  } else {
    item.encoded.resize(entry.size);
    file.read(entry.at, item.encoded);
  }
  if (item.encoded.empty()) throw Error(fmt::format("{}: an empty image", member(sample, extension(sample))));
  item.sample.label = entry.label;
  const auto boxes = boxes_.of(sample);
  item.sample.boxes.assign(boxes.begin(), boxes.end());
  item.sample.label_shares = label_shares(sample);
  values_.annotate(sample, item.sample);
  if (const auto objects = objects_.of(sample); !objects.empty()) read_objects(sample, objects[0], item);
  const auto masks = masks_.of(sample);
  const Size size = masks.empty() ? Size() : image_size(item);
  for (const ShardMask& mask : masks) try {
      item.sample.masks.push_back(decode_mask(read_content(file, mask.content)));
      if (const Size own = augment::size_of(item.sample.masks.back()); own != size)
        throw Error(fmt::format("a mask of {}x{} for an image of {}x{} (width x height)", own.width,
                                own.height, size.width, size.height));
    } catch (const Error& error) {
      throw Error(fmt::format("{}: {}", member(sample, mask.extension), error.what()));
    }
  return item;
}

void ShardIndex::read_objects(std::size_t sample, const ShardObjects& objects, Item& item) const {
  item.sample.rotated_boxes = objects.rotated_boxes;
  item.sample.keypoints = objects.keypoints;
  item.sample.outlines = objects.outlines;
  item.sample.instance_mask = objects.instance_mask;
  if (const std::size_t masks = masks_.of(sample).size(); objects.instance_mask >= static_cast<int>(masks))
    throw Error(fmt::format("{}: `instance_mask` is {}, and there are {} masks", name(sample),
                            objects.instance_mask, masks));
  for (const auto& [map, content] : objects.maps)
    item.sample.maps.push_back(map_of_bytes(member(sample, map.path),
                                            read_content(shards_[entries_[sample].shard].file, content), map,
                                            image_size(item)));
}

}  // namespace doppel::dataset
