#include "doppel/dataset/sources/manifest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>
#include <utility>

#include "class_words.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "manifest_classes.h"
#include "manifest_parquet.h"
#include "manifest_paths.h"
#include "manifest_rows.h"
#include "manifest_unused.h"
#include "manifest_values.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kPartNames{"train", "val", "test"};
constexpr int kNoPart = -1, kUnknownPart = -2;

/// Which of kPartNames a word means.
int part_called(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, int>, 9> kWords{{{"train", 0},
                                                                           {"training", 0},
                                                                           {"val", 1},
                                                                           {"valid", 1},
                                                                           {"validation", 1},
                                                                           {"validate", 1},
                                                                           {"dev", 1},
                                                                           {"test", 2},
                                                                           {"testing", 2}}};
  const std::string plain = lower(trimmed(word));
  if (plain.empty()) return kNoPart;
  const auto found = std::ranges::find(kWords, plain, &std::pair<std::string_view, int>::first);
  return found == kWords.end() ? kUnknownPart : found->second;
}

/// What an empty field becomes on its way through other programs.
bool is_nan(std::string_view label) { return label.size() == 3 && lower(label) == "nan"; }

bool is_parquet(const fs::path& file) { return lower(file.extension().string()) == ".parquet"; }

bool is_json(const fs::path& file, std::string_view text) {
  const std::string ending = lower(file.extension().string());
  if (ending == ".csv" || ending == ".tsv") return false;
  if (ending == ".json" || ending == ".jsonl" || ending == ".ndjson") return true;
  return trimmed(text.substr(0, 256)).starts_with('{') || trimmed(text.substr(0, 256)).starts_with('[');
}

}  // namespace

/// Maps and outlines of an image.
struct ManifestDrawn {
  std::vector<MapFile> maps;
  std::vector<augment::Outline> outlines;
};

/// Puts together what is said of each image.
struct Manifest::Builder {
  /// Whose the label of an image is.
  enum class LabelOf : unsigned char { Nobody, Boxes, SeveralBoxes, Image };
  struct Image {
    std::size_t first = 0, label_at = 0, part_at = 0;  ///< rows
    int part = kNoPart;
    std::size_t word = 0;  ///< of kUnknownPart, among `unknown_parts`
    LabelOf label_of = LabelOf::Nobody;
    bool shows_none = false;  ///< where no row says anything else
  };
  /// Files and their frames are found by their paths, which are stored once.
  struct PathHash {
    using is_transparent = void;
    const std::vector<File>* files;
    std::size_t operator()(const File& file) const {
      return std::hash<std::string_view>()(file.path) + static_cast<std::size_t>(file.frame);
    }
    std::size_t operator()(std::size_t i) const { return (*this)((*files)[i]); }
  };
  struct SamePath {
    using is_transparent = void;
    const std::vector<File>* files;
    static bool same(const File& a, const File& b) { return a.frame == b.frame && a.path == b.path; }
    bool operator()(std::size_t a, std::size_t b) const { return a == b; }
    bool operator()(const File& file, std::size_t i) const { return same((*files)[i], file); }
    bool operator()(std::size_t i, const File& file) const { return same((*files)[i], file); }
  };

  Manifest& manifest;
  const ManifestPaths& paths;
  std::string unit;
  bool minus_one_is_none = false;
  ManifestClasses classes = {};
  std::vector<Image> images = {};
  std::unordered_set<std::size_t, PathHash, SamePath> by_path{16, PathHash{&manifest.files_},
                                                              SamePath{&manifest.files_}};
  std::vector<std::string> unknown_parts = {};
  std::size_t boxes = 0, boxes_without_label = 0, small_box_at = 0;
  bool all_boxes_small = true;

  std::string place(std::size_t number) const { return fmt::format("{} {}", unit, number); }
  std::string place_of(std::size_t i, std::size_t number) const {
    return fmt::format("{}: {}", place(number), manifest.files_[i].path);
  }
  std::size_t image_of(const ManifestRow& row);
  void take(const ManifestRow& row);
  bool take_label(const ManifestRow& row, std::size_t i);
  bool take_shares(const ManifestRow& row, std::size_t i);
  void take_part(const ManifestRow& row, std::size_t i);
  void take_size(const ManifestRow& row, std::size_t i);
  void take_boxes(const ManifestRow& row, std::size_t i);
  void take_drawn(const ManifestRow& row, std::size_t i);
  [[noreturn]] void throw_two_labels(std::size_t i, const std::string& what) const;
  void number_classes();
  void remark_on_labels();
  void parts_by_folders();
  void find_parts();
  void keep_part(const std::string& wanted);
};

