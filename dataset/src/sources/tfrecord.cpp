#include "doppel/dataset/sources/tfrecord.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "class_words.h"
#include "crc32c.h"
#include "doppel/base/byte_reader.h"
#include "doppel/base/error.h"
#include "doppel/base/random_file.h"
#include "doppel/codec/image_facts.h"
#include "doppel/dataset/sources/file_source.h"
#include "label_map.h"
#include "manifest_roles.h"
#include "record_values.h"
#include "shard_index.h"
#include "text.h"
#include "tf_example.h"

namespace doppel::dataset {
namespace {

/// Files that stay open: a process may often have 1,024 open.
constexpr std::size_t kHeldRecordFiles = 256;

/// A checksum as it is stored: turned, with a number added.
bool is_checksum(std::uint32_t stored, std::span<const unsigned char> bytes) {
  constexpr std::uint32_t kAdded = 0xa282ead8;
  const std::uint32_t sum = crc32c(bytes);
  return stored == (sum >> 15 | sum << 17) + kAdded;
}

/// What features are called, in the order in which they are believed.
constexpr std::array<std::string_view, 5> kImages{"image/encoded", "image", "image_raw", "img", "jpeg"};
constexpr std::array<std::string_view, 4> kLabelTexts{"image/class/text", "class/text", "label_name",
                                                      "class_name"};
constexpr std::array<std::string_view, 4> kLabels{"image/class/label", "label", "class", "target"};
constexpr std::array<std::string_view, 4> kCorners{"image/object/bbox/xmin", "image/object/bbox/ymin",
                                                   "image/object/bbox/xmax", "image/object/bbox/ymax"};
constexpr std::array<std::string_view, 2> kBoxClasses{"image/object/class/text", "image/object/class/label"};
constexpr std::array<std::string_view, 6> kSizes{"image/height", "image/width", "image/channels",
                                                 "height",       "width",       "depth"};

using Features = std::map<std::string, TfFeature, std::less<>>;

const TfFeature* first_feature(const Features& features, std::span<const std::string_view> names) {
  for (const std::string_view name : names)
    if (const auto found = features.find(name);
        found != features.end() && found->second.kind != TfFeature::Kind::None)
      return &found->second;
  return nullptr;
}

std::int64_t whole_feature(const Features& features, std::initializer_list<std::string_view> names) {
  const TfFeature* found = first_feature(features, std::span(names.begin(), names.size()));
  return found && !found->wholes.empty() ? found->wholes[0] : 0;
}

}  // namespace

struct TfRecords::Index {
  struct Entry {
    std::uint64_t at = 0;  ///< of the image
    std::uint32_t size = 0, file = 0;
    std::int32_t label = -1;
    std::uint32_t record = 0;             ///< its number in the file
    std::uint16_t height = 0, width = 0;  ///< as the record says; 0: it doesn't, or they are larger
    std::uint8_t channels = 0;
  };
  std::vector<RandomFile> files;
  std::vector<Entry> entries;
  PerSample<augment::Box> boxes;  ///< in shares of the image
  ClassWords words;
  RecordValues values;
  Remarks remarks;

  explicit Index(const std::map<std::string, std::string>& columns) : values(columns) {}
  std::string short_name(const Entry& entry) const {
    return fmt::format("{}:{}", files[entry.file].path().filename().string(), entry.record);
  }
};

class TfRecords::Builder {
 public:
  Builder(Index& index, const TfRecordOptions& options) : index_(index), options_(options) {
    if (options.names.empty()) return;
    std::vector<std::string> names;
    for (const auto& [id, name] : class_names_by_id(options.names)) {
      ids_.add(id);
      names.push_back(name);
    }
    index_.words = ClassWords(std::move(names));
  }

  void read(const std::filesystem::path& path, const std::function<void(std::uint64_t)>& told) {
    const auto hold =
        index_.files.size() < kHeldRecordFiles ? RandomFile::Hold::Open : RandomFile::Hold::PerRead;
    index_.files.emplace_back(path, hold);
    const RandomFile& file = index_.files.back();
    std::uint32_t record = 0;
    for (std::uint64_t at = 0; at < file.size(); ++record) try {
        at = take_record(file, at, record);
        if (record % 256 == 0) told(at);
      } catch (const Error& error) {
        throw Error(fmt::format("{}: record {}, at byte {}: {}", path.string(), record, at, error.what()));
      }
  }

