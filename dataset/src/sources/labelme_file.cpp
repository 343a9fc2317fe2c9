#include "labelme_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base64.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "json_fault.h"
#include "json_value.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using ShapeKind = DrawnShape::Kind;

/// What a shape's fields say.
struct LabelMeFields {
  std::string label, type = "polygon", mask;
  std::optional<std::int64_t> group;
  std::vector<double> points;
};

void read_points(JsonValue list, std::vector<double>& points) {
  simdjson::ondemand::array pairs;
  if (list.get_array().get(pairs) != simdjson::SUCCESS) throw Error("`points` is no list");
  for (JsonValue pair : pairs) {
    const std::size_t before = points.size();
    json_numbers(pair, points);
    if (points.size() != before + 2) throw Error("a point is two numbers, x and y");
  }
}

/// What in a shape nobody reads.
void meet_unread(std::string_view key, JsonValue value, std::string_view name, Remarks& remarks) {
  if (key == "flags") {
    simdjson::ondemand::object flags;
    if (value.get_object().get(flags) != simdjson::SUCCESS) return;
    for (simdjson::ondemand::field flag : flags) {
      const std::string word(std::string_view(flag.unescaped_key()));
      if (json_flag(flag.value()))
        remarks.add(fmt::format("flags of shapes ({}), which aren't read", word), name);
    }
    return;
  }
  if (key == "line_color" || key == "fill_color" || json_is_nothing(value)) return;
  if (value.type() == simdjson::ondemand::json_type::boolean && !value.get_bool()) return;
  remarks.add(fmt::format("`{}` of a shape, which isn't read", key), name);
}

LabelMeFields read_fields(simdjson::ondemand::object shape, std::string_view name, Remarks& remarks) {
  LabelMeFields fields;
  bool has_label = false;
  for (simdjson::ondemand::field field : shape) {
    const std::string key(std::string_view(field.unescaped_key()));
    JsonValue value = field.value();
    if (key == "label")
      fields.label = trimmed(json_text(value)), has_label = true;
    else if (key == "points")
      read_points(value, fields.points);
    else if (key == "group_id")
      fields.group = json_is_nothing(value) ? std::nullopt : json_whole(value);
    else if (key == "shape_type" && !json_is_nothing(value))
      fields.type = lower(trimmed(json_text(value)));
    else if (key == "mask" && !json_is_nothing(value))
      fields.mask = json_text(value);
    else
      meet_unread(key, value, name, remarks);
  }
  if (!has_label || fields.label.empty()) throw Error("a shape without `label`");
  return fields;
}

void expect_points(const LabelMeFields& fields, std::size_t least, std::size_t most) {
  const std::size_t points = fields.points.size() / 2;
  if (points >= least && points <= most) return;
  throw Error(fmt::format("a {} of {} points, where it has {}{}", fields.type, points, least,
                          most > least ? " or more" : ""));
}

/// Two corners, or all four, in any order.
std::vector<double> upright_corners(const std::vector<double>& p) {
  std::vector<double> box{p[0], p[1], p[0], p[1]};
  for (std::size_t k = 2; k < p.size(); k += 2) {
    box[0] = std::min(box[0], p[k]), box[2] = std::max(box[2], p[k]);
    box[1] = std::min(box[1], p[k + 1]), box[3] = std::max(box[3], p[k + 1]);
  }
  return box;
}

DrawnShape drawn_shape(LabelMeFields& fields) {
  constexpr std::size_t kMany = ~std::size_t{0};
  const std::vector<double>& p = fields.points;
  if (fields.type == "rectangle") {
    expect_points(fields, 2, p.size() == 8 ? 4 : 2);
    return {.kind = ShapeKind::Box, .numbers = upright_corners(p)};
  }
  if (fields.type == "polygon") {
    expect_points(fields, 3, kMany);
    return {.kind = ShapeKind::Polygon, .numbers = p};
  }
  if (fields.type == "circle") {
    expect_points(fields, 2, 2);
    const double radius = std::hypot(p[2] - p[0], p[3] - p[1]);
    return {.kind = ShapeKind::Ellipse, .numbers = {p[0], p[1], radius, radius}};
  }
  if (fields.type == "line" || fields.type == "linestrip") {
    expect_points(fields, 2, kMany);
    return {.kind = ShapeKind::Line, .numbers = p};
  }
  if (fields.type == "rotation" || fields.type == "oriented_rectangle") {
    expect_points(fields, 4, 4);
    return {.kind = ShapeKind::Corners, .numbers = p};
  }
  if (fields.type != "mask")
    throw Error(fmt::format("a shape of the type '{}', which isn't read", fields.type));
  expect_points(fields, 2, 2);
  if (fields.mask.empty()) throw Error("a mask without its pixels (`mask`)");
  std::vector<double> place = upright_corners(p);
  place[2] -= place[0] - 1;  // both corners are pixels of it
  place[3] -= place[1] - 1;
  return {.kind = ShapeKind::Bitmap,
          .numbers = std::move(place),
          .packing = DrawnShape::Packing::Png,
          .bytes = bytes_from_base64(fields.mask)};
}

