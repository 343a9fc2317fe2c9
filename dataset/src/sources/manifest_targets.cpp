#include "manifest_targets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace json = simdjson::dom;

double map_number(const json::element& value, std::string_view map, std::string_view key) {
  double number = 0;
  if (value.get(number) != simdjson::SUCCESS || !std::isfinite(number))
    throw Error(fmt::format("`maps`: {} of '{}' must be a number", key, map));
  return number;
}

/// Which of some names a text is.
template <class Names>
std::size_t map_word(const json::element& value, std::string_view map, std::string_view key,
                     const Names& names) {
  const std::string word = value.is_string() ? lower(std::string_view(value.get_string())) : "";
  const auto found = std::ranges::find(names, word);
  if (found == names.end())
    throw Error(fmt::format("`maps`: {} of '{}' must be one of {}", key, map, fmt::join(names, ", ")));
  return static_cast<std::size_t>(found - names.begin());
}

/// JSON has no words for what isn't finite.
float map_fill(const json::element& value, std::string_view map) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::string word = value.is_string() ? lower(std::string_view(value.get_string())) : "";
  if (word == "nan") return std::numeric_limits<float>::quiet_NaN();
  if (word == "inf" || word == "-inf") return word == "inf" ? kInfinity : -kInfinity;
  return static_cast<float>(map_number(value, map, "fill"));
}

void take_setting(const json::key_value_pair& setting, MapFile& map, std::optional<Filter>& filter) {
  constexpr std::array<std::string_view, 2> kFilters{"nearest", "bilinear"};
  const std::string key = lower(setting.key);
  if ((key == "file" || key == "path") && setting.value.is_string())
    map.path = std::string(trimmed(std::string_view(setting.value.get_string())));
  else if (key == "kind")
    map.kind = augment::MapKind(map_word(setting.value, map.name, key, augment::kMapKindNames));
  else if (key == "filter")
    filter = Filter(map_word(setting.value, map.name, key, kFilters));
  else if (key == "fill")
    map.fill = map_fill(setting.value, map.name);
  else if (key == "scale")
    map.scale = map_number(setting.value, map.name, key);
  else if (key == "offset")
    map.offset = map_number(setting.value, map.name, key);
  else if (key == "colors" && setting.value.is_bool())
    map.colors = setting.value.get_bool();
  else
    throw Error(
        fmt::format("`maps`: '{}' has no use for '{}'; there are file, kind, filter, fill, "
                    "scale, offset and colors (true or false)",
                    map.name, setting.key));
}

MapFile map_of(const json::key_value_pair& field) {
  MapFile map{.name = std::string(field.key), .path = {}};
  const auto kind = std::ranges::find(augment::kMapKindNames, lower(field.key));
  if (kind != augment::kMapKindNames.end())
    map.kind = augment::MapKind(kind - augment::kMapKindNames.begin());
  std::optional<Filter> filter;
  json::object settings;
  if (field.value.is_string())
    map.path = std::string(trimmed(std::string_view(field.value.get_string())));
  else if (field.value.get(settings) == simdjson::SUCCESS)
    for (const auto setting : settings) take_setting(setting, map, filter);
  if (map.path.empty())
    throw Error(fmt::format("`maps`: '{}' names no file: \"{}\": \"depth/1.png\", or {{\"file\": …}}",
                            map.name, map.name));
  map.filter = filter.value_or(augment::usual_filter(map.kind));
  return map;
}

double coordinate(const json::element& value) {
  double number = 0;
  if (value.get(number) != simdjson::SUCCESS || !std::isfinite(number))
    throw Error("a polygon or line needs points of two numbers: [x, y, x, y, …] or [[x, y], …]");
  return number;
}

/// Of x, y, x, y … or of pairs.
std::vector<Point> points_listed(const json::element& value) {
  json::array list;
  if (value.get(list) != simdjson::SUCCESS) (void)coordinate(value);
  std::vector<double> numbers;
  for (const json::element one : list) {
    json::array pair;
    if (one.get(pair) != simdjson::SUCCESS) {
      numbers.push_back(coordinate(one));
      continue;
    }
    if (pair.size() != 2) throw Error("a point of a polygon or line has two numbers: [x, y]");
    for (const json::element number : pair) numbers.push_back(coordinate(number));
  }
  if (numbers.size() % 2 != 0) throw Error("a polygon or line has an odd number of coordinates");
  std::vector<Point> points;
  for (std::size_t i = 0; i < numbers.size(); i += 2) points.push_back({numbers[i], numbers[i + 1]});
  return points;
}

void take_part_of_outline(const json::key_value_pair& field, LabelledOutline& outline) {
  const std::string key = lower(field.key);
  std::int64_t instance = 0;
  if (key == "points")
    outline.outline.points = points_listed(field.value);
  else if (key == "label" && !field.value.is_null())
    outline.label = json_class(field.value);
  else if (key == "instance" && field.value.get(instance) == simdjson::SUCCESS && instance >= 0 &&
           instance <= 1 << 30)
    outline.outline.instance = static_cast<int>(instance);
  else if (!field.value.is_null())
    throw Error(
        fmt::format("a polygon or line has points, a label and an instance (a whole number), not "
                    "'{}': {}",
                    field.key, simdjson::minify(field.value)));
}

}  // namespace

std::vector<MapFile> maps_in(const json::element& maps) {
  json::object all;
  if (maps.get(all) != simdjson::SUCCESS)
    throw Error("`maps` must be an object: {\"depth\": \"depth/1.png\"}");
  std::vector<MapFile> said;
  for (const auto field : all) said.push_back(map_of(field));
  return said;
}

std::vector<LabelledOutline> outlines_in(const json::element& outlines, bool closed,
                                         const std::string& label) {
  json::array list;
  if (outlines.get(list) != simdjson::SUCCESS)
    throw Error(fmt::format("`{}` must be a list", closed ? "polygons" : "polylines"));
  std::vector<LabelledOutline> all;
  for (const json::element entry : list) {
    LabelledOutline outline;
    outline.outline.closed = closed;
    outline.label = label;
    json::object parts;
    if (entry.get(parts) == simdjson::SUCCESS)
      for (const auto field : parts) take_part_of_outline(field, outline);
    else
      outline.outline.points = points_listed(entry);
    const std::size_t count = outline.outline.points.size(), least = closed ? 3 : 2;
    if (count < least)
      throw Error(fmt::format("a {} of {} point{}; it needs {} or more", closed ? "polygon" : "line", count,
                              count == 1 ? "" : "s", least));
    all.push_back(std::move(outline));
  }
  return all;
}

}  // namespace doppel::dataset
