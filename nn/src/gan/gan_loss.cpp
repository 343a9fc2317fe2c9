// The games that two networks play.
#include <algorithm>
#include <cmath>

#include "doppel/nn/gan/gan.h"

namespace doppel::nn {
namespace {

double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

PairLoss discriminator_loss(GanLoss kind, double real, double fake) {
  switch (kind) {
    case GanLoss::Minimax:
    case GanLoss::NonSaturating:
      return {softplus(-real) + softplus(fake), -sigmoid(-real), sigmoid(fake)};
    case GanLoss::LeastSquares:
      return {((real - 1) * (real - 1) + fake * fake) / 2, real - 1, fake};
    case GanLoss::Hinge:
      return {std::max(0.0, 1 - real) + std::max(0.0, 1 + fake), real < 1 ? -1.0 : 0.0,
              fake > -1 ? 1.0 : 0.0};
    case GanLoss::Wasserstein:
      return {fake - real, -1, 1};
    case GanLoss::Relativistic:
      return {softplus(fake - real), -sigmoid(fake - real), sigmoid(fake - real)};
    case GanLoss::Velocity:
      break;  // no game
  }
  return {};
}

PairLoss generator_loss(GanLoss kind, double real, double fake) {
  switch (kind) {
    case GanLoss::Minimax:
      return {-softplus(fake), 0, -sigmoid(fake)};
    case GanLoss::NonSaturating:
      return {softplus(-fake), 0, -sigmoid(-fake)};
    case GanLoss::LeastSquares:
      return {(fake - 1) * (fake - 1) / 2, 0, fake - 1};
    case GanLoss::Hinge:
    case GanLoss::Wasserstein:
      return {-fake, 0, -1};
    case GanLoss::Relativistic:
      return {softplus(real - fake), 0, -sigmoid(real - fake)};
    case GanLoss::Velocity:
      break;
  }
  return {};
}

}  // namespace doppel::nn
