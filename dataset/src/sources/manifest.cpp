#include "doppel/dataset/sources/manifest.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <unordered_map>

#include "csv.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::dataset {

/// What one line says.
struct Manifest::Row {
  std::string path, label;
  struct LabelledBox {
    std::array<double, 4> corners;
    std::string label;
  };
  std::vector<LabelledBox> boxes;
  std::vector<std::pair<std::string, double>> shares;
  /// One name is the label; several share it.
  void share_equally(const std::vector<std::string>& names) {
    label = names.size() == 1 ? names[0] : "";
    if (names.size() > 1)
      for (const std::string& name : names) shares.emplace_back(name, 1.0);
  }
};

namespace {

/// Names that people give a column; the first is ours.
using Names = std::span<const std::string_view>;
constexpr std::array<std::string_view, 5> kPath{"path", "file", "filename", "image", "file_name"};
constexpr std::array<std::string_view, 4> kLabel{"label", "class", "target", "labels"};
constexpr std::array<std::string_view, 1> kLabels{"labels"};
constexpr std::array<std::array<std::string_view, 3>, 4> kCorners{
    {{"x0", "xmin", "x_min"}, {"y0", "ymin", "y_min"}, {"x1", "xmax", "x_max"}, {"y1", "ymax", "y_max"}}};
constexpr std::array<std::string_view, 2> kBoxLabel{"box_label", "box_class"};
constexpr std::array<std::string_view, 1> kBoxes{"boxes"};

std::optional<std::size_t> column(const std::vector<std::string>& header, Names names) {
  for (std::size_t i = 0; i < header.size(); ++i)
    if (std::ranges::find(names, header[i]) != names.end()) return i;
  return std::nullopt;
}

/// "a;b": what several labels of one field are.
std::vector<std::string> parts_of(const std::string& field) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= field.size();) {
    const std::size_t end = std::min(field.find(';', at), field.size());
    if (end > at) parts.push_back(field.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

double number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    throw Error(fmt::format("'{}' isn't a number", text));
  return value;
}

std::string text_of(const simdjson::dom::element& value) {
  if (value.is_string()) return std::string(std::string_view(value.get_string()));
  if (value.is_int64()) return std::to_string(std::int64_t(value.get_int64()));
  throw Error("a label must be text or a whole number");
}

double number_of(const simdjson::dom::element& value) {
  double v = 0;
  if (value.get(v) != simdjson::SUCCESS || !std::isfinite(v)) throw Error("a box needs four numbers");
  return v;
}

std::optional<simdjson::dom::element> field(const simdjson::dom::object& object, Names names) {
  for (const std::string_view name : names) {
    simdjson::dom::element value;
    if (object[name].get(value) == simdjson::SUCCESS && !value.is_null()) return value;
  }
  return std::nullopt;
}

}  // namespace

