#include "doppel/dataset/sources/coco.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <opencv2/core.hpp>
#include <tuple>
#include <unordered_map>

#include "coco_polygon.h"
#include "doppel/base/error.h"
#include "run_length.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
namespace json = simdjson::dom;

/// The image folder that belongs to an annotation file, as people lay them out.
fs::path folder_of(const fs::path& file) {
  const fs::path beside = file.parent_path();
  const std::string stem = file.stem().string();
  const std::size_t split = stem.rfind('_');
  for (const fs::path& base : {beside, beside.parent_path()}) {
    if (split != std::string::npos && fs::is_directory(base / stem.substr(split + 1)))
      return base / stem.substr(split + 1);
    if (fs::is_directory(base / "images")) return base / "images";
  }
  return beside;
}

json::array list(const json::object& object, std::string_view key) {
  json::array array;
  if (object[key].get(array) != simdjson::SUCCESS) throw Error(fmt::format("no list `{}`", key));
  return array;
}

/// Whole numbers, also as 3.0 or "3"; other texts stand for themselves.
std::string id_of(const json::object& object, std::string_view key) {
  json::element value;
  if (object[key].get(value) != simdjson::SUCCESS) throw Error(fmt::format("no `{}`", key));
  if (value.is_int64()) return std::to_string(std::int64_t(value.get_int64()));
  if (value.is_uint64()) return std::to_string(std::uint64_t(value.get_uint64()));
  if (value.is_string()) {
    const std::string_view text = trimmed(std::string_view(value.get_string()));
    const auto whole = whole_number(text);
    return whole ? std::to_string(*whole) : std::string(text);
  }
  if (double number = 0;
      value.get(number) == simdjson::SUCCESS && std::floor(number) == number && std::abs(number) < 9e15)
    return std::to_string(static_cast<std::int64_t>(number));
  throw Error(fmt::format("`{}` is neither a whole number nor a text", key));
}

/// 1, 1.0 or true.
bool is_set(const json::object& object, std::string_view key) {
  json::element value;
  if (object[key].get(value) != simdjson::SUCCESS) return false;
  if (value.is_bool()) return bool(value.get_bool());
  double number = 0;
  return value.get(number) == simdjson::SUCCESS && number != 0;
}

/// A size that the file promises; 0 where it doesn't.
int side_of(const json::object& object, std::string_view key) {
  json::element value;
  double side = 0;
  return object[key].get(value) == simdjson::SUCCESS && value.get(side) == simdjson::SUCCESS && side > 0 &&
                 side < 1e9
             ? static_cast<int>(side)
             : 0;
}

std::vector<double> numbers(const json::element& element) {
  json::array array;
  std::vector<double> values;
  if (element.get(array) != simdjson::SUCCESS) throw Error("not a list of numbers");
  for (const json::element entry : array) {
    double value = 0;
    if (entry.get(value) != simdjson::SUCCESS || !std::isfinite(value)) throw Error("not a list of numbers");
    values.push_back(value);
  }
  return values;
}

Coco::Outline outline_of(const json::element& element) {
  Coco::Outline outline;
  if (element.is_array()) {
    for (const json::element polygon : json::array(element)) {
      outline.polygons.push_back(numbers(polygon));
      if (outline.polygons.back().size() % 2 != 0) throw Error("a polygon with half a point");
    }
    return outline;
  }
  json::object object;
  if (element.get(object) != simdjson::SUCCESS)
    throw Error("`segmentation` is neither polygons nor a run-length code");
  const std::vector<double> size = numbers(object["size"].value());
  if (size.size() != 2 || size[0] < 1 || size[1] < 1 || size[0] * size[1] > (1 << 28))
    throw Error("a run-length code of no size");
  outline.size = {static_cast<int>(size[0]), static_cast<int>(size[1])};
  json::element counts;
  if (object["counts"].get(counts) != simdjson::SUCCESS) throw Error("a run-length code without `counts`");
  if (counts.is_string()) {
    outline.runs = runs_from_text(std::string_view(counts.get_string()));
  } else {
    for (const double run : numbers(counts)) {
      if (run < 0 || run > 4e9) throw Error("a run of impossible length");
      outline.runs.push_back(static_cast<std::uint32_t>(run));
    }
  }
  check_runs(outline.runs, outline.size);
  return outline;
}

void paint(const Coco::Outline& outline, int value, cv::Mat& mask) {
  if (!outline.runs.empty()) {
    if (outline.size != augment::size_of(mask))
      throw Error("a segmentation of another size than its picture");
    return paint_runs(outline.runs, value, mask);
  }
  paint_polygons(outline.polygons, value, mask);
}

}  // namespace

/// Fills a Coco from its file.
struct Coco::Reader {
  Coco& coco;
  std::unordered_map<std::string, std::size_t> image_at;
  std::unordered_map<std::string, int> class_at;

