#include "doppel/dataset/sources/lmdb.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <opencv2/core.hpp>

#include "caffe_datum.h"
#include "class_words.h"
#include "doppel/base/byte_reader.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/image_facts.h"
#include "doppel/dataset/sources/file_source.h"
#include "label_map.h"
#include "lmdb_file.h"
#include "lmdb_keys.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

fs::path lmdb_in(const fs::path& path) { return is_folder(path) ? path / "data.mdb" : path; }

/// What Python's pickle.dumps() writes, of any protocol since 2003.
bool is_pickled_value(std::span<const unsigned char> begin) {
  return begin.size() >= 2 && begin[0] == 0x80 && begin[1] >= 2 && begin[1] <= 5;
}

/// Planes of blue, green and red as rows of red, green and blue; a single plane as it is.
cv::Mat image_of_planes(const std::vector<unsigned char>& planes, int height, int width, int channels) {
  cv::Mat image(height, width, CV_8UC(channels));
  const std::size_t plane = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  const auto n = static_cast<std::size_t>(channels);
  for (std::size_t c = 0; c < n; ++c) {
    const unsigned char* from = planes.data() + (n == 3 ? 2 - c : c) * plane;
    unsigned char* to = image.data + c;
    for (std::size_t i = 0; i < plane; ++i) to[i * n] = from[i];
  }
  return image;
}

}  // namespace

struct LmdbImages::Index {
  struct Entry {
    std::uint64_t at = 0;   ///< of the image
    std::uint64_t key = 0;  ///< where its key begins in `keys`; it ends where the next one's begins
    std::uint32_t size = 0;
    std::int32_t label = -1;
    std::uint16_t height = 0, width = 0;  ///< as meta_info.txt says, or of pixels; 0: nothing does
    std::uint8_t channels = 0;            ///< of pixels; 0: it's a file
  };
  RandomFile file;
  std::vector<Entry> entries = {};
  std::string keys = {};
  ClassWords words = {};
  Remarks remarks = {};
  LmdbFacts facts = {};

  std::string_view key(std::size_t index) const {
    const std::uint64_t begin = entries[index].key,
                        end = index + 1 < entries.size() ? entries[index + 1].key : keys.size();
    return std::string_view(keys).substr(begin, end - begin);
  }
  std::string key_text(std::size_t index) const { return lmdb_key_text(key(index), facts.whole_number_keys); }
  /// Among keys that are sorted by their bytes.
  std::optional<std::size_t> find(std::string_view wanted) const {
    std::size_t first = 0, last = entries.size();
    while (first < last) {
      const std::size_t middle = first + (last - first) / 2;
      (key(middle) < wanted ? first = middle + 1 : last = middle);
    }
    return first < entries.size() && key(first) == wanted ? std::optional(first) : std::nullopt;
  }
};

class LmdbImages::Builder {
 public:
  Builder(Index& index, const LmdbOptions& options) : index_(index), options_(options) {
    if (!options.only_class.empty()) index_.words = ClassWords({options.only_class});
    if (options.names.empty()) return;
    std::vector<std::string> names;
    for (const auto& [id, name] : class_names_by_id(options.names)) {
      ids_.add(id);
      names.push_back(name);
    }
    index_.words = ClassWords(std::move(names));
  }

  void take(const LmdbFacts& facts, const LmdbEntry& entry) try {
    index_.facts = facts;
    if (take_datum(entry)) return;
    if (is_label_key(entry.key)) return take_label(entry);
    if (image_kind(entry.begin) != ImageKind::Unknown)
      add(entry, entry.at, entry.size);
    else
      take_other(entry);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", lmdb_key_text(entry.key, facts.whole_number_keys), error.what()));
  }

  void finish() {
    if (index_.entries.empty()) throw Error(no_images());
    give_labels();
    keep_largest();
    number_classes();
    check_list();
    remark();
  }

 private:
  std::string text_of(const LmdbEntry& entry) const {
    return lmdb_key_text(entry.key, index_.facts.whole_number_keys);
  }

  Index::Entry& add(const LmdbEntry& entry, std::uint64_t at, std::uint64_t size) {
    if (size > 0xffffffffU) throw Error("an image of more than 4 GiB");
    index_.entries.push_back(
        {.at = at, .key = index_.keys.size(), .size = static_cast<std::uint32_t>(size), .label = -1});
    index_.keys += entry.key;
    if (!options_.only_class.empty()) index_.entries.back().label = 0;
    return index_.entries.back();
  }