std::size_t Manifest::Builder::image_of(const ManifestRow& row) {
  const std::string path = paths.below(row.path, manifest.remarks_);
  if (const auto found = by_path.find(File{path, -1, row.frame}); found != by_path.end()) return *found;
  manifest.add(path, -1, row.frame);
  manifest.facts_.emplace_back();
  images.push_back({.first = row.number});
  by_path.insert(images.size() - 1);
  return images.size() - 1;
}

void Manifest::Builder::take(const ManifestRow& row) {
  const std::size_t i = image_of(row);
  take_part(row, i);
  take_size(row, i);
  images[i].shows_none = images[i].shows_none || row.shows_none;
  const bool label = take_label(row, i), shares = take_shares(row, i);
  take_boxes(row, i);
  take_drawn(row, i);
  manifest.values_->take(row, i);
  if (images[i].first != row.number && !label && !shares && row.boxes.empty() && row.maps.empty() &&
      row.outlines.empty())
    manifest.remarks_.add(fmt::format("{} that say of an image what is said before, taken once",
                                      unit == "line" ? "lines" : "entries"),
                          place_of(i, row.number));
}

void Manifest::Builder::throw_two_labels(std::size_t i, const std::string& what) const {
  const bool one = images[i].label_of == LabelOf::Image;
  throw Error(
      fmt::format("'{}' is {} here, but {} at {}; several classes of one image go into one field, "
                  "`labels` (a;b, in JSON a list)",
                  manifest.files_[i].path, what,
                  one ? fmt::format("'{}'", classes.text(manifest.files_[i].label)) : "of several classes",
                  place(images[i].label_at)));
}

/// Whether the row says something new.
bool Manifest::Builder::take_label(const ManifestRow& row, std::size_t i) {
  if (row.label.empty()) return false;
  if (is_nan(row.label)) {
    manifest.remarks_.add("labels called nan, taken for none", place_of(i, row.number));
    return false;
  }
  Image& image = images[i];
  int& label = manifest.files_[i].label;
  using Kind = ManifestClasses::Kind;
  const int said = classes.of(row.label, Kind::Label, row.number);
  const bool of_boxes = row.label_is_the_boxes;
  if (!manifest.facts_[i].shares.empty() && !of_boxes) throw_two_labels(i, fmt::format("'{}'", row.label));
  if (image.label_of == LabelOf::Image) {
    if (said != label && !of_boxes) throw_two_labels(i, fmt::format("'{}'", row.label));
    return false;
  }
  if (of_boxes) {
    if (image.label_of == LabelOf::Nobody && manifest.facts_[i].shares.empty()) {
      label = said;
      image.label_of = LabelOf::Boxes;
      image.label_at = row.number;
    } else if (image.label_of == LabelOf::Boxes && said != label) {
      label = -1;
      image.label_of = LabelOf::SeveralBoxes;
    }
    return true;
  }
  label = said;
  image.label_of = LabelOf::Image;
  image.label_at = row.number;
  return true;
}

bool Manifest::Builder::take_shares(const ManifestRow& row, std::size_t i) {
  if (row.shares.empty()) return false;
  double total = 0, most = 0;
  for (const auto& [name, share] : row.shares) {
    if (share < 0) throw Error(fmt::format("the share of '{}' is negative", name));
    total += share;
    most = std::max(most, share);
  }
  // Numbers above 1 can't be shares: weights, then, of classes that exclude each other.
  const double whole = most > 1 ? total : 1;
  std::vector<augment::LabelShare> said;
  for (const auto& [name, share] : row.shares)
    said.push_back({classes.of(name, ManifestClasses::Kind::Label, row.number), share / whole});
  auto& known = manifest.facts_[i].shares;
  if (images[i].label_of == LabelOf::Image || (!known.empty() && known != said))
    throw_two_labels(i, "of several classes");
  if (!known.empty()) return false;
  known = std::move(said);
  images[i].label_at = row.number;
  images[i].label_of = LabelOf::Nobody;
  if (most > 0)
    manifest.files_[i].label = std::ranges::max_element(known, {}, &augment::LabelShare::share)->label;
  return true;
}

