#include "doppel/nn/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace doppel::nn {
namespace {

double cosine(double from, double to, double share) {
  return to + (from - to) * 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, share)));
}

/// The rise from 0, where `step` is in it.
bool rises(const Schedule& s, std::uint64_t step) { return step < s.warm_up; }
double risen(const Schedule& s, std::uint64_t step) {
  return s.peak * static_cast<double>(step + 1) / static_cast<double>(s.warm_up);
}

double rate(const Cosine&, const Schedule& s, std::uint64_t step) {
  if (rises(s, step)) return risen(s, step);
  const std::uint64_t falling = std::max<std::uint64_t>(1, s.total - std::min(s.total, s.warm_up));
  return cosine(s.peak, 0, static_cast<double>(step - s.warm_up) / static_cast<double>(falling));
}

double rate(const Constant&, const Schedule& s, std::uint64_t step) {
  return rises(s, step) ? risen(s, step) : s.peak;
}

double rate(const Steps& o, const Schedule& s, std::uint64_t step) {
  if (rises(s, step)) return risen(s, step);
  const auto every =
      static_cast<std::uint64_t>(std::max(1.0, o.epochs * static_cast<double>(s.steps_per_epoch)));
  return s.peak * std::pow(o.factor, static_cast<double>(step / every));
}

double rate(const OneCycle&, const Schedule& s, std::uint64_t step) {
  constexpr double kRise = 0.3;
  const double share =
      static_cast<double>(step) / static_cast<double>(std::max<std::uint64_t>(1, s.total - 1));
  return share < kRise ? cosine(s.peak / 25, s.peak, share / kRise)
                       : cosine(s.peak, s.peak / 250000, (share - kRise) / (1 - kRise));
}

}  // namespace

void Steps::fields(FieldVisitor& visit) {
  visit({"step_epochs", {.low = 0, .above_low = true}, "EPOCHS", "between two falls of the rate"}, epochs);
  visit({"step_factor", {0, 1, true}, "SHARE", "what the rate becomes at each"}, factor);
}

double Schedule::operator()(std::uint64_t step) const {
  return std::visit([&](const auto& options) { return rate(options, *this, step); }, kind);
}

}  // namespace doppel::nn