  /// False where the value is no Datum.
  bool take_datum(const LmdbEntry& entry) {
    const auto datum = caffe_datum(entry.size, [&](std::uint64_t at, std::span<unsigned char> into) {
      if (at + into.size() <= entry.begin.size())
        std::ranges::copy(entry.begin.subspan(at, into.size()), into.begin());
      else
        index_.file.read(entry.at + at, into);
    });
    if (!datum) return false;
    if (datum->has_floats) {
      index_.remarks.add("Datums of floats, which aren't read", text_of(entry));
      return true;
    }
    std::array<unsigned char, 64> head{};
    const auto begin = std::span(head).first(std::min<std::uint64_t>(datum->size, head.size()));
    index_.file.read(entry.at + datum->at, begin);
    const bool is_file = image_kind(begin) != ImageKind::Unknown;
    constexpr std::int64_t kMostSide = 65535;
    const auto fits = [](std::int64_t side) { return side > 0 && side <= kMostSide; };
    const bool is_pixels =
        (datum->channels == 1 || datum->channels == 3) && fits(datum->height) && fits(datum->width) &&
        static_cast<std::uint64_t>(datum->channels * datum->height * datum->width) == datum->size;
    if (!is_file && !is_pixels) return false;
    Index::Entry& added = add(entry, entry.at + datum->at, datum->size);
    if (!is_file) {
      added.channels = static_cast<std::uint8_t>(datum->channels);
      added.height = static_cast<std::uint16_t>(datum->height);
      added.width = static_cast<std::uint16_t>(datum->width);
      planes_ = planes_ || datum->channels == 3;
    }
    if (datum->label && options_.only_class.empty()) added.label = class_of(*datum->label);
    return true;
  }

  int class_of(std::int64_t number) { return ids_.of(number, options_.names, index_.words, index_.remarks); }

  void take_label(const LmdbEntry& entry) {
    const auto text = lmdb_text(index_.file, entry);
    if (!text) return unread_labels_.add("labels", text_of(entry));
    if (const auto of = index_.facts.sorted ? index_.find(key_of_image(entry.key)) : std::nullopt)
      index_.entries[*of].label = index_.words.of(trimmed(*text), index_.remarks);
    else
      labels_.emplace_back(entry.key, std::string(trimmed(*text)));
  }

  void take_other(const LmdbEntry& entry) {
    if (is_pickled_value(entry.begin)) ++pickles_;
    if (is_count_key(entry.key)) {
      const auto text = lmdb_text(index_.file, entry);
      if (const auto count = text ? whole_number(*text) : std::nullopt)
        counts_.emplace_back(entry.key, *count);
      return;
    }
    others_.add(is_pickled_value(entry.begin) ? "values pickled by Python, which aren't executed"
                                              : "values that are no images, which aren't read",
                text_of(entry));
    constexpr std::size_t kMostNames = 100;
    if (other_keys_.size() < kMostNames) other_keys_.push_back(text_of(entry));
  }

  std::string no_images() const {
    if (pickles_ > 0)
      return "its values are pickled by Python, and pickles are never executed: write the images' own "
             "bytes, or "
             "Caffe's Datum";
    const auto seen = others_.list();
    return fmt::format("no value is an image's file or Caffe's Datum of one{}",
                       seen.empty() ? "" : fmt::format("; keys are {} …", fmt::join(seen[0].examples, ", ")));
  }

  /// Of those that came before their images.
  void give_labels() {
    if (!index_.facts.sorted && !labels_.empty())
      throw Error("its keys are in an order of their own, so that labels can't be found by theirs");
    for (const auto& [key, text] : labels_) {
      if (const auto of = index_.find(key_of_image(key)))
        index_.entries[*of].label = index_.words.of(text, index_.remarks);
      else
        index_.remarks.add("labels without an image", lmdb_key_text(key, false));
    }
    labels_ = {};
  }

  /// Of images in several sizes.
  void keep_largest() {
    std::map<std::uint64_t, std::size_t> of_size;
    for (std::size_t i = 0; i < index_.entries.size(); ++i) {
      const auto size = size_in_key(index_.key(i));
      if (!size) return;
      ++of_size[*size];
    }
    const bool alike =
        std::ranges::all_of(of_size, [&](const auto& one) { return one.second == of_size.begin()->second; });
    if (of_size.size() < 2 || !alike) return;
    const std::uint64_t largest = of_size.rbegin()->first;
    std::string keys;
    std::vector<Index::Entry> kept;
    for (std::size_t i = 0; i < index_.entries.size(); ++i) {
      if (size_in_key(index_.key(i)) != largest) continue;
      kept.push_back(index_.entries[i]);
      kept.back().key = keys.size();
      keys += index_.key(i);
    }
    index_.remarks.say(fmt::format("each image is there in {} sizes, of which the largest, {}, is read",
                                   of_size.size(), largest));
    index_.entries = std::move(kept), index_.keys = std::move(keys);
  }

  void number_classes() {
    std::vector<bool> used(index_.words.size());
    for (const Index::Entry& entry : index_.entries)
      if (entry.label >= 0) used[static_cast<std::size_t>(entry.label)] = true;
    const std::vector<int> number_of = index_.words.finish(used, index_.remarks);
    for (Index::Entry& entry : index_.entries)
      if (entry.label >= 0) entry.label = number_of[static_cast<std::size_t>(entry.label)];
    index_.entries.shrink_to_fit(), index_.keys.shrink_to_fit();
  }

