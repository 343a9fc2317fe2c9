#include "doppel/augment/transforms/occlusion/overlay.h"

#include <opencv2/core.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include "codec/image_file.h"
#include "transforms/chance_field.h"

namespace doppel::augment {

void Overlay::draw(Draft& draft, const Stream& stream) const {
  if (images.empty()) return;
  const std::string& file =
      images[static_cast<std::size_t>(stream.integer("which", 0, static_cast<int>(images.size()) - 1))];
  const cv::Mat image = image_from(file, 0);
  const Size now = draft.size();
  const double side = stream.uniform("scale", scale.low, scale.high) * std::min(now.height, now.width),
               f = side / std::max(image.rows, image.cols);
  const Size size{std::max(1, static_cast<int>(std::lround(image.rows * f))),
                  std::max(1, static_cast<int>(std::lround(image.cols * f)))};
  const int x = stream.integer("x", 0, std::max(0, now.width - size.width)),
            y = stream.integer("y", 0, std::max(0, now.height - size.height));
  draft.append(op::Overlay{file, x, y, size, stream.uniform("opacity", opacity.low, opacity.high)});
  if (label >= 0)
    draft.add_box({double(x), double(y), double(x + size.width), double(y + size.height), label});
}
void Overlay::fields(FieldVisitor& visit) {
  visit({"images", {}, "", "image files; PNG or WebP with alpha, or any"}, images);
  visit({"scale", {0.001, 2}, "of the short side", "longer side of the image"}, scale);
  visit({"opacity", {0, 1}, "", ""}, opacity);
  visit({"label", {-1, 1000000}, "", "class of the box that it adds; -1: none"}, label);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
