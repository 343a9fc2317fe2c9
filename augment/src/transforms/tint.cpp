#include "doppel/augment/transforms/tint.h"

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"
#include "doppel/augment/transforms/color.h"

namespace doppel::augment {
namespace {

/// identity + share · (matrix - identity).
std::array<double, 12> mixed(std::array<double, 12> matrix, double share) {
  for (std::size_t i = 0; i < 12; ++i) {
    const double same = i == 0 || i == 5 || i == 10 ? 1 : 0;
    matrix[i] = same + share * (matrix[i] - same);
  }
  return matrix;
}

/// Linear sRGB of a black body, to a common factor: chromaticity by Krystek 1985 in CIE 1960, 1000 to 15000
/// K.
std::array<double, 3> black_body(double kelvin) {
  const double t = kelvin;
  const double u = (0.860117757 + 1.54118254e-4 * t + 1.28641212e-7 * t * t) /
                   (1 + 8.42420235e-4 * t + 7.08145163e-7 * t * t);
  const double v = (0.317398726 + 4.22806245e-5 * t + 4.20481691e-8 * t * t) /
                   (1 - 2.89741816e-5 * t + 1.61456053e-7 * t * t);
  const double x = 3 * u / (2 * u - 8 * v + 4), y = 2 * v / (2 * u - 8 * v + 4);
  const double bx = x / y, bz = (1 - x - y) / y;
  const std::array<double, 3> rgb{3.2406 * bx - 1.5372 - 0.4986 * bz, -0.9689 * bx + 1.8758 + 0.0415 * bz,
                                  0.0557 * bx - 0.2040 + 1.0570 * bz};
  return {std::max(rgb[0], 1e-3), std::max(rgb[1], 1e-3), std::max(rgb[2], 1e-3)};
}

}  // namespace

void Hue::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Hsv{.turn = stream.uniform("turn", turn.low, turn.high)});
}
void Hue::fields(FieldVisitor& visit) {
  visit({"turn", {-1, 1}, "turns", ""}, turn);
  visit_chance(visit, p);
}

void HueSaturationValue::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Hsv{stream.uniform("hue", hue.low, hue.high), 1,
                       stream.uniform("saturation", saturation.low, saturation.high),
                       stream.uniform("value", value.low, value.high)});
}
void HueSaturationValue::fields(FieldVisitor& visit) {
  visit({"hue", {-1, 1}, "turns", "added"}, hue);
  visit({"saturation", {-1, 1}, "", "added"}, saturation);
  visit({"value", {-1, 1}, "of the full range", "added"}, value);
  visit_chance(visit, p);
}

void Gray::draw(Draft& draft, const Stream&) const {
  if (draft.channels() >= 3) draft.append(saturation_matrix(0));
}
void Gray::fields(FieldVisitor& visit) { visit_chance(visit, p); }

void Sepia::draw(Draft& draft, const Stream& stream) const {
  constexpr std::array<double, 12> kSepia{.393, .769, .189, 0, .349, .686, .168, 0, .272, .534, .131, 0};
  if (draft.channels() >= 3)
    draft.append(op::ColorMatrix{mixed(kSepia, stream.uniform("share", share.low, share.high))});
}
void Sepia::fields(FieldVisitor& visit) {
  visit({"share", {0, 1}, "", "of the tint"}, share);
  visit_chance(visit, p);
}

void ChannelShuffle::draw(Draft& draft, const Stream& stream) const {
  constexpr std::array<std::array<std::size_t, 3>, 6> kOrders{
      {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}};
  if (draft.channels() < 3) return;
  const auto& order = kOrders[static_cast<std::size_t>(stream.integer("order", 0, 5))];
  op::ColorMatrix matrix{{}};
  for (std::size_t c = 0; c < 3; ++c) matrix.matrix[4 * c + order[c]] = 1;
  draft.append(matrix);
}
void ChannelShuffle::fields(FieldVisitor& visit) { visit_chance(visit, p); }