  /// What meta_info.txt beside the file says of sizes.
  void check_list() {
    const fs::path list = index_.file.path().parent_path() / "meta_info.txt";
    if (!is_file(list) || !index_.facts.sorted) return;
    std::size_t found = 0;
    for (const LmdbListed& listed : lmdb_list(list)) {
      const auto of = index_.find(listed.key);
      if (!of) {
        index_.remarks.add("images that meta_info.txt names and the database hasn't", listed.key);
        continue;
      }
      ++found;
      Index::Entry& entry = index_.entries[*of];
      if (entry.channels == 0) entry.height = listed.height, entry.width = listed.width;
    }
    if (found < index_.entries.size())
      index_.remarks.say(fmt::format("images that meta_info.txt doesn't name: {}, which are read too",
                                     index_.entries.size() - found));
  }

  void remark() {
    const bool some = std::ranges::any_of(index_.entries, [](const auto& entry) { return entry.label >= 0; });
    if (!some && !options_.ignore_labels && !unread_labels_.list().empty())
      throw Error(
          fmt::format("values of {} look like labels and are no text: labels are texts or Caffe's Datum; "
                      "--ignore reads the images alone",
                      fmt::join(unread_labels_.list()[0].examples, ", ")));
    if (const auto like = names_like_labels(other_keys_); !some && !like.empty() && !options_.ignore_labels)
      throw Error(
          fmt::format("no labels are read, but {} {} like some: labels are Caffe's Datum, or texts called "
                      "label-000000001 beside image-000000001; --ignore reads the images alone",
                      fmt::join(like, ", "), like.size() == 1 ? "looks" : "look"));
    for (const Remark& labels : unread_labels_.list())
      for (std::size_t i = 0; i < labels.count; ++i)
        index_.remarks.add("labels that are no text, which aren't read",
                           i < labels.examples.size() ? labels.examples[i] : "");
    for (std::size_t i = 0; some && i < index_.entries.size(); ++i)
      if (index_.entries[i].label < 0)
        index_.remarks.add("images without a label, where others have one", index_.key_text(i));
    if (planes_)
      index_.remarks.say(
          "images as pixels: three channels are taken as blue, green and red, as Caffe's tools write them");
    for (const auto& [key, count] : counts_)
      if (count != std::ssize(index_.entries))
        index_.remarks.say(
            fmt::format("{} says {}, and there are {} images", key, count, index_.entries.size()));
    index_.remarks.add(others_.list());
  }

  Index& index_;
  const LmdbOptions& options_;
  ClassIds ids_;
  std::vector<std::pair<std::string, std::string>> labels_;  ///< those whose image wasn't met yet
  std::vector<std::pair<std::string, std::int64_t>> counts_;
  Remarks unread_labels_, others_;
  std::vector<std::string> other_keys_;
  std::size_t pickles_ = 0;
  bool planes_ = false;
};

LmdbImages::LmdbImages(const fs::path& path, const OnProgress& progress, const LmdbOptions& options) {
  const fs::path file = lmdb_in(path);
  index_ = std::make_unique<Index>(Index{.file = RandomFile(file)});
  try {
    Builder builder(*index_, options);
    std::uint64_t met = 0;
    each_lmdb_entry(index_->file, [&](const LmdbFacts& facts, const LmdbEntry& entry) {
      builder.take(facts, entry);
      if (progress && ++met % 256 == 0) progress(met, facts.entries);
    });
    builder.finish();
  } catch (const Error& error) {
    const std::string what = error.what();
    throw Error(what.find(file.string()) != what.npos ? what : fmt::format("{}: {}", file.string(), what));
  }
}

LmdbImages::~LmdbImages() = default;

bool LmdbImages::is_lmdb(const fs::path& path) {
  const fs::path file = lmdb_in(path);
  return is_file(file) && is_lmdb_file(file);
}

std::size_t LmdbImages::size() const { return index_->entries.size(); }
int LmdbImages::label(std::size_t index) const { return index_->entries[index].label; }
const std::vector<std::string>& LmdbImages::classes() const { return index_->words.names(); }
std::vector<Remark> LmdbImages::remarks() const { return index_->remarks.list(); }

std::string LmdbImages::name(std::size_t index) const {
  return fmt::format("{}:{}", index_->file.path().string(), index_->key_text(index));
}

void LmdbImages::prepare(std::size_t index) const {
  const Index::Entry& entry = index_->entries[index];
  index_->file.fetch(entry.at, entry.size);
}

bool LmdbImages::is_far() const { return index_->file.is_far(); }

std::optional<UnreadItem> LmdbImages::unread(std::size_t index) const {
  return unread_bytes(is_far(), index_->entries[index].size);
}

Item LmdbImages::read(std::size_t index) const {
  const Index::Entry& entry = index_->entries[index];
  Item item;
  item.encoded.resize(entry.size);
  index_->file.read(entry.at, item.encoded);
  item.sample.label = entry.label;
  if (entry.channels > 0) {
    item.sample.image = image_of_planes(item.encoded, entry.height, entry.width, entry.channels);
    item.encoded.clear();
  } else if (entry.height > 0) {
    if (const Size size = image_size(item); size != Size{entry.height, entry.width})
      throw Error(fmt::format("meta_info.txt says {}x{}, the image is {}x{} (width x height)", entry.width,
                              entry.height, size.width, size.height));
  }
  return item;
}

}  // namespace doppel::dataset
