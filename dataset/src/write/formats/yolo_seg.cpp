#include <fmt/format.h>

#include "all.h"
#include "write/outline.h"
#include "yolo_files.h"

namespace doppel::dataset::write {
namespace {

class YoloSegFormat final : public Format {
 public:
  explicit YoloSegFormat(const SetFacts& facts) : facts_(facts) {}
  Holds holds() const override { return {.boxes = true, .instance_masks = true}; }
  std::string refusal(const augment::Sample& sample) const override {
    return sample.instance_mask < 0
               ? "it is about outlines of instances, and these images have no masks of them"
               : "";
  }
  bool leaves_out(const augment::Sample&, Losses&) const override { return false; }
  std::string image_path(const Shown& shown) const override { return yolo_image(shown); }

  std::vector<SideFile> side_files(const Shown& shown, Losses& losses) const override {
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
    return {{yolo_text(yolo_image(shown)), bytes_of(text)}};
  }
  nlohmann::json record(const Shown&, Losses&) const override { return {}; }
  void finish(const std::filesystem::path& out, const EachImage&) const override {
    write_yolo_names(out, facts_, 0);
  }

 private:
  const SetFacts& facts_;
};

}  // namespace

std::unique_ptr<Format> yolo_seg_format(const SetFacts& facts) {
  return std::make_unique<YoloSegFormat>(facts);
}

}  // namespace doppel::dataset::write
