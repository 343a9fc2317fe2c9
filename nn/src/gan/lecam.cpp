#include "lecam.h"

#include <algorithm>

namespace doppel::nn {

void LeCam::follow(double real, double fake) {
  constexpr double kDecay = 0.99;
  if (!begun_) return resume(real, fake);
  real_ = kDecay * real_ + (1 - kDecay) * real;
  fake_ = kDecay * fake_ + (1 - kDecay) * fake;
}

PairLoss LeCam::of_pair(double real, double fake) const {
  if (!begun_) return {};
  const double over = std::max(0.0, real - fake_), under = std::max(0.0, real_ - fake);
  return {weight_ * (over * over + under * under), 2 * weight_ * over, -2 * weight_ * under};
}

void LeCam::resume(double real, double fake) {
  real_ = real;
  fake_ = fake;
  begun_ = true;
}

}  // namespace doppel::nn