Manifest::Manifest(const std::filesystem::path& file, const OnProgress& progress)
    : FileSource(file.parent_path()) {
  const std::vector<unsigned char> bytes = read_file(file);
  const std::string text(bytes.begin(), bytes.end());
  try {
    if (file.extension() == ".csv")
      read_csv(text, progress);
    else
      read_json_lines(text, progress);
    if (files_.empty()) throw Error("names no files");
    const std::vector<int> rank = sort_classes();
    for (Facts& facts : facts_) {
      for (auto& box : facts.boxes)
        if (box.label >= 0) box.label = rank[static_cast<std::size_t>(box.label)];
      for (auto& share : facts.shares) share.label = rank[static_cast<std::size_t>(share.label)];
    }
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", file.string(), error.what())); }
}

void Manifest::read_csv(const std::string& text, const OnProgress& progress) {
  CsvReader csv(text.starts_with("\xef\xbb\xbf") ? std::string_view(text).substr(3) : std::string_view(text));
  std::vector<std::string> header, fields;
  if (!csv.next(header)) throw Error("an empty file");
  const auto path = column(header, kPath), label = column(header, kLabel),
             box_label = column(header, kBoxLabel);
  std::array<std::optional<std::size_t>, 4> corners;
  for (std::size_t i = 0; i < 4; ++i) corners[i] = column(header, kCorners[i]);
  if (!path)
    throw Error(fmt::format("line 1: no column is called path (there are: {})", fmt::join(header, ", ")));
  for (std::size_t i = 0; i < header.size(); ++i)
    if (std::ranges::count(header, header[i]) > 1)
      throw Error(fmt::format("line 1: two columns are called '{}'", header[i]));
  const auto boxes = std::ranges::count_if(corners, [](const auto& c) { return c.has_value(); });
  const bool several = label && column(header, kLabels) == label;
  if (boxes != 0 && boxes != 4) throw Error("line 1: a box needs all of x0, y0, x1 and y1");
  while (csv.next(fields)) {
    if (progress) progress(csv.place(), text.size());
    if (fields.size() == 1 && fields[0].empty()) continue;
    try {
      if (fields.size() != header.size())
        throw Error(fmt::format("{} fields where the header has {}", fields.size(), header.size()));
      Row row{fields[*path], label ? fields[*label] : "", {}, {}};
      if (several) row.share_equally(parts_of(fields[*label]));
      if (boxes == 4 && !fields[*corners[0]].empty()) {
        Row::LabelledBox box;
        for (std::size_t i = 0; i < 4; ++i) box.corners[i] = number(fields[*corners[i]]);
        box.label = box_label ? fields[*box_label] : row.label;
        row.boxes.push_back(box);
      }
      take(row);
    } catch (const Error& error) { throw Error(fmt::format("line {}: {}", csv.line(), error.what())); }
  }
}

void Manifest::read_json_lines(const std::string& text, const OnProgress& progress) {
  simdjson::dom::parser parser;
  int line = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view one = std::string_view(text).substr(at, end - at);
    at = end + 1;
    ++line;
    if (progress) progress(end, text.size());
    if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    try {
      simdjson::dom::object object;
      if (const auto error = parser.parse(one.data(), one.size()).get(object))
        throw Error(fmt::format("not a JSON object: {}", simdjson::error_message(error)));
      Row row;
      const auto path = field(object, kPath);
      if (!path || !path->is_string()) throw Error("no `path`");
      row.path = text_of(*path);
      const auto label = field(object, kLabel), several = field(object, kLabels);
      if (several && several->is_array()) {
        std::vector<std::string> names;
        for (const auto name : simdjson::dom::array(*several)) names.push_back(text_of(name));
        row.share_equally(names);
      } else if (label && label->is_object()) {
        for (const auto share : simdjson::dom::object(*label))
          row.shares.emplace_back(std::string(share.key), number_of(share.value));
      } else if (label) {
        row.label = text_of(*label);
      }
      if (const auto boxes = field(object, kBoxes)) {
        if (!boxes->is_array()) throw Error("`boxes` must be a list");
        for (const auto entry : simdjson::dom::array(*boxes)) {
          simdjson::dom::array numbers;
          if (entry.get(numbers) != simdjson::SUCCESS || (numbers.size() != 4 && numbers.size() != 5))
            throw Error("a box is [x0, y0, x1, y1] or [x0, y0, x1, y1, label]");
          Row::LabelledBox box;
          for (std::size_t i = 0; i < 4; ++i) box.corners[i] = number_of(numbers.at(i));
          box.label = numbers.size() == 5 ? text_of(numbers.at(4)) : row.label;
          row.boxes.push_back(box);
        }
      }
      take(row);
    } catch (const Error& error) {
      throw Error(fmt::format("line {}: {}", line, error.what()));
    } catch (const simdjson::simdjson_error& error) {
      throw Error(fmt::format("line {}: {}", line, error.what()));
    }
  }
}

/// Lines of one picture follow each other.
void Manifest::take(const Row& row) {
  const bool same = !files_.empty() && files_.back().path == row.path;
  if (!same) {
    add(row.path, row.label.empty() ? -1 : class_of(row.label));
    facts_.emplace_back();
  }
  Facts& facts = facts_.back();
  for (const auto& box : row.boxes)
    facts.boxes.push_back({box.corners[0], box.corners[1], box.corners[2], box.corners[3],
                           box.label.empty() ? -1 : class_of(box.label)});
  double total = 0;
  for (const auto& [name, share] : row.shares) {
    if (share < 0) throw Error("a label's share is negative");
    total += share;
  }
  if (!row.shares.empty() && !(total > 0)) throw Error("the label's shares sum to 0");
  for (const auto& [name, share] : row.shares) facts.shares.push_back({class_of(name), share / total});
  if (same || facts.shares.empty()) return;
  files_.back().label = std::ranges::max_element(facts.shares, {}, &augment::LabelShare::share)->label;
}

void Manifest::annotate(std::size_t index, Item& item) const {
  item.sample.boxes = facts_[index].boxes;
  item.sample.label_shares = facts_[index].shares;
}

}  // namespace doppel::dataset
