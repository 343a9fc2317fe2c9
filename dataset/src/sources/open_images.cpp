#include "doppel/dataset/sources/open_images.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "csv.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "drawn_image.h"
#include "listed_images.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

using Fields = std::vector<std::string>;

/// A table's columns by name.
class OpenImagesTable {
 public:
  OpenImagesTable(const fs::path& file, std::initializer_list<std::string_view> read)
      : file_(file), text_(read_text(file)), csv_(text_) {
    if (!csv_.next(header_)) throw Error(fmt::format("{}: an empty file", file.string()));
    for (const std::string_view name : read) {
      const auto at = std::ranges::find(header_, lower(name), lower);
      columns_.push_back(at == header_.end() ? kNone : static_cast<std::size_t>(at - header_.begin()));
    }
  }
  bool next() {
    while (csv_.next(fields_))
      if (!std::ranges::all_of(fields_, [](const std::string& field) { return field.empty(); })) {
        if (fields_.size() < header_.size())
          fail(fmt::format("{} fields where the header has {}", fields_.size(), header_.size()));
        return true;
      }
    return false;
  }
  bool has(std::size_t column) const { return columns_[column] != kNone; }
  const std::string& operator[](std::size_t column) const {
    static const std::string none;
    return has(column) ? fields_[columns_[column]] : none;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(fmt::format("{}:{}: {}", file_.string(), csv_.line(), what));
  }
  std::size_t place() const { return csv_.place(); }
  std::size_t size() const { return text_.size(); }
  std::string unread() const {
    Fields names;
    for (std::size_t k = 0; k < header_.size(); ++k)
      if (std::ranges::find(columns_, k) == columns_.end()) names.push_back(header_[k]);
    return names.empty() ? ""
                         : fmt::format("columns of {} that aren't read: {}", file_.filename().string(),
                                       fmt::join(names, ", "));
  }

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};
  fs::path file_;
  std::string text_;
  CsvReader csv_;
  Fields header_, fields_;
  std::vector<std::size_t> columns_;
};

/// LabelName to what people call it: two columns, with a header or without.
std::unordered_map<std::string, std::string> open_images_names(const fs::path& file) {
  std::unordered_map<std::string, std::string> names;
  if (file.empty()) return names;
  const std::string text = read_text(file);
  CsvReader csv(text);
  Fields fields;
  while (csv.next(fields)) {
    if (fields.size() < 2 && !fields.empty() && !fields[0].empty())
      throw Error(fmt::format("{}:{}: a line is LabelName, name", file.string(), csv.line()));
    if (fields.size() < 2 || lower(fields[0]) == "labelname") continue;
    names.emplace(fields[0], fields[1]);
  }
  return names;
}

}  // namespace

struct OpenImages::Reader {
  OpenImages& source;
  std::unordered_map<std::string, std::string> names;
  std::unordered_map<std::string, std::size_t> by_id = {};
  std::vector<std::string> paths = {};
  std::vector<DrawnImage> drawn = {};
  std::vector<bool> named = {};
  std::unordered_map<std::string, int> classes = {};

  void list(const fs::path& folder) {
    Remarks others;
    paths = images_below(folder, folder, others);
    for (std::size_t i = 0; i < paths.size(); ++i)
      if (const auto [other, is_new] = by_id.emplace(fs::path(paths[i]).stem().string(), i); !is_new)
        throw Error(fmt::format("both {} and {} below {} are of one ImageID", paths[other->second], paths[i],
                                folder.string()));
    drawn.resize(paths.size());
    named.resize(paths.size());
  }
  /// Of a row; nothing where its image isn't there.
  std::optional<std::size_t> image_of(const std::string& id) {
    const auto found = by_id.find(id);
    if (found == by_id.end()) {
      source.remarks_.add("rows of images that aren't there, left out", id);
      return {};
    }
    named[found->second] = true;
    return found->second;
  }
  int label_of(const std::string& id) {
    if (const auto known = classes.find(id); known != classes.end()) return known->second;
    const auto name = names.find(id);
    if (name == names.end()) source.remarks_.add("classes without a name, called by their LabelName", id);
    return classes[id] = source.class_of(name == names.end() ? id : name->second);
  }
  void read_boxes(const fs::path& file, const OnProgress& progress);
  void read_labels(const fs::path& file, const OnProgress& progress);
};

