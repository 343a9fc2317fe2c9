#include "doppel/augment/transforms/noise.h"

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 6> kPatterns{"stripes", "square",  "checker",
                                                    "moire",   "banding", "any"};

op::Noise noise_op(op::Noise::Law law, op::Noise::Distribution distribution, const Range& std,
                   bool per_channel, const Stream& stream) {
  using Channels = op::Noise::Channels;
  return {law, distribution, per_channel ? Channels::Each : Channels::Shared,
          stream.uniform("std", std.low, std.high), stream.bits("seed")};
}

double draw_log(const Stream& stream, std::string_view purpose, const Range& range) {
  return exact::exp(stream.uniform(purpose, exact::log(range.low), exact::log(range.high)));
}

/// Read noise .002 to .03 and shot noise .0005 to .01, log-linear from ISO 100 to 12800.
op::Sensor camera(double iso, double exposure, double chroma, double gain, const Stream& stream) {
  const double t = std::clamp(exact::log(iso / 100) / exact::log(128), -0.5, 1.5);
  return {exposure,
          0.002 * exact::exp(t * exact::log(15)),
          0.0005 * exact::exp(t * exact::log(20)),
          chroma,
          gain,
          stream.bits("seed")};
}

}  // namespace

void GaussianNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(noise_op(op::Noise::Law::Additive, op::Noise::Distribution::Normal, std, per_channel, stream));
}
void GaussianNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 1}, "of the full range", "standard deviation"}, std);
  visit({"per_channel", {}, "", "each channel has its own noise"}, per_channel);
  visit_chance(visit, p);
}

void UniformNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(
      noise_op(op::Noise::Law::Additive, op::Noise::Distribution::Uniform, std, per_channel, stream));
}
void UniformNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 1}, "of the full range", "standard deviation"}, std);
  visit({"per_channel", {}, "", "each channel has its own noise"}, per_channel);
  visit_chance(visit, p);
}

void LaplaceNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(
      noise_op(op::Noise::Law::Additive, op::Noise::Distribution::Laplace, std, per_channel, stream));
}
void LaplaceNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 1}, "of the full range", "standard deviation"}, std);
  visit({"per_channel", {}, "", "each channel has its own noise"}, per_channel);
  visit_chance(visit, p);
}

void SpeckleNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(
      noise_op(op::Noise::Law::Multiplicative, op::Noise::Distribution::Normal, std, per_channel, stream));
}
void SpeckleNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 10}, "", "standard deviation of the factor"}, std);
  visit({"per_channel", {}, "", "each channel has its own noise"}, per_channel);
  visit_chance(visit, p);
}

void ShotNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Shot{draw_log(stream, "photons", photons), stream.bits("seed")});
}
void ShotNoise::fields(FieldVisitor& visit) {
  visit({"photons", {0.1, 10000000}, "", "that a white pixel catches, log-uniform"}, photons);
  visit_chance(visit, p);
}

void SaltPepper::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::SaltPepper{.amount = stream.uniform("amount", amount.low, amount.high),
                              .salt = stream.uniform("salt_share", salt_share.low, salt_share.high),
                              .seed = stream.bits("seed")});
}
void SaltPepper::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", "share of the pixels"}, amount);
  visit({"salt_share", {0, 1}, "", "share of those that turns white"}, salt_share);
  visit_chance(visit, p);
}

void IsoNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(camera(draw_log(stream, "iso", iso), 1, color, 1, stream));
}
void IsoNoise::fields(FieldVisitor& visit) {
  visit({"iso", {50, 1000000}, "ISO", "log-uniform"}, iso);
  visit({"color", {0, 10}, "", "times the usual colour noise"}, color);
  visit_chance(visit, p);
}

void PatternNoise::draw(Draft& draft, const Stream& stream) const {
  const int which = pattern == Kind::Any ? stream.integer("pattern", 0, 4) : static_cast<int>(pattern);
  const double s = std::min(draft.size().height, draft.size().width),
               a = stream.uniform("amplitude", amplitude.low, amplitude.high);
  const double length = std::max(2.0, stream.uniform("period", period.low, period.high) * s);
  if (a <= 0) return;
  if (which == 4)
    draft.append(
        op::RowNoise{.std = a, .height = std::max(2, static_cast<int>(length)), .seed = stream.bits("seed")});
  else
    draft.append(op::Pattern{static_cast<op::Pattern::Kind>(which), a, length,
                             stream.uniform("angle", angle.low, angle.high), stream.uniform("phase")});
}
void PatternNoise::fields(FieldVisitor& visit) {
  visit.choice({"pattern", {}, "", "any: one of them at random"}, pattern, kPatterns);
  visit({"amplitude", {0, 1}, "of the full range", ""}, amplitude);
  visit({"period", {0.001, 10}, "of the short side", ""}, period);
  visit({"angle", {}, "degrees", ""}, angle);
  visit_chance(visit, p);
}

void RowNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::RowNoise{.std = stream.uniform("std", std.low, std.high),
                            .columns = stream.uniform("columns", columns.low, columns.high),
                            .seed = stream.bits("seed")});
}
void RowNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 1}, "of the full range", "of rows"}, std);
  visit({"columns", {0, 1}, "of the full range", "of columns"}, columns);
  visit_chance(visit, p);
}

void PinkNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::PinkNoise{stream.uniform("std", std.low, std.high), exponent, stream.bits("seed")});
}
void PinkNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 1}, "of the full range", ""}, std);
  visit({"exponent", {0, 4}, "", "of the fall"}, exponent);
  visit_chance(visit, p);
}

void FilmGrain::draw(Draft& draft, const Stream& stream) const {
  const double s = std::min(draft.size().height, draft.size().width);
  draft.append(op::FilmGrain{std::max(1.0, stream.uniform("size", size.low, size.high) * s),
                             stream.uniform("std", std.low, std.high), stream.bits("seed")});
}
void FilmGrain::fields(FieldVisitor& visit) {
  visit({"size", {0.0001, 1}, "of the short side", "of a grain, at least a pixel"}, size);
  visit({"std", {0, 1}, "of the full range", ""}, std);
  visit_chance(visit, p);
}

void PixelDropout::draw(Draft& draft, const Stream& stream) const {
  draft.append(
      op::PixelDropout{stream.uniform("share", share.low, share.high), color_of(color), stream.bits("seed")});
}
void PixelDropout::fields(FieldVisitor& visit) {
  visit({"share", {0, 1}, "", "of the pixels"}, share);
  visit({"color", {0, 1}, "of the full range", "one value, or r, g, b"}, color);
  visit_chance(visit, p);
  if (color.size() != 1 && color.size() != 3)
    throw UsageError("PixelDropout: color needs one value, or r, g, b");
}

void RicianNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Rician{stream.uniform("std", std.low, std.high), stream.bits("seed")});
}
void RicianNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 1}, "of the full range", ""}, std);
  visit_chance(visit, p);
}

void LowLight::draw(Draft& draft, const Stream& stream) const {
  const double e = stream.uniform("exposure", exposure.low, exposure.high);
  draft.append(camera(draw_log(stream, "iso", iso) / e / 4, e, 1, stream.uniform("gain", gain.low, gain.high),
                      stream));
}
void LowLight::fields(FieldVisitor& visit) {
  visit({"exposure", {0.001, 1}, "", "share of the light"}, exposure);
  visit({"iso", {50, 1000000}, "ISO", "of the camera"}, iso);
  visit({"gain", {0, 100}, "", "brightened again"}, gain);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
