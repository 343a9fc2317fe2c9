#include "doppel/augment/transforms/occlusion/text_overlay.h"

#include <algorithm>
#include <string>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"

namespace doppel::augment {

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