  void finish() {
    if (index_.entries.empty())
      throw Error(fmt::format("{}: no record has an image (a feature {}); features are {}",
                              index_.files.empty() ? "no files" : index_.files[0].path().string(),
                              fmt::join(kImages, ", "),
                              names_.empty() ? "none" : fmt::format("{}", fmt::join(names_, ", "))));
    std::vector<bool> used(index_.words.size());
    for (const Index::Entry& entry : index_.entries)
      if (entry.label >= 0) used[static_cast<std::size_t>(entry.label)] = true;
    for (const auto& box : index_.boxes.all())
      if (box.label >= 0) used[static_cast<std::size_t>(box.label)] = true;
    const std::vector<int> number_of = index_.words.finish(used, index_.remarks);
    const auto renumber = [&](std::int32_t& label) {
      if (label >= 0) label = number_of[static_cast<std::size_t>(label)];
    };
    for (Index::Entry& entry : index_.entries) renumber(entry.label);
    for (auto& box : index_.boxes.all()) renumber(box.label);
    index_.boxes.shrink();
    remark();
  }

 private:
  static bool is_read(std::string_view name) {
    const auto in = [&](const auto& names) { return std::ranges::find(names, name) != names.end(); };
    return in(kImages) || in(kLabelTexts) || in(kLabels) || in(kCorners) || in(kBoxClasses) || in(kSizes);
  }

  /// Returns where the next one begins.
  std::uint64_t take_record(const RandomFile& file, std::uint64_t at, std::uint32_t record) {
    constexpr std::uint64_t kHead = 12, kTail = 4;
    std::array<unsigned char, kHead> head{};
    if (file.size() - at < kHead) throw Error("the file is cut off");
    file.read(at, head);
    ByteReader in(head);
    const auto size = in.little<std::uint64_t>();
    if (!is_checksum(in.little<std::uint32_t>(), std::span(head).first(8))) {
      if (at == 0 && head[0] == 0x1f && head[1] == 0x8b)
        throw Error(
            "it is compressed by gzip, so that no record can be read from its middle: unpack it (gunzip)");
      throw Error("the checksum of its length is wrong: it is no TFRecord file, or damaged");
    }
    const std::uint64_t left = file.size() - at - kHead;
    if (left < kTail || size > left - kTail) throw Error("the file is cut off");
    record_.resize(static_cast<std::size_t>(size + kTail));
    file.read(at + kHead, record_);
    const auto body = std::span<const unsigned char>(record_).first(static_cast<std::size_t>(size));
    if (!is_checksum(ByteReader(std::span(record_).last(kTail)).little<std::uint32_t>(), body))
      throw Error("its checksum is wrong");
    take_example(body, at + kHead, record);
    return at + kHead + size + kTail;
  }

  void take_example(std::span<const unsigned char> body, std::uint64_t at, std::uint32_t record) {
    constexpr std::size_t kMostNames = 1000;
    Features features, values;
    const auto all = [](std::string_view) { return true; };
    each_tf_feature(body, all, [&](std::string_view name, TfFeature& feature) {
      if (!is_read(name) && !index_.values.is_given(name) && names_.size() < kMostNames)
        names_.emplace(name.substr(0, 200));
      if (is_read(name)) read_.emplace(name);
      (is_read(name) && !index_.values.is_given(name) ? features : values)
          .insert_or_assign(std::string(name), std::move(feature));
    });
    Index::Entry entry{.file = static_cast<std::uint32_t>(index_.files.size() - 1), .record = record};
    const TfFeature* image = first_feature(features, kImages);
    if (!image || image->bytes.empty() || image->bytes[0].empty())
      return index_.remarks.add("records without an image, which aren't read", index_.short_name(entry));
    if (image->bytes.size() > 1)
      index_.remarks.add("records of several images, of which the first is read", index_.short_name(entry));
    const std::string_view bytes = image->bytes[0];
    entry.at =
        at + static_cast<std::uint64_t>(reinterpret_cast<const unsigned char*>(bytes.data()) - body.data());
    entry.size = static_cast<std::uint32_t>(bytes.size());
    if (entry.size != bytes.size()) throw Error("an image of more than 4 GiB");
    const auto side = [&](std::initializer_list<std::string_view> names) {
      const std::int64_t whole = whole_feature(features, names);
      return static_cast<std::uint16_t>(whole > 0 && whole < 65536 ? whole : 0);
    };
    entry.height = side({"image/height", "height"});
    entry.width = side({"image/width", "width"});
    entry.channels = static_cast<std::uint8_t>(std::min<int>(side({"image/channels", "depth"}), 255));
    entry.label = class_in(features, kLabelTexts, kLabels, 0);
    take_boxes(features);
    take_values(values);
    index_.entries.push_back(entry);
  }

