#include "doppel/augment/transforms/structure/blend_mask.h"

#include <array>
#include <string_view>
#include <utility>

#include "doppel/base/error.h"
#include "transforms/chance_field.h"

namespace doppel::augment {

void BlendMask::draw(Draft& draft, const Stream& stream) const {
  // The parts are drawn for an image like this one, with its targets, into a plan of their own.
  Sample like;
  like.image = draft.image();
  like.boxes = draft.boxes();
  like.label = draft.label();
  Draft branch(like);
  branch.name_colors(draft.plan().rgb);
  draw_all(what, branch, stream);
  draft.take_wishes(branch);
  if (branch.plan().ops.empty()) return;
  if (branch.size() != draft.size()) throw UsageError("BlendMask: its parts must keep the image's size");
  op::Blend blend;
  blend.branches = {branch.plan()};
  blend.branches[0].bands = false;
  blend.branches[0].rgb.clear();  // it gets the channels that are colours by themselves
  blend.weights = {1};
  blend.scale = scale;
  blend.angle = stream.uniform("angle", 0, 360);
  blend.seed = stream.bits("seed");
  constexpr std::array kMasks{op::Blend::Mask::Noise, op::Blend::Mask::Gradient, op::Blend::Mask::Checker,
                              op::Blend::Mask::Boxes, op::Blend::Mask::Boxes};
  blend.mask = kMasks[static_cast<std::size_t>(mask)];
  if (blend.mask == op::Blend::Mask::Boxes)
    for (const Box& box : like.boxes)
      if (mask == Mask::Boxes || box.label == label)
        blend.boxes.insert(blend.boxes.end(), {box.x0, box.y0, box.x1, box.y1});
  draft.append(std::move(blend));
}
void BlendMask::fields(FieldVisitor& visit) {
  static constexpr std::array<std::string_view, 5> kMaskNames{"noise", "gradient", "checker", "boxes",
                                                              "class"};
  visit({"do", {}, "", "the parts"}, what);
  visit.choice({"mask", {}, "", "where they show"}, mask, kMaskNames);
  visit({"scale", {1e-3, 10}, "of the short side", "of patches and squares"}, scale);
  visit({"label", {0, 1e6}, "", "for mask: class"}, label);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
