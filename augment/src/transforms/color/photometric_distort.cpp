#include "doppel/augment/transforms/color/photometric_distort.h"

#include <string_view>

#include "doppel/augment/transforms/color/channel_shuffle.h"
#include "transforms/chance_field.h"
#include "transforms/color_matrices.h"

namespace doppel::augment {

void PhotometricDistort::draw(Draft& draft, const Stream& stream) const {
  const bool color = draft.channels() >= 3;
  const auto half = [&](std::string_view what) { return stream.chance(what, 0.5); };
  const auto apply_contrast = [&] {
    draft.append(op::Contrast{stream.uniform("contrast", contrast.low, contrast.high)});
  };
  const bool contrasts = half("do_contrast"), first = half("contrast_first");
  if (half("do_brightness"))
    draft.append(brightness_matrix(stream.uniform("brightness", brightness.low, brightness.high)));
  if (contrasts && first) apply_contrast();
  if (color && half("do_saturation"))
    draft.append(saturation_matrix(stream.uniform("saturation", saturation.low, saturation.high)));
  if (color && half("do_hue")) draft.append(op::Hsv{.turn = stream.uniform("hue", hue.low, hue.high)});
  if (contrasts && !first) apply_contrast();
  if (color && half("do_shuffle")) ChannelShuffle{}.draw(draft, stream.split("shuffle"));
}
void PhotometricDistort::fields(FieldVisitor& visit) {
  visit({"brightness", {0, 100}, "", "factor"}, brightness);
  visit({"contrast", {0, 100}, "", "factor"}, contrast);
  visit({"saturation", {0, 100}, "", "factor"}, saturation);
  visit({"hue", {-1, 1}, "turns", ""}, hue);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
