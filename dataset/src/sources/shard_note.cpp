#include "shard_note.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "doppel/base/error.h"
#include "json_fault.h"
#include "json_field.h"
#include "manifest_targets.h"
#include "record_values.h"
#include "text.h"

namespace doppel::dataset {
namespace {

using NoteValue = simdjson::dom::element;

/// A class as text; whole numbers without a fraction.
std::string class_of(const NoteValue& value, std::string_view key) {
  if (value.is_null()) return {};
  if (value.is_string()) return std::string(trimmed(std::string_view(value)));
  if (value.is_int64()) return std::to_string(std::int64_t(value));
  if (value.is_uint64()) return std::to_string(std::uint64_t(value));
  if (double v = 0; value.is_double() && value.get(v) == simdjson::SUCCESS && std::floor(v) == v &&
                    std::abs(v) <= 9007199254740992)  // 2^53
    return std::to_string(static_cast<std::int64_t>(v));
  throw Error(fmt::format("`{}` should be text or a whole number", key));
}

std::pair<augment::Box, std::string> box_of(const NoteValue& value, const std::string& place) {
  const auto check = [&](bool right) {
    if (!right) throw Error(fmt::format("`{}` should be [x0, y0, x1, y1] or [x0, y0, x1, y1, label]", place));
  };
  simdjson::dom::array list;
  check(value.get(list) == simdjson::SUCCESS && list.size() >= 4 && list.size() <= 6);
  std::array<double, 4> corners{};
  std::int64_t instance = -1;  // as a pack has it
  std::string label;
  std::size_t i = 0;
  for (const NoteValue& one : list) {
    if (i < 4) check(one.get(corners[i]) == simdjson::SUCCESS && std::isfinite(corners[i]));
    if (i == 4) label = class_of(one, place + "[4]");
    if (i == 5) check(one.get(instance) == simdjson::SUCCESS && std::in_range<int>(instance));
    ++i;
  }
  augment::Box box{.x0 = corners[0], .y0 = corners[1], .x1 = corners[2], .y1 = corners[3]};
  box.instance = static_cast<int>(instance);
  if (box.x1 < box.x0 || box.y1 < box.y0)
    throw Error(fmt::format("`{}` is [{}, {}, {}, {}]: x1 and y1 are a corner, not less than x0 and y0",
                            place, box.x0, box.y0, box.x1, box.y1));
  return {box, label};
}

std::pair<std::string, double> share_of(const NoteValue& value, const std::string& place) {
  simdjson::dom::array list;
  std::pair<std::string, double> share;
  const bool right = value.get(list) == simdjson::SUCCESS && list.size() == 2 &&
                     list.at(1).get(share.second) == simdjson::SUCCESS && share.second >= 0 &&
                     share.second <= 1;
  if (right) share.first = class_of(list.at(0), place + "[0]");
  if (share.first.empty()) throw Error(fmt::format("`{}` should be [label, share], 0 to 1", place));
  return share;
}

/// The numbers that a list begins with, at least `least` of at most `most` things.
std::vector<double> numbers_of(const NoteValue& value, const std::string& place, const char* form,
                               std::size_t least, std::size_t most) {
  simdjson::dom::array list;
  std::vector<double> numbers;
  bool right = value.get(list) == simdjson::SUCCESS && list.size() >= least && list.size() <= most;
  if (right)
    for (const NoteValue& one : list) {
      double number = 0;
      if (one.get(number) != simdjson::SUCCESS) break;
      right = right && std::isfinite(number);
      numbers.push_back(number);
    }
  if (!right || numbers.size() < least) throw Error(fmt::format("`{}` should be {}", place, form));
  return numbers;
}

std::pair<augment::RotatedBox, std::string> rotated_box_of(const NoteValue& value, const std::string& place) {
  constexpr std::size_t kLabel = 5;
  const auto n =
      numbers_of(value, place, "[x, y, width, height, degrees] or with a label behind them", kLabel, 6);
  if (n[2] < 0 || n[3] < 0) throw Error(fmt::format("`{}` has a side below 0", place));
  std::string label;
  if (simdjson::dom::array list; value.get(list) == simdjson::SUCCESS && list.size() > kLabel)
    label = class_of(list.at(kLabel), fmt::format("{}[{}]", place, kLabel));
  return {{.x = n[0], .y = n[1], .width = n[2], .height = n[3], .angle = n[4]}, label};
}

augment::Keypoint keypoint_of(const NoteValue& value, const std::string& place) {
  const auto n = numbers_of(value, place,
                            "[x, y, number, visibility, instance], of which the last three may lack", 2, 5);
  augment::Keypoint point{.x = n[0], .y = n[1]};
  const auto whole = [&](std::size_t i, int otherwise) {
    if (i >= n.size()) return otherwise;
    if (n[i] != std::floor(n[i]) || std::abs(n[i]) > 1e9)
      throw Error(fmt::format("`{}[{}]` should be a whole number", place, i));
    return static_cast<int>(n[i]);
  };
  point.label = whole(2, -1);
  if (n.size() > 3) point.visibility = n[3];
  point.instance = whole(4, -1);
  return point;
}

/// JSON whose NaN, Infinity and -Infinity outside of strings are null.
std::string without_nan(std::string_view text) {
  std::string json;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_string && text[i] == '\\' && i + 1 < text.size()) {
      json += text[i++];
    } else if (text[i] == '"') {
      in_string = !in_string;
    } else if (!in_string) {
      std::size_t word = 0;
      for (const std::string_view name : {"NaN", "Infinity", "-Infinity"})
        if (text.substr(i, name.size()) == name) word = name.size();
      if (word > 0) {
        json += "null";
        i += word - 1;
        continue;
      }
    }
    json += text[i];
  }
  return json;
}

}  // namespace