  /// Numbers and texts by themselves, and lists of numbers.
  void take_values(const Features& values) {
    std::vector<augment::NamedValue> said;
    for (const auto& [name, feature] : values) {
      const auto list = [&said, &called = name](const auto& numbers) {
        if (numbers.size() > 1 && numbers.size() <= kMostInField)
          said.push_back({called, std::vector<double>(numbers.begin(), numbers.end())});
      };
      if (feature.bytes.size() == 1 && is_field_text(feature.bytes[0]))
        said.push_back({name, std::string(feature.bytes[0])});
      else if (feature.wholes.size() == 1)
        said.push_back({name, feature.wholes[0]});
      else if (feature.reals.size() == 1)
        said.push_back({name, static_cast<double>(feature.reals[0])});
      list(feature.wholes), list(feature.reals);
    }
    index_.values.take(std::move(said));
  }

  /// By its text, or else by its number.
  int class_in(const Features& features, std::span<const std::string_view> texts,
               std::span<const std::string_view> numbers, std::size_t which) {
    if (const TfFeature* text = first_feature(features, texts);
        text && which < text->bytes.size() && !trimmed(text->bytes[which]).empty())
      return index_.words.of(trimmed(text->bytes[which]), index_.remarks);
    const TfFeature* number = first_feature(features, numbers);
    if (!number) return -1;
    if (which < number->bytes.size()) return index_.words.of(trimmed(number->bytes[which]), index_.remarks);
    if (which < number->reals.size()) {
      const double real = number->reals[which];
      if (std::floor(real) != real || std::abs(real) > 1e9)
        throw Error(fmt::format("the label {}, and numbers with fractions are no classes", real));
      return class_of(static_cast<std::int64_t>(real));
    }
    return which < number->wholes.size() ? class_of(number->wholes[which]) : -1;
  }
  int class_of(std::int64_t number) { return ids_.of(number, options_.names, index_.words, index_.remarks); }

  void take_boxes(const Features& features) {
    std::array<std::span<const float>, 4> corners;
    for (std::size_t k = 0; k < 4; ++k)
      if (const TfFeature* found = first_feature(features, std::span(kCorners).subspan(k, 1)))
        corners[k] = found->reals;
    for (const auto& side : corners)
      if (side.size() != corners[0].size())
        throw Error(fmt::format("boxes with {} xmin, {} ymin, {} xmax and {} ymax", corners[0].size(),
                                corners[1].size(), corners[2].size(), corners[3].size()));
    for (std::size_t i = 0; i < corners[0].size(); ++i) {
      constexpr float kFar = 2;
      for (const auto& side : corners)
        if (!(std::abs(side[i]) <= kFar))
          throw Error(fmt::format("a box has a side at {}, but boxes are in shares of the image", side[i]));
      const int label =
          class_in(features, std::span(kBoxClasses).first(1), std::span(kBoxClasses).last(1), i);
      index_.boxes.add(index_.entries.size(),
                       {corners[0][i], corners[1][i], corners[2][i], corners[3][i], label});
    }
  }

