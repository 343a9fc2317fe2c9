#include "doppel/augment/transforms/noise.h"

#include "chance_field.h"

namespace doppel::augment {
namespace {

op::Noise draw_noise(op::Noise::Law law, const Range& std, bool per_channel, const Stream& stream) {
  using Channels = op::Noise::Channels;
  return {law, per_channel ? Channels::Each : Channels::Shared, stream.uniform("std", std.low, std.high),
          stream.bits("seed")};
}

}  // namespace

void GaussianNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(draw_noise(op::Noise::Law::Additive, std, per_channel, stream));
}
void GaussianNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 1}, "of the full range", "standard deviation"}, std);
  visit({"per_channel", {}, "", "each channel has its own noise"}, per_channel);
  visit_chance(visit, p);
}

void SpeckleNoise::draw(Draft& draft, const Stream& stream) const {
  draft.append(draw_noise(op::Noise::Law::Multiplicative, std, per_channel, stream));
}
void SpeckleNoise::fields(FieldVisitor& visit) {
  visit({"std", {0, 10}, "", "standard deviation of the factor"}, std);
  visit({"per_channel", {}, "", "each channel has its own noise"}, per_channel);
  visit_chance(visit, p);
}

void SaltPepper::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::SaltPepper{stream.uniform("amount", amount.low, amount.high),
                              stream.uniform("salt_share", salt_share.low, salt_share.high),
                              stream.bits("seed")});
}
void SaltPepper::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", "share of the pixels"}, amount);
  visit({"salt_share", {0, 1}, "", "share of those that turns white"}, salt_share);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
