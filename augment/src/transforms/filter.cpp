#include "doppel/augment/transforms/filter.h"

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 3> kModes{"dilate", "erode", "any"};

/// Bessel's J1, by its integral (64 steps: 1e-12 for the arguments here).
double bessel_j1(double x) {
  constexpr int kSteps = 64;
  constexpr double kPi = 3.14159265358979324;
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) {
    const double t = (i + 0.5) * kPi / kSteps;
    sum += exact::cos(t - x * exact::sin(t));
  }
  return sum / kSteps;
}

std::vector<double> sinc_kernel(double cutoff, int size) {
  std::vector<double> weights;
  double sum = 0;
  for (int y = -size / 2; y <= size / 2; ++y)
    for (int x = -size / 2; x <= size / 2; ++x) {
      const double r = std::sqrt(static_cast<double>(x * x + y * y));
      weights.push_back(r > 0 ? cutoff * bessel_j1(cutoff * r) / (2 * 3.14159265358979324 * r)
                              : cutoff * cutoff / (4 * 3.14159265358979324));
      sum += weights.back();
    }
  for (double& w : weights) w /= sum;
  return weights;
}

}  // namespace

void Sharpen::draw(Draft& draft, const Stream& stream) const {
  const double k = stream.uniform("amount", amount.low, amount.high) *
                   stream.uniform("lightness", lightness.low, lightness.high);
  if (k > 0) draft.append(op::Kernel{{-k, -k, -k, -k, 1 + 8 * k, -k, -k, -k, -k}});
}
void Sharpen::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", "share of the sharpened picture"}, amount);
  visit({"lightness", {0, 10}, "", "strength of the filter"}, lightness);
  visit_chance(visit, p);
}

void UnsharpMask::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Unsharp{stream.uniform("sigma", sigma.low, sigma.high),
                           stream.uniform("amount", amount.low, amount.high), threshold});
}
void UnsharpMask::fields(FieldVisitor& visit) {
  visit({"sigma", {0.1, 100}, "pixels", ""}, sigma);
  visit({"amount", {0, 10}, "", ""}, amount);
  visit({"threshold", {0, 1}, "of the full range", ""}, threshold);
  visit_chance(visit, p);
}

void Emboss::draw(Draft& draft, const Stream& stream) const {
  const double a = stream.uniform("amount", amount.low, amount.high);
  if (a > 0) draft.append(op::Kernel{{-a, -a, 0, -a, 1, a, 0, a, a}});
}
void Emboss::fields(FieldVisitor& visit) {
  visit({"amount", {0, 1}, "", "share of the relief"}, amount);
  visit_chance(visit, p);
}

void EdgeDetect::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Edges{stream.uniform("share", share.low, share.high)});
}
void EdgeDetect::fields(FieldVisitor& visit) {
  visit({"share", {0, 1}, "", "of the result"}, share);
  visit_chance(visit, p);
}

void Ringing::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Kernel{sinc_kernel(stream.uniform("cutoff", cutoff.low, cutoff.high),
                                      stream.integer("size", size.low, size.high) | 1)});
}
void Ringing::fields(FieldVisitor& visit) {
  visit({"cutoff", {0.1, 3.1415}, "radians", "highest frequency that passes"}, cutoff);
  visit({"size", {3, 31}, "pixels", "odd; even draws take the next"}, size);
  visit_chance(visit, p);
}

void Morphology::draw(Draft& draft, const Stream& stream) const {
  const bool dilates = mode == Mode::Any ? stream.chance("dilate", 0.5) : mode == Mode::Dilate;
  const double r = stream.uniform("radius", radius.low, radius.high);
  if (r > 0)
    draft.append(op::Morphology{dilates ? op::Morphology::Mode::Dilate : op::Morphology::Mode::Erode, r});
}
void Morphology::fields(FieldVisitor& visit) {
  visit.choice({"mode", {}, "", "dilate, erode, or either"}, mode, kModes);
  visit({"radius", {0, 200}, "pixels", ""}, radius);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