  void remark() {
    const bool some = std::ranges::any_of(index_.entries, [](const auto& entry) { return entry.label >= 0; });
    for (const Index::Entry& entry : index_.entries)
      if (some && entry.label < 0)
        index_.remarks.add("records without a label, where others have one", index_.short_name(entry));
    const std::vector<std::string> names(names_.begin(), names_.end());
    if (!some && index_.boxes.samples() == 0 && !options_.ignore_labels && !index_.values.has_targets())
      if (const auto like = names_like_labels(names); !like.empty())
        throw Error(fmt::format(
            "{}: no feature of labels is read, but {} {} like labels: call it image/class/label; "
            "--ignore reads the images alone",
            index_.files[0].path().string(), fmt::join(like, ", "), like.size() == 1 ? "looks" : "look"));
    index_.values.finish("feature", names_, index_.remarks, read_);
  }

  Index& index_;
  const TfRecordOptions& options_;
  ClassIds ids_;
  std::set<std::string> names_;  ///< that aren't read
  std::set<std::string> read_;
  std::vector<unsigned char> record_;
};

TfRecords::TfRecords(const std::vector<std::filesystem::path>& files, const OnProgress& progress,
                     const TfRecordOptions& options)
    : index_(std::make_unique<Index>(options.columns)) {
  std::uint64_t all = 0, before = 0;
  std::error_code ignored;
  for (const auto& file : files)
    if (const auto size = std::filesystem::file_size(file, ignored); !ignored) all += size;
  Builder builder(*index_, options);
  for (const auto& file : files) {
    builder.read(file, [&](std::uint64_t at) {
      if (progress) progress(before + at, all);
    });
    before += index_->files.back().size();
  }
  builder.finish();
}

TfRecords::~TfRecords() = default;

std::size_t TfRecords::size() const { return index_->entries.size(); }
int TfRecords::label(std::size_t index) const { return index_->entries[index].label; }
const std::vector<std::string>& TfRecords::classes() const { return index_->words.names(); }
std::vector<std::string> TfRecords::number_names() const { return index_->values.number_names(); }
std::vector<double> TfRecords::numbers(std::size_t index) const { return index_->values.numbers(index); }
std::vector<int> TfRecords::object_labels(std::size_t index) const {
  std::vector<int> labels;
  for (const augment::Box& box : index_->boxes.of(index)) labels.push_back(box.label);
  return labels;
}

std::vector<Remark> TfRecords::remarks() const { return index_->remarks.list(); }

std::string TfRecords::name(std::size_t index) const {
  const Index::Entry& entry = index_->entries[index];
  return fmt::format("{}:{}", index_->files[entry.file].path().string(), entry.record);
}

void TfRecords::prepare(std::size_t index) const {
  const Index::Entry& entry = index_->entries[index];
  index_->files[entry.file].fetch(entry.at, entry.size);
}

bool TfRecords::is_far() const { return !index_->files.empty() && index_->files[0].is_far(); }

std::optional<UnreadItem> TfRecords::unread(std::size_t index) const {
  return unread_bytes(is_far(), index_->entries[index].size);
}

Item TfRecords::read(std::size_t index) const {
  const Index::Entry& entry = index_->entries[index];
  Item item;
  item.encoded.resize(entry.size);
  index_->files[entry.file].read(entry.at, item.encoded);
  item.sample.label = entry.label;
  index_->values.annotate(index, item.sample);
  const int channels = entry.channels == 0 ? 3 : entry.channels;
  const bool is_raw =
      entry.height > 0 &&
      std::uint64_t{entry.height} * entry.width * static_cast<unsigned>(channels) == entry.size &&
      (channels == 1 || channels == 3 || channels == 4);
  if (is_raw && image_kind(item.encoded) == ImageKind::Unknown) {
    item.sample.image = cv::Mat(entry.height, entry.width, CV_8UC(channels), item.encoded.data()).clone();
    item.encoded.clear();
  }
  const auto boxes = index_->boxes.of(index);
  if (boxes.empty()) return item;
  const Size size = image_size(item);
  if (entry.height > 0 && entry.width > 0 && size != Size{entry.height, entry.width})
    throw Error(fmt::format("its record says {}x{}, the image is {}x{} (width x height)", entry.width,
                            entry.height, size.width, size.height));
  for (augment::Box box : boxes) {
    box.x0 *= size.width, box.x1 *= size.width;
    box.y0 *= size.height, box.y1 *= size.height;
    item.sample.boxes.push_back(box);
  }
  return item;
}

}  // namespace doppel::dataset