void OpenImages::Reader::read_boxes(const fs::path& file, const OnProgress& progress) {
  OpenImagesTable table(file, {"ImageID", "LabelName", "XMin", "YMin", "XMax", "YMax", "IsGroupOf"});
  if (const std::string unread = table.unread(); !unread.empty()) source.remarks_.say(unread);
  while (table.next()) {
    if (progress) progress(table.place(), table.size());
    const auto image = image_of(table[0]);
    if (!image) continue;
    std::vector<double> box;
    for (std::size_t k = 2; k < 6; ++k) {
      const auto share = real_number(table[k]);
      constexpr double kSlack = 0.1;  // tools round
      if (!share || *share < -kSlack || *share > 1 + kSlack)
        table.fail(fmt::format("'{}' is no share of the image (0 to 1)", table[k]));
      box.push_back(*share);
    }
    if (box[2] < box[0] || box[3] < box[1])
      table.fail(fmt::format("a box from {}, {} to {}, {}", box[0], box[1], box[2], box[3]));
    if (table[1].empty()) table.fail("a box without LabelName");
    if (const auto group = real_number(table[6]); group && *group > 0) {
      source.remarks_.add("boxes around groups (IsGroupOf), left out", table[0]);
      continue;
    }
    drawn[*image].shapes.push_back(
        {.kind = DrawnShape::Kind::Box, .label = label_of(table[1]), .numbers = std::move(box)});
  }
}

void OpenImages::Reader::read_labels(const fs::path& file, const OnProgress& progress) {
  OpenImagesTable table(file, {"ImageID", "LabelName", "Confidence"});
  if (const std::string unread = table.unread(); !unread.empty()) source.remarks_.say(unread);
  while (table.next()) {
    if (progress) progress(table.place(), table.size());
    const auto image = image_of(table[0]);
    if (!image) continue;
    const auto confidence = table.has(2) ? real_number(table[2]) : std::optional(1.0);
    if (!confidence) table.fail(fmt::format("'{}' is no Confidence", table[2]));
    if (*confidence <= 0) {
      source.remarks_.add("labels of Confidence 0, which say what isn't seen", table[0]);
      continue;
    }
    if (*confidence < 1) source.remarks_.add("labels of a Confidence below 1, taken as sure", table[0]);
    auto& labels = drawn[*image].labels;
    const int label = label_of(table[1]);
    if (std::ranges::find(labels, label, &augment::LabelShare::label) == labels.end())
      labels.push_back({label, 1});
  }
}

OpenImages::OpenImages(const OpenImagesFiles& files, const OnProgress& progress)
    : AnnotatedImages(files.images) {
  if (!is_folder(files.images)) throw Error(fmt::format("there is no folder {}", files.images.string()));
  Reader reader{*this, open_images_names(files.names)};
  reader.list(files.images);
  if (!files.boxes.empty()) reader.read_boxes(files.boxes, progress);
  if (!files.labels.empty()) reader.read_labels(files.labels, progress);
  const fs::path& table = files.boxes.empty() ? files.labels : files.boxes;
  for (std::size_t i = 0; i < reader.paths.size(); ++i) {
    if (!reader.named[i]) continue;
    DrawnImage& drawn = reader.drawn[i];
    drawn.place = fmt::format("{}: {}", table.string(), fs::path(reader.paths[i]).stem().string());
    drawn.in_shares = true;
    add_image(reader.paths[i], std::move(drawn));
  }
  if (files_.empty())
    throw Error(fmt::format("{}: not one of its images is below {}", table.string(), files.images.string()));
  sort_names();
}

OpenImages::Table OpenImages::kind_of(const fs::path& csv) {
  constexpr std::size_t kHead = 1 << 12;
  const std::string text = text_in(read_head(csv, kHead));
  const std::vector<std::string_view> lines = lines_of(text);
  if (lines.empty()) return Table::None;
  const std::string head = lower(lines[0]);
  const auto has = [&](std::string_view name) { return head.find(name) != head.npos; };
  if (!has("imageid") || !has("labelname")) return Table::None;
  if (has("xmin") && has("xmax") && has("ymin") && has("ymax")) return Table::Boxes;
  return has("confidence") ? Table::Labels : Table::None;
}

}  // namespace doppel::dataset
