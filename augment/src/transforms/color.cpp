#include "doppel/augment/transforms/color.h"

#include <algorithm>

#include "chance_field.h"
#include "doppel/augment/error.h"

namespace doppel::augment {
namespace {

constexpr Bounds kFactor{0, 100};

double draw_factor(const Stream& stream, std::string_view purpose, const Range& range) {
  return stream.uniform(purpose, range.low, range.high);
}

}  // namespace

op::ColorMatrix brightness_matrix(double f) { return {{f, 0, 0, 0, 0, f, 0, 0, 0, 0, f, 0}}; }

op::ColorMatrix saturation_matrix(double f) {
  const double r = 0.299 * (1 - f), g = 0.587 * (1 - f), b = 0.114 * (1 - f);
  return {{r + f, g, b, 0, r, g + f, b, 0, r, g, b + f, 0}};
}

void ColorShift::draw(Draft& draft, const Stream& stream) const {
  draft.append(
      op::ColorMatrix{{1, 0, 0, stream.uniform("r", r.low, r.high), 0, 1, 0,
                       stream.uniform("g", g.low, g.high), 0, 0, 1, stream.uniform("b", b.low, b.high)}});
}
void ColorShift::fields(FieldVisitor& visit) {
  visit({"r", {-1, 1}, "of the full range", "added to red (and to grey)"}, r);
  visit({"g", {-1, 1}, "of the full range", "added to green"}, g);
  visit({"b", {-1, 1}, "of the full range", "added to blue"}, b);
  visit_chance(visit, p);
}

void Brightness::draw(Draft& draft, const Stream& stream) const {
  draft.append(brightness_matrix(draw_factor(stream, "factor", factor)));
}
void Brightness::fields(FieldVisitor& visit) {
  visit({"factor", kFactor, "", "1 changes nothing"}, factor);
  visit_chance(visit, p);
}

void Contrast::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Contrast{draw_factor(stream, "factor", factor)});
}
void Contrast::fields(FieldVisitor& visit) {
  visit({"factor", kFactor, "", "1 changes nothing"}, factor);
  visit_chance(visit, p);
}

void Saturation::draw(Draft& draft, const Stream& stream) const {
  if (draft.channels() >= 3) draft.append(saturation_matrix(draw_factor(stream, "factor", factor)));
}
void Saturation::fields(FieldVisitor& visit) {
  visit({"factor", kFactor, "", "0 is grey, 1 changes nothing"}, factor);
  visit_chance(visit, p);
}

void ColorJitter::draw(Draft& draft, const Stream& stream) const {
  std::array<std::pair<std::uint64_t, int>, 4> order;
  for (int i = 0; i < 4; ++i) order[static_cast<std::size_t>(i)] = {stream.split("order", i).bits("key"), i};
  std::ranges::sort(order);
  const bool color = draft.channels() >= 3;
  for (const auto& [key, which] : order) {
    if (which == 0) {
      if (const double f = draw_factor(stream, "brightness", brightness); f != 1)
        draft.append(brightness_matrix(f));
    } else if (which == 1) {
      if (const double f = draw_factor(stream, "contrast", contrast); f != 1) draft.append(op::Contrast{f});
    } else if (which == 2) {
      if (const double f = draw_factor(stream, "saturation", saturation); color && f != 1)
        draft.append(saturation_matrix(f));
    } else if (const double turn = stream.uniform("hue", hue.low, hue.high); color && turn != 0) {
      draft.append(op::Hsv{.turn = turn});
    }
  }
}
void ColorJitter::fields(FieldVisitor& visit) {
  visit({"brightness", kFactor, "", "factor"}, brightness);
  visit({"contrast", kFactor, "", "factor"}, contrast);
  visit({"saturation", kFactor, "", "factor"}, saturation);
  visit({"hue", {-0.5, 0.5}, "turns", "of the full circle"}, hue);
  visit_chance(visit, p);
}

void Negative::draw(Draft& draft, const Stream&) const {
  draft.append(op::ColorMatrix{{-1, 0, 0, 1, 0, -1, 0, 1, 0, 0, -1, 1}});
}
void Negative::fields(FieldVisitor& visit) { visit_chance(visit, p); }

void Normalize::draw(Draft& draft, const Stream&) const {
  const auto colors = static_cast<std::size_t>(std::min(draft.channels(), 3));
  if (preset == Preset::Imagenet) {
    if (colors == 3)
      draft.append(op::Normalize{{0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}});
    else
      draft.append(op::Normalize{{0.449}, {0.226}});  // the means of the three
    return;
  }
  if (preset == Preset::Dataset)
    throw Error(
        "Normalize {preset: dataset} needs a data set to measure: a Loader does, or Recipe::bind_statistics");
  if ((mean.size() != 1 && mean.size() != colors) || (std.size() != 1 && std.size() != colors))
    throw Error("Normalize: mean and std need one value, or one for each of the picture's " +
                std::to_string(colors) + " channels");
  draft.append(op::Normalize{mean, std});
}
void Normalize::fields(FieldVisitor& visit) {
  static constexpr std::array<std::string_view, 3> kPresetNames{"custom", "imagenet", "dataset"};
  visit({"mean", {}, "of the full range", "one value, or one per channel"}, mean);
  visit({"std", {1e-12, 1e12}, "of the full range", "one value, or one per channel"}, std);
  visit.choice({"preset", {}, "", "imagenet: that data set's usual values; dataset: measured by the loader"},
               preset, kPresetNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
