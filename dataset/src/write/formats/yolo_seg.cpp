#include <fmt/format.h>

#include "all.h"
#include "write/outline.h"
#include "yolo_files.h"

namespace doppel::dataset::write {
namespace {

class YoloSegFormat final : public YoloTexts {
 public:
  using YoloTexts::YoloTexts;
  Holds holds() const override { return {.boxes = true, .instance_masks = true}; }
  std::string refusal(const augment::Sample& sample) const override {
    return sample.instance_mask < 0
               ? "it is about outlines of instances, and these images have no masks of them"
               : "";
  }

 protected:
  std::string text_of(const Shown& shown, Losses& losses) const override {
    const augment::Sample& sample = *shown.sample;
    std::map<int, std::vector<Point>> outlines;
    if (sample.instance_mask >= 0)
      outlines = outlines_of_instances(sample.masks[static_cast<std::size_t>(sample.instance_mask)]);
    std::string text;
    for (const augment::Box& box : sample.boxes) {
      if (box.label < 0) continue;
      const auto found = outlines.find(box.instance);
      if (found == outlines.end() || box.instance <= 0)
        ++losses["boxes of which no pixel is in the mask, written as outlines of four sides"];
      std::vector<Point> outline =
          found != outlines.end() && box.instance > 0
              ? found->second
              : std::vector<Point>{{box.x0, box.y0}, {box.x1, box.y0}, {box.x1, box.y1}, {box.x0, box.y1}};
      // Four corners alone are what oriented boxes have.
      if (outline.size() == 4)
        outline.push_back({(outline[0].x + outline[3].x) / 2, (outline[0].y + outline[3].y) / 2});
      text += std::to_string(box.label);
      for (const Point& p : outline)
        text +=
            fmt::format(" {} {}", share_text(p.x / shown.size.width), share_text(p.y / shown.size.height));
      text += "\n";
    }
    return text;
  }
};

}  // namespace

std::unique_ptr<Format> yolo_seg_format(const SetFacts& facts) {
  return std::make_unique<YoloSegFormat>(facts);
}

}  // namespace doppel::dataset::write
