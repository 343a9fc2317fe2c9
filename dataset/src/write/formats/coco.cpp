#include <fmt/format.h>

#include <algorithm>

#include "all.h"
#include "write/polygons.h"
#include "write/run_lengths.h"
#include "write/text_file.h"

namespace doppel::dataset::write {
namespace {

using nlohmann::json;

bool has_instances(const augment::Sample& sample) {
  return sample.instance_mask >= 0 && sample.instance_mask < static_cast<int>(sample.masks.size());
}

/// Keypoints of an object as records have them: [label, x, y, visibility as COCO numbers it]. Coordinates
/// name pixels, whose centres ours are.
json coco_keypoints(const augment::Sample& sample, int instance, Size size, Losses& losses) {
  json points = json::array();
  std::vector<int> met;
  for (const augment::Keypoint& point : sample.keypoints) {
    if (point.instance != instance || instance < 0 || point.label < 0) continue;
    if (std::ranges::find(met, point.label) != met.end()) {
      ++losses["second keypoints of a number"];
      continue;
    }
    met.push_back(point.label);
    const bool outside = point.x < 0 || point.y < 0 || point.x >= size.width || point.y >= size.height;
    if (outside)
      ++losses["keypoints outside their images, which are written as missing"];
    else
      points.push_back({point.label, point.x - 0.5, point.y - 0.5, point.visibility > 0 ? 2 : 1});
  }
  return points;
}

/// Each as x, y, x, y …
json coco_polygons(const Polygons& polygons) {
  json lists = json::array();
  for (const augment::Outline* polygon : polygons) {
    json& list = lists.emplace_back(json::array());
    for (const Point& p : polygon->points) {
      list.push_back(p.x);
      list.push_back(p.y);
    }
  }
  return lists;
}

/// What has polygons and no box; its box is around them.
json object_of(const Polygons& polygons) {
  Point low = polygons[0]->points[0], high = low;
  for (const augment::Outline* polygon : polygons)
    for (const Point& p : polygon->points) {
      low = {std::min(low.x, p.x), std::min(low.y, p.y)};
      high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    }
  return {{"category", polygons[0]->label + 1},
          {"bbox", {low.x, low.y, high.x - low.x, high.y - low.y}},
          {"area", area_of(polygons)},
          {"polygons", coco_polygons(polygons)}};
}

void count_unbound_keypoints(const augment::Sample& sample, Losses& losses) {
  for (const augment::Keypoint& point : sample.keypoints) {
    const bool bound = point.instance >= 0 && std::ranges::any_of(sample.boxes, [&](const augment::Box& box) {
                         return box.instance == point.instance && box.label >= 0;
                       });
    if (!bound) ++losses["keypoints of no object"];
    if (bound && point.label < 0) ++losses["keypoints without a number"];
  }
}

class CocoFormat final : public Format {
 public:
  explicit CocoFormat(const SetFacts& facts) : facts_(facts) {}
  Holds holds() const override {
    return {.boxes = true, .keypoints = true, .instance_masks = true, .outlines = true};
  }
  std::string refusal(const augment::Sample& sample) const override {
    if (!polygons_without_box(sample).empty()) return "";
    return sample.boxes.empty() && (facts_.classes.empty() || sample.label >= 0 ||
                                    !sample.rotated_boxes.empty() || !sample.masks.empty())
               ? "it is about boxes, and these images have none"
               : "";
  }
  bool leaves_out(const augment::Sample&, Losses&) const override { return false; }
  Names names() const override { return Names::All; }
  std::string image_path(const Shown& shown) const override {
    return fmt::format("{}/{}{}", shown.part, shown.stem, shown.ending);
  }
  std::vector<SideFile> side_files(const Shown&, Losses&) const override { return {}; }