std::string class_in(const std::vector<unsigned char>& bytes) {
  constexpr std::size_t kLongest = 4096;
  if (bytes.size() > kLongest)
    throw Error(fmt::format("{} bytes, where the name or number of one class should stand", bytes.size()));
  const std::string text = text_in(bytes);
  const std::string_view name = trimmed(text);
  if (const std::size_t lines = filled_lines(name).size(); lines > 1)
    throw Error(fmt::format("{} lines, where the name or number of one class should stand", lines));
  if (std::ranges::any_of(name, [](unsigned char c) { return c < ' ' && c != '\t'; }))
    throw Error("not text, where the name or number of one class should stand");
  if (real_number(name) && !whole_number(name))
    throw Error(fmt::format("'{}', where the name or the whole number of one class should stand", name));
  std::string words(name);
  std::ranges::replace_if(words, [](char c) { return c == ',' || c == ';'; }, ' ');
  const auto numbers = words_of(words);
  if (numbers.size() > 1 && std::ranges::all_of(numbers, [](auto w) { return real_number(w).has_value(); }))
    throw Error(fmt::format("'{}' are {} numbers, where the name or number of one class should stand", name,
                            numbers.size()));
  return std::string(name);
}

namespace {

/// Of maps, polygons and lines. False where the key means something else.
bool use_drawn(ShardNote& note, std::string_view key, const NoteValue& value) {
  if (key == "maps" ? !value.is_object() : !value.is_array()) return value.is_null();
  if (key == "maps") {
    note.maps = maps_in(value);
    for (const MapFile& map : note.maps)
      if (std::ranges::count(note.maps, map.name, &MapFile::name) > 1)
        throw Error(fmt::format("two maps are called '{}'", map.name));
  } else {
    std::ranges::move(outlines_in(value, key == "polygons", ""), std::back_inserter(note.outlines));
  }
  return true;
}

/// Targets, of which there are any number. False where the key is none of theirs.
bool use_list(ShardNote& note, std::string_view key, const NoteValue& value) {
  const auto each = [&](auto& into, const auto& read) {
    if (value.is_null()) return true;
    simdjson::dom::array list;
    if (value.get(list) != simdjson::SUCCESS) throw Error(fmt::format("`{}` should be a list", key));
    for (const NoteValue& one : list) into.push_back(read(one, fmt::format("{}[{}]", key, into.size())));
    return true;
  };
  if (key == "boxes") return each(note.boxes, box_of);
  if (key == "label_shares") return each(note.shares, share_of);
  if (key == "rotated_boxes") return each(note.rotated_boxes, rotated_box_of);
  if (key == "keypoints") return each(note.keypoints, keypoint_of);
  if (key == "maps" || key == "polygons" || key == "polylines") return use_drawn(note, key, value);
  if (key != "instance_mask") return false;
  if (value.is_null()) return true;
  std::int64_t number = -1;
  if (value.get(number) != simdjson::SUCCESS || !std::in_range<int>(number))
    throw Error("`instance_mask` should be the number of a mask");
  note.instance_mask = static_cast<int>(number);
  return true;
}

/// Nothing for null, and for what is too long.
std::optional<decltype(augment::NamedValue::value)> field_of(const NoteValue& value) {
  if (value.is_null()) return {};
  simdjson::dom::array list;
  if (value.get(list) == simdjson::SUCCESS && list.size() > kMostInField) return {};
  auto field = json_field(value);
  if (const auto* text = std::get_if<std::string>(&field); text && !is_field_text(*text)) return {};
  return field;
}

}  // namespace

struct ShardNoteReader::Parser : simdjson::dom::parser {};

ShardNoteReader::ShardNoteReader() : parser_(std::make_unique<Parser>()) {}
ShardNoteReader::~ShardNoteReader() = default;
ShardNoteReader::ShardNoteReader(ShardNoteReader&&) noexcept = default;
ShardNoteReader& ShardNoteReader::operator=(ShardNoteReader&&) noexcept = default;

ShardNote ShardNoteReader::read(const std::vector<unsigned char>& bytes,
                                const std::function<bool(std::string_view)>& is_number) {
  const std::string text = text_in(bytes);
  NoteValue root;
  auto error = parser_->parse(text).get(root);
  if (error) error = parser_->parse(without_nan(text)).get(root);
  if (error) throw Error(fmt::format("not JSON: {}", json_fault(error)));
  ShardNote note;
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    note.is_object = false;
    return note;
  }
  constexpr std::array<std::string_view, 3> kLabels{"label", "class", "cls"};
  std::size_t named = kLabels.size();
  for (const auto& [key, value] : object) {
    const bool is_given = is_number && is_number(key);
    const auto label = static_cast<std::size_t>(std::ranges::find(kLabels, key) - kLabels.begin());
    if (label < kLabels.size() && !is_given) {
      std::string name = class_of(value, key);
      if (name.empty()) continue;
      // The first of them counts.
      if (named < kLabels.size()) note.unread.emplace_back(kLabels[std::max(label, named)]);
      if (label <= named) note.label = std::move(name), named = label;
    } else if (is_given || !use_list(note, key, value)) {
      if (auto field = field_of(value))
        note.fields.push_back({std::string(key), std::move(*field)});
      else
        note.unread.emplace_back(key);
    }
  }
  return note;
}

}  // namespace doppel::dataset