void Manifest::Builder::take_part(const ManifestRow& row, std::size_t i) {
  const int part = part_called(row.part);
  Image& image = images[i];
  if (part == kNoPart) return;
  if (part == kUnknownPart) {
    constexpr std::size_t kMost = 8;
    const std::string word = unknown_parts.size() < kMost ? std::string(trimmed(row.part)) : "…";
    const auto known = std::ranges::find(unknown_parts, word);
    if (image.part < 0)
      image.part = part, image.word = static_cast<std::size_t>(known - unknown_parts.begin());
    if (known == unknown_parts.end()) unknown_parts.push_back(word);
    return;
  }
  if (image.part >= 0 && image.part != part)
    throw Error(fmt::format("'{}' belongs to {} here, but to {} at {}", manifest.files_[i].path,
                            kPartNames[static_cast<std::size_t>(part)],
                            kPartNames[static_cast<std::size_t>(image.part)], place(image.part_at)));
  image.part = part;
  image.part_at = row.number;
}

void Manifest::Builder::take_size(const ManifestRow& row, std::size_t i) {
  if (row.size == Size{}) return;
  Size& size = manifest.facts_[i].size;
  if (size != Size{} && size != row.size)
    throw Error(fmt::format("'{}' is {} x {} (width x height) here, but {} x {} before",
                            manifest.files_[i].path, row.size.width, row.size.height, size.width,
                            size.height));
  size = row.size;
}

void Manifest::Builder::take_boxes(const ManifestRow& row, std::size_t i) {
  for (const auto& [said, label] : row.boxes) {
    augment::Box box = said;
    if (box.x0 > box.x1 || box.y0 > box.y1) {
      manifest.remarks_.add("boxes whose corners were exchanged, put in order", place_of(i, row.number));
      if (box.x0 > box.x1) std::swap(box.x0, box.x1);
      if (box.y0 > box.y1) std::swap(box.y0, box.y1);
    }
    if (box.x0 == box.x1 || box.y0 == box.y1)
      manifest.remarks_.add("boxes without an area", place_of(i, row.number));
    box.label =
        label.empty() || is_nan(label) ? -1 : classes.of(label, ManifestClasses::Kind::BoxLabel, row.number);
    ++boxes;
    if (box.label < 0) ++boxes_without_label;
    const bool small = box.x0 >= 0 && box.y0 >= 0 && box.x1 <= 1 && box.y1 <= 1;
    all_boxes_small = all_boxes_small && small;
    const bool whole = box.x0 == 0 && box.y0 == 0 && box.x1 == 1 && box.y1 == 1;
    if (small && !whole && small_box_at == 0) small_box_at = row.number;
    manifest.facts_[i].boxes.push_back(box);
  }
}

void Manifest::Builder::take_drawn(const ManifestRow& row, std::size_t i) {
  if (row.maps.empty() && row.outlines.empty()) return;
  auto& drawn = manifest.facts_[i].drawn;
  if (!drawn) drawn = std::make_shared<ManifestDrawn>();
  for (const MapFile& said : row.maps) {
    if (std::ranges::find(drawn->maps, said.name, &MapFile::name) != drawn->maps.end())
      throw Error(fmt::format("'{}' has two maps called '{}'", manifest.files_[i].path, said.name));
    drawn->maps.push_back(said);
    drawn->maps.back().path = paths.below(said.path, manifest.remarks_);
  }
  for (const auto& [said, label] : row.outlines) {
    drawn->outlines.push_back(said);
    if (!label.empty() && !is_nan(label))
      drawn->outlines.back().label = classes.of(label, ManifestClasses::Kind::BoxLabel, row.number);
  }
}

void Manifest::Builder::number_classes() {
  if (all_boxes_small && small_box_at > 0)
    throw Error(
        fmt::format("{}: boxes are in pixels, but none of this file reaches beyond 1; shares of the image "
                    "must be multiplied by its width and height",
                    place(small_box_at)));
  std::vector<int> merged;
  manifest.classes_ = classes.finish(merged, unit, minus_one_is_none);
  const auto renumber = [](int& label, const std::vector<int>& to) {
    if (label >= 0) label = to[static_cast<std::size_t>(label)];
  };
  for (File& file : manifest.files_) renumber(file.label, merged);
  std::vector<int> all = manifest.sort_classes();
  if (std::ranges::find(merged, -1) != merged.end())
    manifest.remarks_.say("labels of -1, which are taken as none");
  for (int& one : merged)
    if (one >= 0) one = all[static_cast<std::size_t>(one)];
  for (Facts& facts : manifest.facts_) {
    for (auto& box : facts.boxes) renumber(box.label, merged);
    if (facts.drawn)
      for (auto& outline : facts.drawn->outlines) renumber(outline.label, merged);
    for (auto& share : facts.shares) renumber(share.label, merged);
    std::erase_if(facts.shares, [](const auto& share) { return share.label < 0; });
  }
  if (manifest.classes_.empty()) return;
  for (std::size_t i = 0; i < images.size(); ++i)
    if (images[i].shows_none && images[i].label_of == LabelOf::Nobody && manifest.facts_[i].shares.empty())
      manifest.facts_[i].shares = {{0, 0}};
}

