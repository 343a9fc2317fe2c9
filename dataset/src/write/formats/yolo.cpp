#include <fmt/format.h>

#include <algorithm>

#include "all.h"
#include "doppel/augment/plan/box_format.h"
#include "write/folder.h"
#include "write/text_file.h"
#include "yolo_files.h"

namespace doppel::dataset::write {
namespace {

using nlohmann::json;

/// Boxes, and keypoints where any object has some: every line has all of them then, so texts are written at
/// the end.
class YoloFormat final : public Format {
 public:
  explicit YoloFormat(const SetFacts& facts) : facts_(facts) {}
  Holds holds() const override { return {.boxes = true, .keypoints = true}; }
  std::string refusal(const augment::Sample& sample) const override {
    return sample.boxes.empty() && (facts_.classes.empty() || sample.label >= 0 ||
                                    !sample.rotated_boxes.empty() || !sample.masks.empty())
               ? "it is about boxes, and these images have none; yolo-obb holds rotated ones"
               : "";
  }
  bool leaves_out(const augment::Sample&, Losses&) const override { return false; }
  Names names() const override { return Names::All; }
  std::string image_path(const Shown& shown) const override { return yolo_image(shown); }
  std::vector<SideFile> side_files(const Shown&, Losses&) const override { return {}; }

  /// [class, centre x, centre y, width, height, [[number, x, y, visibility], …]] in shares.
  json record(const Shown& shown, Losses& losses) const override {
    json objects = json::array();
    const augment::Sample& sample = *shown.sample;
    for (const augment::Box& box : sample.boxes) {
      if (box.label < 0) continue;
      const auto numbers = augment::numbers_of(augment::BoxFormat::Yolo, box, shown.size);
      json points = json::array();
      for (const augment::Keypoint& point : sample.keypoints)
        if (box.instance >= 0 && point.instance == box.instance && point.label >= 0) {
          const double x = point.x / shown.size.width, y = point.y / shown.size.height;
          if (x < 0 || y < 0 || x > 1 || y > 1)
            ++losses["keypoints outside their images, which are written as missing"];
          else
            points.push_back({point.label, x, y, point.visibility > 0 ? 2 : 1});
        }
      objects.push_back({box.label, numbers[0], numbers[1], numbers[2], numbers[3], std::move(points)});
    }
    for (const augment::Keypoint& point : sample.keypoints)
      if (point.label < 0 || std::ranges::none_of(
                                 sample.boxes,
                                 [&](const augment::Box& box) {
                                   return point.instance >= 0 && box.instance == point.instance &&
                                          box.label >= 0;
                                 }))
        ++losses["keypoints of no object, or without a number"];
    return objects;
  }

  void finish(const std::filesystem::path& out, const EachImage& each) const override {
    std::size_t points = 0;
    for (const std::string& part : facts_.parts)
      each(part, [&](const json& image) {
        for (const json& object : image["record"])
          for (const json& point : object[5]) points = std::max(points, point[0].get<std::size_t>() + 1);
      });
    const FileWriter files(out);
    for (const std::string& part : facts_.parts)
      each(part, [&](const json& image) {
        std::string text;
        for (const json& object : image["record"]) text += line_of(object, points);
        files.write(yolo_text(image["file"]), bytes_of(text));
      });
    write_yolo_names(out, facts_, points);
  }

 private:
  static std::string line_of(const json& object, std::size_t points) {
    std::string line = std::to_string(object[0].get<int>());
    for (std::size_t i = 1; i < 5; ++i) line += " " + share_text(object[i]);
    for (std::size_t k = 0; k < points; ++k) {
      const auto found = std::ranges::find_if(
          object[5], [&](const json& point) { return point[0].get<std::size_t>() == k; });
      if (found == object[5].end())
        line += " 0 0 0";
      else
        line += fmt::format(" {} {} {}", share_text((*found)[1]), share_text((*found)[2]),
                            (*found)[3].get<int>());
    }
    return line + "\n";
  }
  const SetFacts& facts_;
};

}  // namespace

std::unique_ptr<Format> yolo_format(const SetFacts& facts) { return std::make_unique<YoloFormat>(facts); }

}  // namespace doppel::dataset::write
