#include "doppel/augment/transforms/overlay.h"

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "../picture_file.h"
#include "chance_field.h"
#include "doppel/augment/error.h"

namespace doppel::augment {

void Overlay::draw(Draft& draft, const Stream& stream) const {
  if (images.empty()) return;
  const std::string& file =
      images[static_cast<std::size_t>(stream.integer("which", 0, static_cast<int>(images.size()) - 1))];
  const cv::Mat picture = picture_from(file, 0);
  const Size now = draft.size();
  const double side = stream.uniform("scale", scale.low, scale.high) * std::min(now.height, now.width),
               f = side / std::max(picture.rows, picture.cols);
  const Size size{std::max(1, static_cast<int>(std::lround(picture.rows * f))),
                  std::max(1, static_cast<int>(std::lround(picture.cols * f)))};
  const int x = stream.integer("x", 0, std::max(0, now.width - size.width)),
            y = stream.integer("y", 0, std::max(0, now.height - size.height));
  draft.append(op::Overlay{file, x, y, size, stream.uniform("opacity", opacity.low, opacity.high)});
  if (label >= 0)
    draft.add_box({double(x), double(y), double(x + size.width), double(y + size.height), label});
}
void Overlay::fields(FieldVisitor& visit) {
  visit({"images", {}, "", "picture files; PNG or WebP with alpha, or any"}, images);
  visit({"scale", {0.001, 2}, "of the short side", "longer side of the picture"}, scale);
  visit({"opacity", {0, 1}, "", ""}, opacity);
  visit({"label", {-1, 1000000}, "", "class of the box that it adds; -1: none"}, label);
  visit_chance(visit, p);
}

void TextOverlay::draw(Draft& draft, const Stream& stream) const {
  if (words.empty()) return;
  const Size now = draft.size();
  const std::string& text =
      words[static_cast<std::size_t>(stream.integer("which", 0, static_cast<int>(words.size()) - 1))];
  const double tall =
      std::max(4.0, stream.uniform("height", height.low, height.high) * std::min(now.height, now.width));
  draft.append(op::Text{text, stream.uniform("x", 0, 0.7) * now.width,
                        std::max(tall, stream.uniform("y") * now.height), tall, color_of(color),
                        stream.uniform("opacity", opacity.low, opacity.high)});
}
void TextOverlay::fields(FieldVisitor& visit) {
  visit({"words", {}, "", "to choose from"}, words);
  visit({"height", {0.005, 2}, "of the short side", "of the letters"}, height);
  visit({"opacity", {0, 1}, "", ""}, opacity);
  visit({"color", {0, 1}, "of the full range", "one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("TextOverlay: color needs one value, or r, g, b");
}

}  // namespace doppel::augment