void Manifest::Builder::remark_on_labels() {
  std::size_t labelled = 0;
  std::unordered_set<int> different;
  for (const File& file : manifest.files_)
    if (file.label >= 0) {
      ++labelled;
      different.insert(file.label);
    }
  for (std::size_t i = 0; i < images.size() && labelled > 0; ++i)
    if (!is_labelled(manifest, i) && images[i].label_of != LabelOf::SeveralBoxes)
      manifest.remarks_.add("images without a class, while others have one", place_of(i, images[i].first));
  for (std::size_t i = 0; i < images.size(); ++i)
    if (manifest.files_[i].label < 0 && is_labelled(manifest, i))
      manifest.remarks_.add("images with none of the classes", place_of(i, images[i].first));
  for (std::size_t i = 0; i < images.size(); ++i)
    if (images[i].label_of == LabelOf::SeveralBoxes)
      manifest.remarks_.add("images with boxes of several classes, which have none of their own",
                            place_of(i, images[i].first));
  if (labelled > 100 && different.size() * 10 >= labelled * 9)
    manifest.remarks_.say(fmt::format("the label looks like an id: {} different ones for {} images",
                                      different.size(), labelled));
  if (boxes_without_label > 0 && boxes_without_label < boxes)
    manifest.remarks_.say(
        fmt::format("boxes without a class, while others have one: {} of {}", boxes_without_label, boxes));
}

/// Where no column says it and every path leads through a folder that is called as a part, these are the
/// parts: train/1.png, test/2.png.
void Manifest::Builder::parts_by_folders() {
  std::vector<int> found;
  std::array<bool, kPartNames.size()> met{};
  for (const File& file : manifest.files_) {
    int part = kUnknownPart;
    std::string_view path = file.path;
    for (std::size_t slash = path.find('/'); slash != path.npos && part < 0; slash = path.find('/')) {
      part = part_called(path.substr(0, slash));
      path.remove_prefix(slash + 1);
    }
    if (part < 0) return;
    met[static_cast<std::size_t>(part)] = true;
    found.push_back(part);
  }
  if (!met[0] || std::ranges::count(met, true) < 2) return;
  for (std::size_t i = 0; i < images.size(); ++i) images[i].part = found[i];
  manifest.remarks_.say("parts are those that the folders of its paths are called as");
}

void Manifest::Builder::find_parts() {
  if (std::ranges::all_of(images, [](const Image& one) { return one.part == kNoPart; })) parts_by_folders();
  if (!unknown_parts.empty() &&
      std::ranges::none_of(images, [](const Image& one) { return one.part >= 0; })) {
    manifest.remarks_.say(
        fmt::format("the column of parts isn't used: it holds '{}', where train, val or test would be a part",
                    unknown_parts[0]));
    return;
  }
  std::array<bool, kPartNames.size()> met{};
  for (const Image& image : images)
    if (image.part >= 0) met[static_cast<std::size_t>(image.part)] = true;
  for (std::size_t part = 0; part < met.size(); ++part)
    if (met[part]) manifest.parts_.emplace_back(kPartNames[part]);
  for (std::size_t i = 0; i < images.size() && !manifest.parts_.empty(); ++i)
    if (images[i].part == kUnknownPart)
      manifest.remarks_.add(fmt::format("images of the part '{}', which isn't used: it is none of train, val "
                                        "and test",
                                        unknown_parts[images[i].word]),
                            place_of(i, images[i].first));
    else if (images[i].part < 0)
      manifest.remarks_.add("images of no part, while others have one", place_of(i, images[i].first));
}