void ChannelDropout::draw(Draft& draft, const Stream& stream) const {
  if (draft.channels() < 3) return;
  const int n = stream.integer("count", count.low, count.high), first = stream.integer("which", 0, 2);
  op::ColorMatrix matrix;
  for (int i = 0; i < n; ++i) {
    const auto row = static_cast<std::size_t>(4 * ((first + i) % 3));
    for (std::size_t k = 0; k < 4; ++k) matrix.matrix[row + k] = k == 3 ? fill : 0;
  }
  draft.append(matrix);
}
void ChannelDropout::fields(FieldVisitor& visit) {
  visit({"count", {0, 2}, "", "channels"}, count);
  visit({"fill", {0, 1}, "of the full range", "their value"}, fill);
  visit_chance(visit, p);
}

void ColorTemperature::draw(Draft& draft, const Stream& stream) const {
  const double low = kelvin.low, high = kelvin.high;
  // Even in the reciprocal, which is how temperatures look.
  const double mired = stream.uniform("kelvin", 1e6 / high, 1e6 / low);
  const std::array<double, 3> light = black_body(1e6 / mired), day = black_body(6500);
  if (draft.channels() < 3) return;
  const double red = light[0] / light[1] * day[1] / day[0], blue = light[2] / light[1] * day[1] / day[2];
  draft.append(op::ColorMatrix{{red, 0, 0, 0, 0, 1, 0, 0, 0, 0, blue, 0}});
}
void ColorTemperature::fields(FieldVisitor& visit) {
  visit({"kelvin", {1000, 40000}, "kelvin", "of the light"}, kelvin);
  visit_chance(visit, p);
}

void PcaLighting::draw(Draft& draft, const Stream& stream) const {
  std::array<double, 3> shift{};
  for (std::size_t k = 0; k < 3; ++k) {
    const double alpha = stream.split("axis", k).normal("alpha", 0, sigma) * values[k];
    for (std::size_t c = 0; c < 3; ++c) shift[c] += vectors[3 * c + k] * alpha;
  }
  draft.append(op::ColorMatrix{{1, 0, 0, shift[0], 0, 1, 0, shift[1], 0, 0, 1, shift[2]}});
}
void PcaLighting::fields(FieldVisitor& visit) {
  visit({"sigma", {0, 10}, "", "deviation of the multiples"}, sigma);
  visit({"values", {0, 10}, "", "deviations along the axes"}, values);
  visit({"vectors", {-1, 1}, "", "rows r, g, b; a column for each axis"}, vectors);
  visit_chance(visit, p);
  if (values.size() != 3 || vectors.size() != 9)
    throw UsageError("PcaLighting: values needs 3 numbers and vectors 9");
}

void Colorize::draw(Draft& draft, const Stream& stream) const {
  op::Colorize op{.share = stream.uniform("share", share.low, share.high)};
  for (std::size_t c = 0; c < 3; ++c) {
    const Stream one = stream.split("channel", c);
    op.black[c] = one.uniform("black", 0, 0.25);
    op.middle[c] = one.uniform("middle", 0.25, 0.75);
    op.white[c] = one.uniform("white", 0.75, 1);
  }
  draft.append(op);
}
void Colorize::fields(FieldVisitor& visit) {
  visit({"share", {0, 1}, "", "of the result"}, share);
  visit_chance(visit, p);
}

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

void StainShift::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Stain{
      stream.uniform("gain_h", gain.low, gain.high), stream.uniform("gain_e", gain.low, gain.high),
      stream.uniform("shift_h", shift.low, shift.high), stream.uniform("shift_e", shift.low, shift.high)});
}
void StainShift::fields(FieldVisitor& visit) {
  visit({"gain", {0, 10}, "", "of each stain"}, gain);
  visit({"shift", {-2, 2}, "", "of each stain"}, shift);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
