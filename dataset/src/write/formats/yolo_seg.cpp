#include <fmt/format.h>

#include "all.h"
#include "write/outline.h"
#include "write/polygons.h"
#include "yolo_files.h"

namespace doppel::dataset::write {
namespace {

/// A class and a polygon in shares of the image.
std::string line_of(int label, std::vector<Point> outline, Size image) {
  // Four corners alone are what oriented boxes have.
  if (outline.size() == 4)
    outline.push_back({(outline[0].x + outline[3].x) / 2, (outline[0].y + outline[3].y) / 2});
  std::string text = std::to_string(label);
  for (const Point& p : outline)
    text += fmt::format(" {} {}", share_text(p.x / image.width), share_text(p.y / image.height));
  return text + "\n";
}

class YoloSegFormat final : public YoloTexts {
 public:
  using YoloTexts::YoloTexts;
  Holds holds() const override { return {.boxes = true, .instance_masks = true, .outlines = true}; }
  std::string refusal(const augment::Sample& sample) const override {
    return sample.instance_mask < 0 && polygons_without_box(sample).empty()
               ? "it is about outlines of instances, and these images have no masks of them"
               : "";
  }

 protected:
  std::string text_of(const Shown& shown, Losses& losses) const override {
    const augment::Sample& sample = *shown.sample;
    std::map<int, std::vector<Point>> outlines;
    if (sample.instance_mask >= 0)
      outlines = outlines_of_instances(sample.masks[static_cast<std::size_t>(sample.instance_mask)]);
    const ObjectPolygons all = object_polygons(sample, losses);
    std::string text;
    for (std::size_t k = 0; k < sample.boxes.size(); ++k) {
      const augment::Box& box = sample.boxes[k];
      if (box.label < 0) continue;
      const auto found = outlines.find(box.instance);
      const bool is_seen = found != outlines.end() && box.instance > 0;
      if (!is_seen && all.of_boxes[k].empty())
        ++losses["boxes of which no pixel is in the mask, written as outlines of four sides"];
      text += line_of(
          box.label,
          !all.of_boxes[k].empty() ? joined(all.of_boxes[k])
          : is_seen
              ? found->second
              : std::vector<Point>{{box.x0, box.y0}, {box.x1, box.y0}, {box.x1, box.y1}, {box.x0, box.y1}},
          shown.size);
    }
    for (const Polygons& polygons : all.without_box)
      text += line_of(polygons[0]->label, joined(polygons), shown.size);
    return text;
  }
};

}  // namespace

std::unique_ptr<Format> yolo_seg_format(const SetFacts& facts) {
  return std::make_unique<YoloSegFormat>(facts);
}

}  // namespace doppel::dataset::write