void Manifest::Builder::keep_part(const std::string& wanted) {
  const int part = part_called(wanted);
  if (part < 0)
    throw UsageError(fmt::format("'{}' is no part of a manifest; train, val and test are", wanted));
  if (std::ranges::find(manifest.parts_, kPartNames[static_cast<std::size_t>(part)]) == manifest.parts_.end())
    throw Error(
        fmt::format("no image is of the part '{}' (parts are: {})", wanted,
                    manifest.parts_.empty() ? "none" : fmt::format("{}", fmt::join(manifest.parts_, ", "))));
  std::size_t kept = 0;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (images[i].part != part) continue;
    if (kept != i) {
      manifest.files_[kept] = std::move(manifest.files_[i]);
      manifest.facts_[kept] = std::move(manifest.facts_[i]);
      manifest.values_->move(i, kept);
    }
    ++kept;
  }
  manifest.files_.resize(kept);
  manifest.facts_.resize(kept);
}

Manifest::~Manifest() = default;

std::vector<std::string> Manifest::number_names() const { return values_->names(); }

std::vector<double> Manifest::numbers(std::size_t index) const { return values_->numbers(index); }

Manifest::Manifest(const fs::path& file, const OnProgress& progress, const ManifestOptions& options)
    : FileSource(options.root.empty() ? file.parent_path() : options.root),
      values_(std::make_unique<ManifestValues>()) {
  try {
    const bool is_table = is_parquet(file);
    const std::string text = is_table ? parquet_json_lines(file) : read_text(file);
    const ManifestRoles roles(options.columns);
    values_->set_names(roles.targets());
    const auto rows = is_table || is_json(file, text) ? json_rows(text, roles, is_table ? "row" : "line")
                                                      : table_rows(text, roles);
    const ManifestPaths paths(
        root_, options.root.empty() ? ManifestPaths::Foreign::Refuse : ManifestPaths::Foreign::LookFor);
    Builder builder{.manifest = *this,
                    .paths = paths,
                    .unit = std::string(rows->unit()),
                    .minus_one_is_none = options.minus_one_is_none};
    for (ManifestRow row; rows->next(row);) {
      if (progress) progress(rows->bytes_read(), text.size());
      try {
        builder.take(row);
      } catch (const Error& error) {
        throw Error(fmt::format("{}: {}", builder.place(row.number), error.what()));
      }
    }
    if (files_.empty()) throw Error("names no files");
    values_->finish(
        {.what = rows->fields(), .kept = rows->kept(), .unused = rows->unused(), .kinds = rows->kinds()},
        remarks_);
    builder.number_classes();
    if (!options.ignore_labels)
      check_unused(*rows, builder.boxes > 0, !classes_.empty() || values_->has_numbers());
    builder.remark_on_labels();
    builder.find_parts();
    if (!options.part.empty()) {
      builder.keep_part(options.part);
      // Other parts find the same.
      Remarks said;
      said.add(said_once(remarks_.list()));
      remarks_ = std::move(said);
    }
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", file.string(), error.what()));
  } catch (const Error& error) {
    const std::string what = error.what();
    throw Error(what.starts_with(file.string()) ? what : fmt::format("{}: {}", file.string(), what));
  }
}

std::vector<int> Manifest::object_labels(std::size_t index) const {
  std::vector<int> labels;
  for (const augment::Box& box : facts_[index].boxes) labels.push_back(box.label);
  return labels;
}

void Manifest::annotate(std::size_t index, Item& item) const {
  if (const Size told = facts_[index].size; told != Size{})
    if (const Size size = image_size(item); size != told) throw Error(of_other_size(name(index), size, told));
  item.sample.boxes = facts_[index].boxes;
  item.sample.label_shares = facts_[index].shares;
  values_->annotate(index, item.sample);
  if (const auto& drawn = facts_[index].drawn) {
    item.sample.outlines = drawn->outlines;
    for (const MapFile& map : drawn->maps) item.sample.maps.push_back(read_map(root_, map, image_size(item)));
  }
}

std::vector<std::string> Manifest::map_files() const {
  std::vector<std::string> files;
  for (const Facts& facts : facts_)
    if (facts.drawn)
      for (const MapFile& map : facts.drawn->maps) files.push_back((root_ / map.path).string());
  return files;
}

bool Manifest::is_manifest(const fs::path& file) {
  const std::string ending = lower(file.extension().string());
  if (ending == ".csv" || ending == ".tsv" || ending == ".jsonl" || ending == ".ndjson") return true;
  if (ending != ".json") return false;
  const std::vector<unsigned char> head = read_head(file, 256);
  const std::string text(head.begin(), head.end());
  return trimmed(without_mark(text)).starts_with('[');
}

}  // namespace doppel::dataset
