#include "label_studio_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

using ShapeKind = DrawnShape::Kind;
using JsonType = simdjson::ondemand::json_type;

/// What a result says.
struct LabelStudioResult {
  std::string id, type, parent;
  Size size;
  std::map<std::string, double> numbers;  ///< x, y, width … in percent, rotation in degrees
  std::vector<std::string> labels, choices;
  std::vector<double> points, code;
  bool turned_image = false;
};

std::vector<std::string> texts_in(JsonValue value) {
  std::vector<std::string> texts;
  if (value.type() != JsonType::array) return {std::string(trimmed(json_text(value)))};
  for (JsonValue text : value.get_array()) texts.emplace_back(trimmed(json_text(text)));
  return texts;
}

void read_value(simdjson::ondemand::object value, LabelStudioResult& result, Remarks& unread,
                std::string_view name) {
  static constexpr std::array<std::string_view, 7> kNumbers{"x",       "y",       "width",   "height",
                                                            "radiusX", "radiusY", "rotation"};
  for (simdjson::ondemand::field field : value) {
    const std::string key(std::string_view(field.unescaped_key()));
    JsonValue inside = field.value();
    if (json_is_nothing(inside)) continue;
    if (std::ranges::find(kNumbers, key) != kNumbers.end()) {
      result.numbers[key] = json_number(inside);
    } else if (key == "points") {
      for (JsonValue pair : inside.get_array()) {
        const std::size_t before = result.points.size();
        json_numbers(pair, result.points);
        if (result.points.size() != before + 2) throw Error("a point is two numbers, x and y");
      }
    } else if (key == "rle") {
      json_numbers(inside, result.code);
    } else if (key == "choices") {
      result.choices = texts_in(inside);
    } else if (key.ends_with("labels")) {
      result.labels = texts_in(inside);
    } else if (key != "closed" && key != "format") {
      unread.add(fmt::format("`{}` of a result, which isn't read", key), name);
    }
  }
}

int original_side(JsonValue value) {
  const auto side = json_whole(value);
  return side && *side > 0 ? static_cast<int>(std::min<std::int64_t>(*side, 1 << 30)) : 0;
}

LabelStudioResult read_result(simdjson::ondemand::object object, std::string_view name, Remarks& remarks) {
  LabelStudioResult result;
  for (simdjson::ondemand::field field : object) {
    const std::string key(std::string_view(field.unescaped_key()));
    JsonValue value = field.value();
    if (json_is_nothing(value)) continue;
    if (key == "value")
      read_value(value.get_object(), result, remarks, name);
    else if (key == "type")
      result.type = lower(json_text(value));
    else if (key == "id")
      result.id = json_text(value);
    else if (key == "parentID")
      result.parent = json_text(value);
    else if (key == "original_width")
      result.size.width = original_side(value);
    else if (key == "original_height")
      result.size.height = original_side(value);
    else if (key == "image_rotation")
      result.turned_image = json_number(value) != 0;
    else if (key != "from_name" && key != "to_name" && key != "origin" && key != "readonly" &&
             key != "hidden" && key != "score" && key != "direction" && key != "from_id" && key != "to_id")
      remarks.add(fmt::format("`{}` of a result, which isn't read", key), name);
  }
  return result;
}

double share_at(const LabelStudioResult& result, const char* key) {
  const auto found = result.numbers.find(key);
  if (found == result.numbers.end()) throw Error(fmt::format("it has no `{}`", key));
  return found->second / 100;
}

double angle_of(const LabelStudioResult& result) {
  const auto found = result.numbers.find("rotation");
  return found == result.numbers.end() ? 0 : found->second;
}

std::vector<unsigned char> brush_bytes(const std::vector<double>& numbers) {
  std::vector<unsigned char> bytes;
  for (const double number : numbers) {
    if (number < 0 || number > 255 || number != static_cast<double>(static_cast<int>(number)))
      throw Error(fmt::format("{} in `rle` is no byte", number));
    bytes.push_back(static_cast<unsigned char>(number));
  }
  return bytes;
}

/// By what it holds, whatever its type is called.
DrawnShape shape_of(const LabelStudioResult& result) {
  if (!result.code.empty())
    return {.kind = ShapeKind::Bitmap,
            .numbers = {0, 0, 1, 1},
            .packing = DrawnShape::Packing::Rgba,
            .bytes = brush_bytes(result.code)};
  if (!result.points.empty()) {
    std::vector<double> shares = result.points;
    if (shares.size() < 6) throw Error("a polygon of fewer than three points");
    for (double& share : shares) share /= 100;
    return {.kind = ShapeKind::Polygon, .numbers = std::move(shares)};
  }
  const double x = share_at(result, "x"), y = share_at(result, "y");
  if (result.type.starts_with("keypoint")) return {.kind = ShapeKind::Point, .numbers = {x, y}};
  if (result.numbers.contains("radiusX"))
    return {.kind = ShapeKind::Ellipse,
            .angle = angle_of(result),
            .numbers = {x, y, share_at(result, "radiusX"), share_at(result, "radiusY")}};
  if (!result.numbers.contains("width") || !result.numbers.contains("height"))
    return {.kind = ShapeKind::Point, .numbers = {x, y}};
  const double width = share_at(result, "width"), height = share_at(result, "height");
  if (width < 0 || height < 0)
    throw Error(fmt::format("a rectangle of {} x {} percent", 100 * width, 100 * height));
  return {.kind = ShapeKind::Box,
          .angle = angle_of(result),
          .about_corner = true,
          .numbers = {x, y, x + width, y + height}};
}

