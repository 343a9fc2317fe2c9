#include "doppel/augment/transforms/blur/ringing.h"

#include <cmath>
#include <vector>

#include "base/exact_math.h"
#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

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

void Ringing::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Kernel{sinc_kernel(stream.uniform("cutoff", cutoff.low, cutoff.high),
                                      stream.integer("size", size.low, size.high) | 1)});
}
void Ringing::fields(FieldVisitor& visit) {
  visit({"cutoff", {0.1, 3.1415}, "radians", "highest frequency that passes"}, cutoff);
  visit({"size", {3, 31}, "pixels", "odd; even draws take the next"}, size);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
