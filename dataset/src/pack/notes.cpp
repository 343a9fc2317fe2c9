#include "notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>

#include "doppel/base/error.h"
#include "doppel/base/json_fields.h"
#include "format.h"
#include "named_values.h"

namespace doppel::dataset::pack {
namespace {

using augment::FloatMap;
using nlohmann::json;

constexpr std::array<std::string_view, 2> kMapFilters{"nearest", "bilinear"};

template <class T>
T whole_in_note(const json& said) {
  if (const auto number = json_whole<T>(said)) return *number;
  throw Error("a damaged annotation");
}

PromisedFile file_read(std::string what, const json& bytes, const json& crc) {
  return {std::move(what), whole_in_note<std::uint64_t>(bytes), whole_in_note<std::uint32_t>(crc)};
}

float fill_read(const json& said) {
  if (!said.is_string()) return said.get<float>();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto& text = said.get_ref<const std::string&>();
  return text == "inf" ? kInfinity : text == "-inf" ? -kInfinity : std::numeric_limits<float>::quiet_NaN();
}

json map_said(const FloatMap& map, const Companion& file) {
  json said{map.name,
            augment::kMapKindNames[static_cast<std::size_t>(map.kind)],
            kMapFilters[map.filter == Filter::Nearest ? 0 : 1],
            json_of_float(map.fill),
            map.colors,
            file.bytes.size(),
            crc_of(file.bytes.data(), file.bytes.size())};
  if (file.unit != MapUnit{})
    for (const json& part : {json(file.unit.first), json(file.unit.step), json(file.unit.over)})
      said.push_back(part);
  return said;
}

/// Which of some names; what isn't one of them is damaged.
template <class Names>
std::size_t which_of(const Names& names, const json& said) {
  const auto found = std::ranges::find(names, said.get_ref<const std::string&>());
  if (found == names.end()) throw Error("a damaged annotation");
  return static_cast<std::size_t>(found - names.begin());
}

void take_map(const json& said, Promised& promised) {
  PromisedMap one;
  one.map.name = said.at(0).get<std::string>();
  one.map.kind = augment::MapKind(which_of(augment::kMapKindNames, said.at(1)));
  one.map.filter = which_of(kMapFilters, said.at(2)) == 0 ? Filter::Nearest : Filter::Bilinear;
  one.map.fill = fill_read(said.at(3));
  one.map.colors = said.at(4).get<bool>();
  if (said.size() > 7) one.unit = {whole_in_note<std::int64_t>(said.at(7)), said.at(8), said.at(9)};
  constexpr std::int64_t kFar = std::int64_t{1} << 40;
  if (one.unit.first < -kFar || one.unit.first > kFar || !(one.unit.over > 0))
    throw Error("a damaged annotation");
  promised.files.push_back(file_read(fmt::format("the map '{}'", one.map.name), said.at(5), said.at(6)));
  promised.maps.push_back(std::move(one));
}

json outline_said(const augment::Outline& outline, double scale_x, double scale_y) {
  json points = json::array();
  for (const Point& p : outline.points) {
    points.push_back(p.x * scale_x);
    points.push_back(p.y * scale_y);
  }
  return {outline.label, outline.instance, outline.closed, std::move(points)};
}

augment::Outline outline_read(const json& said) {
  augment::Outline outline{.points = {},
                           .closed = said.at(2).get<bool>(),
                           .label = whole_in_note<int>(said.at(0)),
                           .instance = whole_in_note<int>(said.at(1))};
  const json& points = said.at(3);
  if (!points.is_array() || points.size() % 2 != 0) throw Error("a damaged annotation");
  for (std::size_t i = 0; i < points.size(); i += 2) outline.points.push_back({points[i], points[i + 1]});
  return outline;
}

}  // namespace

std::string note_of(const augment::Sample& sample, std::span<const Companion> files, double scale_x,
                    double scale_y, const NoteFacts& facts) {
  nlohmann::json note;
  for (const auto& b : sample.boxes)
    note["boxes"].push_back(
        {b.x0 * scale_x, b.y0 * scale_y, b.x1 * scale_x, b.y1 * scale_y, b.label, b.instance});
  for (const auto& b : sample.rotated_boxes)
    note["rotated_boxes"].push_back(
        {b.x * scale_x, b.y * scale_y, b.width * scale_x, b.height * scale_y, b.angle, b.label, b.instance});
  for (const auto& p : sample.keypoints)
    note["keypoints"].push_back({p.x * scale_x, p.y * scale_y, p.label, p.visibility, p.instance});
  for (const auto& s : sample.label_shares) note["label_shares"].push_back({s.label, s.share});
  for (const augment::Outline& outline : sample.outlines)
    note["outlines"].push_back(outline_said(outline, scale_x, scale_y));
  const auto masks = files.first(files.size() - sample.maps.size());
  for (const Companion& mask : masks)
    note["masks"].push_back({mask.bytes.size(), crc_of(mask.bytes.data(), mask.bytes.size())});
  if (!masks.empty() && sample.instance_mask >= 0) note["instance_mask"] = sample.instance_mask;
  for (std::size_t k = 0; k < sample.maps.size(); ++k)
    note["maps"].push_back(map_said(sample.maps[k], files[masks.size() + k]));
  for (std::size_t k = 0; k < sample.numbers.size(); ++k)
    note["numbers"].push_back(
        {k < facts.number_names.size() ? facts.number_names[k] : std::to_string(k), sample.numbers[k]});
  if (sample.weight != 1) note["weight"] = sample.weight;
  for (const augment::NamedValue& field : sample.fields)
    note["fields"].push_back({field.name, json_of(field)});
  if (!facts.range.empty()) note["range"] = facts.range;
  return note.is_null() ? "" : note.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Promised read_note(const std::string& text, augment::Sample& sample) {
  Promised promised;
  try {
    const nlohmann::json note = nlohmann::json::parse(text);
    const auto each = [&](const char* name, const auto& take) {
      if (note.contains(name))
        for (const auto& n : note.at(name)) take(n);
    };
    each("boxes", [&](const auto& n) {
      sample.boxes.push_back(
          {n.at(0), n.at(1), n.at(2), n.at(3), whole_in_note<int>(n.at(4)), 1, whole_in_note<int>(n.at(5))});
    });
    each("rotated_boxes", [&](const auto& n) {
      sample.rotated_boxes.push_back({n.at(0), n.at(1), n.at(2), n.at(3), n.at(4),
                                      whole_in_note<int>(n.at(5)), 1, whole_in_note<int>(n.at(6))});
    });
    each("keypoints", [&](const auto& n) {
      augment::Keypoint point{.x = n.at(0), .y = n.at(1)};
      point.label = whole_in_note<int>(n.at(2));
      point.visibility = n.at(3);
      point.instance = whole_in_note<int>(n.at(4));
      sample.keypoints.push_back(point);
    });
    each("label_shares",
         [&](const auto& n) { sample.label_shares.push_back({whole_in_note<int>(n.at(0)), n.at(1)}); });
    each("numbers", [&](const auto& n) { sample.numbers.push_back(n.at(1)); });
    each("fields", [&](const auto& n) {
      sample.fields.push_back(field_of(n.at(0).template get<std::string>(), n.at(1)));
    });
    sample.weight = note.value("weight", 1.0);
    if (note.contains("instance_mask")) sample.instance_mask = whole_in_note<int>(note.at("instance_mask"));
    each("outlines", [&](const auto& n) { sample.outlines.push_back(outline_read(n)); });
    each("masks", [&](const auto& n) { promised.files.push_back(file_read("a mask", n.at(0), n.at(1))); });
    each("maps", [&](const auto& n) { take_map(n, promised); });
  } catch (const nlohmann::json::exception&) { throw Error("a damaged annotation"); }
  return promised;
}

std::uint32_t version_of(const std::string& note) {
  // Most notes speak of neither, and aren't worth being read.
  if (note.find("\"maps\"") == note.npos && note.find("\"outlines\"") == note.npos) return kPlainVersion;
  const json said = json::parse(note);
  return said.contains("maps") || said.contains("outlines") ? kMapsVersion : kPlainVersion;
}

std::vector<augment::LabelShare> shares_in(const std::string& note) {
  if (note.find("\"label_shares\"") == note.npos) return {};
  augment::Sample sample;
  read_note(note, sample);
  return sample.label_shares;
}

std::vector<int> object_labels_in(const std::string& note) {
  std::vector<int> labels;
  if (note.find("boxes\"") == note.npos) return labels;
  try {
    const nlohmann::json json = nlohmann::json::parse(note);
    for (const auto& [name, place] : {std::pair{"boxes", 4}, {"rotated_boxes", 5}})
      if (json.contains(name))
        for (const auto& n : json.at(name))
          labels.push_back(whole_in_note<int>(n.at(static_cast<std::size_t>(place))));
  } catch (const nlohmann::json::exception&) { throw Error("a damaged annotation"); }
  return labels;
}

std::vector<std::pair<std::string, double>> numbers_in(const std::string& note) {
  std::vector<std::pair<std::string, double>> numbers;
  if (note.find("\"numbers\"") == note.npos) return numbers;
  try {
    const nlohmann::json json = nlohmann::json::parse(note);
    if (json.contains("numbers"))
      for (const auto& n : json.at("numbers"))
        numbers.emplace_back(n.at(0).get<std::string>(), n.at(1).get<double>());
  } catch (const nlohmann::json::exception&) { throw Error("a damaged annotation"); }
  return numbers;
}

std::vector<double> range_in(const std::string& note) {
  if (note.find("\"range\"") == note.npos) return {};
  try {
    const nlohmann::json json = nlohmann::json::parse(note);
    if (!json.contains("range")) return {};
    const auto range = json.at("range").get<std::vector<double>>();
    if (range.size() == 2 && range[0] < range[1]) return range;
  } catch (const nlohmann::json::exception&) {}
  throw Error("a damaged annotation");
}

}  // namespace doppel::dataset::pack