  json record(const Shown& shown, Losses& losses) const override {
    const augment::Sample& sample = *shown.sample;
    std::map<int, Runs> runs;
    if (has_instances(sample))
      runs = runs_of_instances(sample.masks[static_cast<std::size_t>(sample.instance_mask)]);
    const ObjectPolygons all = object_polygons(sample, losses);
    json objects = json::array();
    for (std::size_t k = 0; k < sample.boxes.size(); ++k) {
      const augment::Box& box = sample.boxes[k];
      if (box.label < 0) continue;
      const double width = box.x1 - box.x0, height = box.y1 - box.y0;
      json object{
          {"category", box.label + 1}, {"bbox", {box.x0, box.y0, width, height}}, {"area", width * height}};
      if (const auto found = runs.find(box.instance); found != runs.end() && box.instance > 0) {
        object["runs"] = text_of_runs(found->second.counts);
        object["area"] = found->second.area;
      }
      if (const Polygons& polygons = all.of_boxes[k]; !polygons.empty()) {
        if (!object.contains("runs")) object["area"] = area_of(polygons);
        object["polygons"] = coco_polygons(polygons);
      }
      json points = coco_keypoints(sample, box.instance, shown.size, losses);
      if (!points.empty()) object["keypoints"] = std::move(points);
      objects.push_back(std::move(object));
    }
    for (const Polygons& polygons : all.without_box) objects.push_back(object_of(polygons));
    count_unbound_keypoints(sample, losses);
    return objects;
  }

  void finish(const std::filesystem::path& out, const EachImage& each) const override {
    const std::size_t points = count_keypoints(each);
    for (const std::string& part : facts_.parts) {
      TextFile file(out / "annotations" / fmt::format("instances_{}.json", part));
      file.add("{\"images\": [");
      std::size_t id = 0;
      each(part, [&](const json& image) {
        const std::string name = image["file"].get<std::string>().substr(part.size() + 1);
        file.add(fmt::format("{}\n  {{\"id\": {}, \"file_name\": {}, \"width\": {}, \"height\": {}}}",
                             id == 0 ? "" : ",", id + 1, quoted(name), image["size"][1].get<int>(),
                             image["size"][0].get<int>()));
        ++id;
      });
      file.add("],\n \"annotations\": [");
      id = 0;
      std::size_t image_id = 0;
      each(part, [&](const json& image) {
        ++image_id;
        for (const json& object : image["record"]) {
          const std::string before = id == 0 ? "\n  " : ",\n  ";
          file.add(before + annotation(object, ++id, image_id, image["size"], points));
        }
      });
      file.add("],\n \"categories\": [");
      for (std::size_t k = 0; k < facts_.classes.size(); ++k)
        file.add(fmt::format("{}\n  {{\"id\": {}, \"name\": {}{}}}", k == 0 ? "" : ",", k + 1,
                             quoted(facts_.classes[k]), points > 0 ? keypoint_names(points) : ""));
      file.add("]}\n");
      file.finish();
    }
  }

 private:
  std::size_t count_keypoints(const EachImage& each) const {
    std::size_t points = 0;
    for (const std::string& part : facts_.parts)
      each(part, [&](const json& image) {
        for (const json& object : image["record"])
          if (object.contains("keypoints"))
            for (const json& point : object["keypoints"])
              points = std::max(points, point[0].get<std::size_t>() + 1);
      });
    return points;
  }

  static std::string keypoint_names(std::size_t points) {
    json names = json::array();
    for (std::size_t k = 0; k < points; ++k) names.push_back(std::to_string(k));
    return fmt::format(", \"keypoints\": {}, \"skeleton\": []", names.dump());
  }

  static std::string annotation(const json& object, std::size_t id, std::size_t image, const json& size,
                                std::size_t points) {
    nlohmann::ordered_json said{{"id", id},
                                {"image_id", image},
                                {"category_id", object["category"]},
                                {"bbox", object["bbox"]},
                                {"area", object["area"]},
                                {"iscrowd", 0}};
    said["segmentation"] = json::array();
    if (object.contains("polygons"))
      said["segmentation"] = object["polygons"];
    else if (object.contains("runs"))
      said["segmentation"] = nlohmann::ordered_json{{"size", {size[0], size[1]}}, {"counts", object["runs"]}};
    if (points > 0) {
      std::vector<double> flat(3 * points, 0.0);
      std::size_t labelled = 0;
      if (object.contains("keypoints"))
        for (const json& point : object["keypoints"]) {
          for (std::size_t i = 0; i < 3; ++i) flat[3 * point[0].get<std::size_t>() + i] = point[i + 1];
          ++labelled;
        }
      said["keypoints"] = json::array();
      for (std::size_t i = 0; i < flat.size(); ++i)
        if (i % 3 == 2)
          said["keypoints"].push_back(static_cast<int>(flat[i]));
        else
          said["keypoints"].push_back(flat[i]);
      said["num_keypoints"] = labelled;
    }
    return said.dump();
  }

  const SetFacts& facts_;
};

}  // namespace

std::unique_ptr<Format> coco_format(const SetFacts& facts) { return std::make_unique<CocoFormat>(facts); }

}  // namespace doppel::dataset::write
