#include "doppel/dataset/sources/coco.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <opencv2/imgproc.hpp>
#include <unordered_map>

#include "doppel/base/error.h"
#include "run_length.h"

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

std::int64_t whole(const json::object& object, std::string_view key) {
  std::int64_t value = 0;
  if (object[key].get(value) != simdjson::SUCCESS) throw Error(fmt::format("no whole number `{}`", key));
  return value;
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
  // Corners lie between pixels; OpenCV's are at centres. 1/256 of a pixel.
  constexpr int kBits = 8;
  std::vector<std::vector<cv::Point>> polygons;
  for (const auto& flat : outline.polygons) {
    polygons.emplace_back();
    const auto fixed = [](double v) {
      return static_cast<int>(std::lround((std::clamp(v, -1e5, 1e5) - 0.5) * (1 << kBits)));
    };
    for (std::size_t i = 0; i + 1 < flat.size(); i += 2)
      polygons.back().emplace_back(fixed(flat[i]), fixed(flat[i + 1]));
  }
  if (!polygons.empty()) cv::fillPoly(mask, polygons, cv::Scalar(value), cv::LINE_8, kBits);
}

}  // namespace

/// Fills a Coco from its file.
struct Coco::Reader {
  Coco& coco;
  std::unordered_map<std::int64_t, std::size_t> image_at;
  std::map<std::int64_t, int> class_at;

  void categories(const json::array& entries) {
    std::map<std::int64_t, std::string> names;
    for (const json::element entry : entries) {
      const json::object object = entry;
      std::string_view name;
      if (object["name"].get(name) != simdjson::SUCCESS) throw Error("a category without `name`");
      if (!names.emplace(whole(object, "id"), name).second)
        throw Error(fmt::format("two categories have the id {}", whole(object, "id")));
    }
    for (const auto& [id, name] : names) {
      class_at[id] = static_cast<int>(coco.classes_.size());
      coco.classes_.push_back(name);
    }
  }
  void images(const json::array& entries) {
    for (const json::element entry : entries) {
      const json::object object = entry;
      std::string_view name;
      if (object["file_name"].get(name) != simdjson::SUCCESS) throw Error("an image without `file_name`");
      if (!image_at.emplace(whole(object, "id"), coco.files_.size()).second)
        throw Error(fmt::format("two images have the id {}", whole(object, "id")));
      coco.add(name);
    }
    coco.objects_.resize(coco.files_.size());
  }
  void annotation(const json::object& object) {
    std::int64_t crowd = 0;
    if (object["iscrowd"].get(crowd) == simdjson::SUCCESS && crowd != 0) return;
    const auto image = image_at.find(whole(object, "image_id"));
    if (image == image_at.end())
      throw Error(fmt::format("belongs to image {}, which isn't there", whole(object, "image_id")));
    const auto label = class_at.find(whole(object, "category_id"));
    if (label == class_at.end())
      throw Error(fmt::format("is of category {}, which isn't there", whole(object, "category_id")));
    auto& objects = coco.objects_[image->second];
    const int instance = static_cast<int>(objects.size()) + 1;
    Object one;
    json::element part;
    if (object["bbox"].get(part) != simdjson::SUCCESS) throw Error("has no `bbox`");
    const std::vector<double> box = numbers(part);
    if (box.size() != 4) throw Error("`bbox` needs four numbers");
    one.box = {box[0], box[1], box[0] + box[2], box[1] + box[3], label->second, 1, instance};
    if (object["segmentation"].get(part) == simdjson::SUCCESS) {
      one.outline = outline_of(part);
      coco.has_masks_ = coco.has_masks_ || !one.outline.polygons.empty() || !one.outline.runs.empty();
    }
    if (object["keypoints"].get(part) == simdjson::SUCCESS) {
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
    if (const auto error = parser.load(file.string()).get(root))
      throw Error(fmt::format("not a JSON object: {}", simdjson::error_message(error)));
    Reader reader{*this, {}, {}};
    reader.categories(list(root, "categories"));
    reader.images(list(root, "images"));
    std::size_t place = 0;
    const json::array annotations = list(root, "annotations");
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