void take_shape(LabelMeFields fields, LabelMeFile& file) {
  if (fields.type != "point" && fields.type != "points") {
    DrawnShape drawn = drawn_shape(fields);
    return file.shapes.push_back({std::move(fields.label), fields.group, std::move(drawn), false});
  }
  expect_points(fields, 1, fields.type == "point" ? 1 : ~std::size_t{0});
  for (std::size_t k = 0; k < fields.points.size(); k += 2)
    file.shapes.push_back({fields.label,
                           fields.group,
                           {.kind = ShapeKind::Point, .numbers = {fields.points[k], fields.points[k + 1]}},
                           true});
}

int labelme_side(JsonValue value) {
  const auto whole = json_is_nothing(value) ? std::nullopt : json_whole(value);
  return whole && *whole > 0 ? static_cast<int>(std::min<std::int64_t>(*whole, 1 << 30)) : 0;
}

void read_shapes(JsonValue value, LabelMeFile& file, std::string_view name, Remarks& remarks) {
  std::size_t number = 0;
  for (JsonValue shape : value.get_array()) {
    ++number;
    try {
      take_shape(read_fields(shape.get_object(), name, remarks), file);
    } catch (const Error& error) { throw Error(fmt::format("shape {}: {}", number, error.what())); }
  }
}

void read_flags(JsonValue value, LabelMeFile& file) {
  if (json_is_nothing(value)) return;
  for (simdjson::ondemand::field flag : value.get_object()) {
    std::string word(std::string_view(flag.unescaped_key()));
    if (json_flag(flag.value())) file.flags.push_back(std::move(word));
  }
}

/// "line 3: ", of where a reader stopped.
std::string stopped_at(simdjson::ondemand::document& document, std::string_view text) {
  const char* at = nullptr;
  if (document.current_location().get(at) != simdjson::SUCCESS || at < text.data()) return "";
  const auto before = static_cast<std::size_t>(at - text.data());
  return fmt::format("line {}: ", 1 + std::ranges::count(text.substr(0, before), '\n'));
}

/// Shows each member of the file's object.
void each_member(const fs::path& file, const auto& show) {
  const simdjson::padded_string text(read_text(file));
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  bool begun = false;
  try {
    document = parser.iterate(text);
    begun = true;
    for (simdjson::ondemand::field field : document.get_object()) {
      const std::string key(std::string_view(field.unescaped_key()));
      show(key, field.value());
    }
    json_check_end(document);
  } catch (const simdjson::simdjson_error& error) {
    throw Error(fmt::format("{}not right JSON: {}", begun ? stopped_at(document, std::string_view(text)) : "",
                            json_fault(error.error())));
  }
}

}  // namespace

LabelMeFile read_labelme(const fs::path& path, std::string_view name, Remarks& remarks) {
  LabelMeFile file;
  bool has_shapes = false;
  each_member(path, [&](const std::string& key, JsonValue value) {
    if (key == "shapes")
      has_shapes = true, read_shapes(value, file, name, remarks);
    else if (key == "imagePath" && !json_is_nothing(value))
      file.image = json_text(value);
    else if (key == "imageData")
      file.holds_image = !json_is_nothing(value);
    else if (key == "imageWidth")
      file.size.width = labelme_side(value);
    else if (key == "imageHeight")
      file.size.height = labelme_side(value);
    else if (key == "flags")
      read_flags(value, file);
    else if (key != "version" && key != "lineColor" && key != "fillColor" && !json_is_nothing(value))
      remarks.add(fmt::format("`{}` of a file, which isn't read", key), name);
  });
  if (!has_shapes) throw Error("no list `shapes`");
  return file;
}

std::vector<unsigned char> labelme_image(const fs::path& file) {
  std::vector<unsigned char> bytes;
  each_member(file, [&](const std::string& key, JsonValue value) {
    if (key == "imageData") bytes = bytes_from_base64(json_text(value));
  });
  return bytes;
}

namespace {

std::string json_head(const fs::path& file) {
  constexpr std::size_t kHead = 1 << 14;
  return text_in(read_head(file, kHead));
}

}  // namespace

bool tells_json_kind(const fs::path& file) {
  const std::string head = json_head(file);
  const std::string_view text = trimmed(head);
  if (!text.starts_with('{') && !text.starts_with('[')) return false;
  return !trimmed(text.substr(1)).starts_with('}') && text.find('"') != text.npos;
}

bool is_labelme(const fs::path& file) {
  const std::string text = json_head(file);
  if (!trimmed(text).starts_with('{')) return false;
  const auto has = [&](std::string_view key) { return text.find(key) != text.npos; };
  return !has("\"annotations\"") && (has("\"shapes\"") || has("\"imageData\"") || has("\"imagePath\""));
}

}  // namespace doppel::dataset