  void categories(const json::array& entries) {
    // In the order of their numbers; texts after them.
    std::map<std::tuple<bool, std::int64_t, std::string>, std::string> names;
    for (const json::element entry : entries) {
      const json::object object = entry;
      std::string_view name;
      if (object["name"].get(name) != simdjson::SUCCESS) throw Error("a category without `name`");
      const std::string id = id_of(object, "id");
      const auto number = whole_number(id);
      if (!names.emplace(std::tuple(!number, number.value_or(0), id), trimmed(name)).second)
        throw Error(fmt::format("two categories have the id {}", id));
    }
    for (const auto& [id, name] : names) class_at[std::get<2>(id)] = coco.class_of(name);
  }
  /// Below the guessed folder, or beside the file, or one above it, as exports have it.
  std::string path_of(std::string_view name, const fs::path& file) const {
    std::string path(name);
    std::ranges::replace(path, '\\', '/');
    if (const std::size_t query = path.rfind("?d="); query != path.npos)
      path = path.substr(query + 3);  // Label Studio's
    if (fs::exists(coco.root_ / path) || fs::path(path).is_absolute()) return path;
    for (const fs::path& base : {file.parent_path(), file.parent_path().parent_path()})
      if (fs::exists(base / path)) return (base / path).lexically_relative(coco.root_).string();
    return path;
  }
  void images(const json::array& entries, const fs::path& file) {
    for (const json::element entry : entries) {
      const json::object object = entry;
      std::string_view name;
      if (object["file_name"].get(name) != simdjson::SUCCESS) throw Error("an image without `file_name`");
      if (!image_at.emplace(id_of(object, "id"), coco.files_.size()).second)
        throw Error(fmt::format("two images have the id {}", id_of(object, "id")));
      coco.add(path_of(name, file));
      coco.sizes_.push_back({side_of(object, "height"), side_of(object, "width")});
    }
    coco.objects_.resize(coco.files_.size());
  }
  void annotation(const json::object& object) {
    if (is_set(object, "iscrowd")) return coco.remarks_.add("crowds, which are left out");
    const auto image = image_at.find(id_of(object, "image_id"));
    if (image == image_at.end())
      throw Error(fmt::format("belongs to image {}, which isn't there", id_of(object, "image_id")));
    const auto label = class_at.find(id_of(object, "category_id"));
    if (label == class_at.end())
      throw Error(fmt::format("is of category {}, which isn't there", id_of(object, "category_id")));
    auto& objects = coco.objects_[image->second];
    const int instance = static_cast<int>(objects.size()) + 1;
    Object one;
    json::element part;
    if (object["bbox"].get(part) != simdjson::SUCCESS) throw Error("has no `bbox`");
    const std::vector<double> box = numbers(part);
    if (box.size() != 4) throw Error("`bbox` needs four numbers");
    one.box = {box[0], box[1], box[0] + box[2], box[1] + box[3], label->second, 1, instance};
    if (object["segmentation"].get(part) == simdjson::SUCCESS && !part.is_null()) {
      one.outline = outline_of(part);
      coco.has_masks_ = coco.has_masks_ || !one.outline.polygons.empty() || !one.outline.runs.empty();
    }
    if (object["keypoints"].get(part) == simdjson::SUCCESS && !part.is_null()) {
      const std::vector<double> points = numbers(part);
      if (points.size() % 3 != 0) throw Error("`keypoints` needs three numbers a point");
      for (std::size_t k = 0; k < points.size(); k += 3) {
        if (points[k + 2] <= 0) continue;
        // Coordinates name pixels; ours lie at their centres.
        augment::Keypoint point{
            .x = points[k] + 0.5, .y = points[k + 1] + 0.5, .label = static_cast<int>(k / 3)};
        point.visibility = points[k + 2] > 1 ? 1 : 0;
        point.instance = instance;
        one.keypoints.push_back(point);
      }
    }
    objects.push_back(std::move(one));
  }
};

Coco::Coco(const fs::path& file, const fs::path& images, const OnProgress& progress)
    : FileSource(images.empty() ? folder_of(file) : images) {
  simdjson::dom::parser parser;
  try {
    json::object root;
    const std::string text = read_text(file);
    if (const auto error = parser.parse(text).get(root))
      throw Error(fmt::format("not a JSON object: {}", simdjson::error_message(error)));
    Reader reader{*this, {}, {}};
    reader.categories(list(root, "categories"));
    reader.images(list(root, "images"), file);
    std::size_t place = 0;
    json::array annotations;
    if (root["annotations"].get(annotations) != simdjson::SUCCESS) {
      remarks_.say(fmt::format("{} has no annotations: its pictures show background", file.string()));
      annotations = json::array(parser.parse(std::string_view("[]")));
    }
    const std::size_t all = annotations.size();
    for (const json::element entry : annotations) {
      if (progress) progress(place, all);
      try {
        reader.annotation(json::object(entry));
      } catch (const Error& error) { throw Error(fmt::format("annotation {}: {}", place, error.what())); }
      ++place;
    }
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", file.string(), error.what()));
  } catch (const simdjson::simdjson_error& error) {
    throw Error(fmt::format("{}: {}", file.string(), error.what()));
  }
  if (files_.empty()) throw Error(fmt::format("{}: names no images", file.string()));
}

void Coco::annotate(std::size_t index, Item& item) const {
  const Size told = sizes_[index];
  if (told.height > 0 && told.width > 0)
    if (const Size size = picture_size(item); size != told)
      throw Error(fmt::format("its annotation is of {}x{}, the picture has {}x{} (width x height)",
                              told.width, told.height, size.width, size.height));
  for (const Object& object : objects_[index]) {
    item.sample.boxes.push_back(object.box);
    item.sample.keypoints.insert(item.sample.keypoints.end(), object.keypoints.begin(),
                                 object.keypoints.end());
  }
  if (!has_masks_) return;
  const Size size = picture_size(item);
  cv::Mat mask(size.height, size.width, CV_32S, cv::Scalar(0));
  for (const Object& object : objects_[index]) paint(object.outline, object.box.instance, mask);
  item.sample.masks = {mask};
  item.sample.instance_mask = 0;
}

}  // namespace doppel::dataset