/// Puts results together: in some projects a region's shape and its label are two of one id.
class LabelStudioResults {
 public:
  LabelStudioResults(LabelStudioTask& task, std::string_view name, Remarks& remarks)
      : task_(task), name_(name), remarks_(remarks) {}
  void take(const LabelStudioResult& result);
  void finish();

 private:
  LabelStudioTask& task_;
  std::string_view name_;
  Remarks& remarks_;
};

void LabelStudioResults::take(const LabelStudioResult& result) {
  if (result.type == "relation") return remarks_.add("relations between regions, which aren't read", name_);
  const bool has_place = result.numbers.contains("x") || !result.points.empty() || !result.code.empty();
  if (!result.choices.empty()) {
    if (has_place) return remarks_.add("choices of regions, which aren't read", name_);
    for (const std::string& choice : result.choices)
      if (std::ranges::find(task_.choices, choice) == task_.choices.end()) task_.choices.push_back(choice);
    return;
  }
  if (!has_place)
    return remarks_.add(fmt::format("results of the type {}, which aren't read", result.type), name_);
  if (result.turned_image)
    remarks_.add("images turned while they were annotated (image_rotation), which isn't read", name_);
  if (task_.size == Size{}) task_.size = result.size;
  if (result.size != Size{} && result.size != task_.size)
    throw Error("its original_width and original_height aren't those of the results before it");
  if (result.labels.size() > 1) remarks_.add("regions of several labels, of which the first is taken", name_);
  DrawnShape drawn = shape_of(result);
  const bool is_point = drawn.kind == ShapeKind::Point;
  const auto same = result.id.empty() ? task_.shapes.end()
                                      : std::ranges::find(task_.shapes, result.id, &LabelStudioShape::id);
  if (same != task_.shapes.end()) {
    if (!same->label.empty() && !result.labels.empty() && same->label != result.labels[0])
      return remarks_.add("regions of several labels, of which the first is taken", name_);
    if (same->label.empty() && !result.labels.empty()) same->label = result.labels[0];
    return;
  }
  task_.shapes.push_back(
      {result.id, result.labels.empty() ? "" : result.labels[0], std::move(drawn), is_point});
}

void LabelStudioResults::finish() {
  std::erase_if(task_.shapes, [&](const LabelStudioShape& shape) {
    if (shape.label.empty()) remarks_.add("regions without a label, left out", name_);
    return shape.label.empty();
  });
}

/// Whether it counts; its results are then the task's.
bool read_annotation(simdjson::ondemand::object annotation, LabelStudioTask& task, std::string_view name,
                     Remarks& remarks) {
  bool cancelled = false;
  LabelStudioTask said;
  Remarks found;
  LabelStudioResults results(said, name, found);
  for (simdjson::ondemand::field field : annotation) {
    const std::string key(std::string_view(field.unescaped_key()));
    JsonValue value = field.value();
    if (key == "was_cancelled" && json_flag(value)) cancelled = true;
    if (key != "result" || json_is_nothing(value)) continue;
    std::size_t number = 0;
    for (JsonValue result : value.get_array()) {
      ++number;
      try {
        results.take(read_result(result.get_object(), name, found));
      } catch (const Error& error) { throw Error(fmt::format("result {}: {}", number, error.what())); }
    }
  }
  if (cancelled) {
    remarks.add("annotations that were cancelled, left out", name);
    return false;
  }
  if (task.is_annotated) {
    remarks.add("further annotations of a task, of which the first is taken", name);
    return false;
  }
  results.finish();
  remarks.add(found.list());
  said.texts = std::move(task.texts);
  said.is_annotated = true;
  task = std::move(said);
  return true;
}

}  // namespace

LabelStudioTask read_label_studio_task(simdjson::ondemand::object object, std::string_view name,
                                       Remarks& remarks) {
  LabelStudioTask task;
  for (simdjson::ondemand::field field : object) {
    const std::string key(std::string_view(field.unescaped_key()));
    JsonValue value = field.value();
    if (json_is_nothing(value)) continue;
    if (key == "annotations" || key == "completions") {
      for (JsonValue annotation : value.get_array())
        (void)read_annotation(annotation.get_object(), task, name, remarks);
    } else if (key == "predictions") {
      remarks.add("predictions, which aren't read", name);
    } else if (key == "data") {
      for (simdjson::ondemand::field one : value.get_object()) {
        JsonValue inside = one.value();
        if (inside.type() == JsonType::string) task.texts.emplace_back(json_text(inside));
      }
    }
  }
  return task;
}

}  // namespace doppel::dataset
