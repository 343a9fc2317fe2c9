#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "all.h"
#include "yolo_files.h"

namespace doppel::dataset::write {
namespace {

/// From one end of the width along it, then down the height: so the first two tell the angle.
std::array<Point, 4> corners_along(const augment::RotatedBox& box) {
  constexpr double kDegrees = 57.29577951308232;
  const double c = std::cos(box.angle / kDegrees), s = std::sin(box.angle / kDegrees);
  std::array<Point, 4> corners;
  std::size_t k = 0;
  for (const auto& [i, j] : {std::pair{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}) {
    const double u = i * box.width / 2, v = j * box.height / 2;
    corners[k++] = {box.x + c * u + s * v, box.y - s * u + c * v};
  }
  return corners;
}

class YoloObbFormat final : public YoloTexts {
 public:
  using YoloTexts::YoloTexts;
  Holds holds() const override { return {.boxes = true, .rotated_boxes = true}; }
  std::string refusal(const augment::Sample& sample) const override {
    return sample.boxes.empty() && sample.rotated_boxes.empty() &&
                   (facts_.classes.empty() || sample.label >= 0 || !sample.masks.empty())
               ? "it is about boxes, and these images have none"
               : "";
  }

 protected:
  std::string text_of(const Shown& shown, Losses& losses) const override {
    std::string text;
    const auto add = [&](int label, const std::array<Point, 4>& corners) {
      if (label < 0) return;
      bool moved = false;
      text += std::to_string(label);
      for (const Point& p : corners) {
        const double x = p.x / shown.size.width, y = p.y / shown.size.height;
        constexpr double kSlack = 1e-8;
        moved = moved || x < -kSlack || y < -kSlack || x > 1 + kSlack || y > 1 + kSlack;
        text +=
            fmt::format(" {} {}", share_text(std::clamp(x, 0.0, 1.0)), share_text(std::clamp(y, 0.0, 1.0)));
      }
      text += "\n";
      if (moved) ++losses["oriented boxes with corners outside the image, which are moved to its edge"];
    };
    for (const augment::Box& b : shown.sample->boxes)
      add(b.label, {{{b.x0, b.y0}, {b.x1, b.y0}, {b.x1, b.y1}, {b.x0, b.y1}}});
    for (const augment::RotatedBox& b : shown.sample->rotated_boxes) add(b.label, corners_along(b));
    return text;
  }
};

}  // namespace

std::unique_ptr<Format> yolo_obb_format(const SetFacts& facts) {
  return std::make_unique<YoloObbFormat>(facts);
}

}  // namespace doppel::dataset::write
