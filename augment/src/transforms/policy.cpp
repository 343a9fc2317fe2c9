#include "doppel/augment/transforms/policy.h"

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"
#include "doppel/augment/transforms/color.h"
#include "doppel/augment/transforms/flip.h"
#include "policy_space.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 3> kPolicyNames{"imagenet", "cifar10", "svhn"};

/// AugMix leaves out what its test corruptions contain.
constexpr std::array<PolicyOp, 9> kMixOps{PolicyOp::AutoContrast, PolicyOp::Equalize,   PolicyOp::Posterize,
                                          PolicyOp::Rotate,       PolicyOp::Solarize,   PolicyOp::ShearX,
                                          PolicyOp::ShearY,       PolicyOp::TranslateX, PolicyOp::TranslateY};

}  // namespace

void AutoAugment::draw(Draft& draft, const Stream& stream) const {
  const auto which = static_cast<std::size_t>(stream.integer("pair", 0, 24));
  const PolicyPair& pair = policy_pairs(static_cast<int>(policy))[which];
  for (std::size_t i = 0; i < 2; ++i) {
    const Stream one = stream.split("step", i);
    if (one.chance("apply", pair[i].chance))
      append_policy_op(draft, pair[i].op, space_value(pair[i].op, pair[i].bin / 9.0, false, draft.size()),
                       one, fill, filter);
  }
}
void AutoAugment::fields(FieldVisitor& visit) {
  visit.choice({"policy", {}, "", "the data set that they were learned on"}, policy, kPolicyNames);
  visit({"fill", {}, "", "what shows beyond the picture"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void RandAugment::draw(Draft& draft, const Stream& stream) const {
  for (int i = 0; i < ops; ++i) {
    const Stream one = stream.split("step", static_cast<std::uint64_t>(i));
    const auto which = static_cast<PolicyOp>(one.integer("op", 0, 13));
    append_policy_op(draft, which,
                     space_value(which, std::min(1.0, double(magnitude) / (bins - 1)), false, draft.size()),
                     one, fill, filter);
  }
}
void RandAugment::fields(FieldVisitor& visit) {
  visit({"ops", {0, 100}, "", ""}, ops);
  visit({"magnitude", {0, 1000}, "", ""}, magnitude);
  visit({"bins", {2, 1001}, "", "magnitudes from 0 to bins - 1"}, bins);
  visit({"fill", {}, "", "what shows beyond the picture"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void TrivialAugment::draw(Draft& draft, const Stream& stream) const {
  const auto which = static_cast<PolicyOp>(stream.integer("op", 0, 13));
  append_policy_op(draft, which, space_value(which, stream.integer("bin", 0, 30) / 30.0, true, draft.size()),
                   stream, fill, filter);
}
void TrivialAugment::fields(FieldVisitor& visit) {
  visit({"fill", {}, "", "what shows beyond the picture"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void AugMix::draw(Draft& draft, const Stream& stream) const {
  op::Blend blend;
  double total = 0;
  for (int i = 0; i < width; ++i) {
    const Stream chain = stream.split("chain", static_cast<std::uint64_t>(i));
    Sample empty;
    empty.image =
        cv::Mat(draft.size().height, draft.size().width, CV_MAKETYPE(CV_8U, draft.channels()), cv::Scalar());
    Draft branch(empty);
    const int n = depth > 0 ? depth : chain.integer("depth", 1, 3);
    for (int k = 0; k < n; ++k) {
      const Stream one = chain.split("step", static_cast<std::uint64_t>(k));
      const auto which =
          kMixOps[static_cast<std::size_t>(one.integer("op", 0, static_cast<int>(kMixOps.size()) - 1))];
      append_policy_op(branch, which,
                       space_value(which, one.uniform("magnitude", 0.1, severity) / 10, false, draft.size()),
                       one, fill, filter);
    }
    blend.branches.push_back(branch.plan());
    // Exponentials make a Dirichlet of ones; other alphas by their power.
    blend.weights.push_back(
        exact::exp(exact::log(-exact::log(1 - chain.uniform("weight", 0, 0.999999))) / alpha));
    total += blend.weights.back();
  }
  for (double& w : blend.weights) w /= total;
  const double u = stream.uniform("share"), v = stream.uniform("rest");
  // Beta(1, 1) is uniform; other alphas by two powers (Jöhnk 1964, of which the ratio is kept).
  const double a = exact::exp(exact::log(std::max(u, 1e-12)) / alpha),
               b = exact::exp(exact::log(std::max(v, 1e-12)) / alpha);
  blend.share = alpha == 1 ? u : a / (a + b);
  draft.append(std::move(blend));
}
void AugMix::fields(FieldVisitor& visit) {
  visit({"severity", {1, 10}, "", "largest magnitude, of 10"}, severity);
  visit({"width", {1, 10}, "", "chains"}, width);
  visit({"depth", {-1, 10}, "", "operations of a chain; -1: 1 to 3"}, depth);
  visit({"alpha", {0.01, 100}, "", "of Dirichlet and Beta"}, alpha);
  visit({"fill", {}, "", "what shows beyond the picture"}, fill);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void ThreeAugment::draw(Draft& draft, const Stream& stream) const {
  switch (stream.integer("which", 0, 2)) {
    case 0:
      if (draft.channels() >= 3) draft.append(saturation_matrix(0));
      break;
    case 1:
      draft.append(op::Solarize{.threshold = 0.5});
      break;
    default:
      draft.append(op::GaussianBlur{stream.uniform("sigma", 0.1, 2)});
  }
  const Range range{1 - jitter, 1 + jitter};
  ColorJitter{.brightness = range, .contrast = range, .saturation = range, .hue = {0, 0}}.draw(
      draft, stream.split("jitter"));
}
void ThreeAugment::fields(FieldVisitor& visit) {
  visit({"jitter", {0, 1}, "", "brightness, contrast, saturation: 1 ± this"}, jitter);
  visit_chance(visit, p);
}

void AdaptiveGan::draw(Draft& draft, const Stream& stream) const {
  const auto part = [&](std::string_view what) { return stream.chance(what, strength); };
  const Stream s = stream.split("values");
  const Size now = draft.size();
  if (flips && part("flip") && s.chance("flip", 0.5)) draft.append(op::Flip{op::Flip::Axis::Horizontal});
  if (flips && part("turn") && now.width == now.height) append_dihedral(draft, s.integer("turn", 0, 3));
  Matrix3 map;
  const Matrix3 centre = translation(now.width / 2.0, now.height / 2.0),
                back = translation(-now.width / 2.0, -now.height / 2.0);
  if (part("shift"))
    map = translation(std::lround(s.uniform("dx", -0.125, 0.125) * now.width),
                      std::lround(s.uniform("dy", -0.125, 0.125) * now.height)) *
          map;
  if (part("scale")) {
    const double f = exact::exp(s.normal("scale", 0, 0.2) * 0.693147180559945);
    map = centre * scaling(f, f) * back * map;
  }
  if (part("rotate")) map = centre * rotation(s.uniform("angle", -180, 180)) * back * map;
  if (part("stretch")) {
    const double f = exact::exp(s.normal("stretch", 0, 0.2) * 0.693147180559945);
    map = centre * scaling(f, 1 / f) * back * map;
  }
  if (map != Matrix3{}) draft.append(op::Warp{map, now, {Fill::Kind::Reflect, {}}, Filter::Bilinear});
  if (part("brightness")) {
    const double b = s.normal("brightness", 0, 0.1);
    draft.append(op::ColorMatrix{{1, 0, 0, b, 0, 1, 0, b, 0, 0, 1, b}});
  }
  if (part("contrast"))
    draft.append(op::Contrast{exact::exp(s.normal("contrast", 0, 0.5) * 0.693147180559945)});
  if (draft.channels() < 3) return;
  if (part("hue")) draft.append(op::Hsv{.turn = s.uniform("hue", -0.5, 0.5)});
  if (part("saturation"))
    draft.append(saturation_matrix(exact::exp(s.normal("saturation", 0, 1) * 0.693147180559945)));
}
void AdaptiveGan::fields(FieldVisitor& visit) {
  visit({"strength", {0, 1}, "", "each part's chance"}, strength);
  visit({"flips", {}, "", "mirror and quarter turns, too"}, flips);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
