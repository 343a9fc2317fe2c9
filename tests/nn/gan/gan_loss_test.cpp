#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "doppel/nn/gan/gan.h"

namespace doppel::nn {
namespace {

TEST(GanLoss, SlopesMatchCentralDifferences) {
  for (const auto kind : {GanLoss::Minimax, GanLoss::NonSaturating, GanLoss::LeastSquares, GanLoss::Hinge,
                          GanLoss::Wasserstein, GanLoss::Relativistic})
    for (const auto& [real, fake] : {std::pair{0.3, -0.4}, {-2.0, 1.5}, {3.0, -3.0}}) {
      const double h = 1e-6;
      for (const auto loss : {discriminator_loss, generator_loss}) {
        const PairLoss pair = loss(kind, real, fake);
        EXPECT_NEAR(pair.by_fake,
                    (loss(kind, real, fake + h).loss - loss(kind, real, fake - h).loss) / (2 * h), 1e-6);
        if (loss == discriminator_loss) {
          EXPECT_NEAR(pair.by_real,
                      (loss(kind, real + h, fake).loss - loss(kind, real - h, fake).loss) / (2 * h), 1e-6);
        }
      }
    }
  // In balance the discriminator says 1/2 of everything, and the game is worth -log 4.
  EXPECT_NEAR(-discriminator_loss(GanLoss::Minimax, 0, 0).loss, -std::log(4), 1e-12);
}

// Mescheder et al. 2018: a discriminator psi · x against a generator that makes theta, real images all 0.
// Steps of both at once spiral outwards; R1 pulls them to the equilibrium at (0, 0).
TEST(GanLoss, TheBilinearGameConvergesWithAPenaltyOnly) {
  const auto radius_after = [](GanLoss kind, double gamma) {
    double theta = 1, psi = 0.5;
    constexpr double kRate = 0.05;
    for (int step = 0; step < 2000; ++step) {
      const PairLoss judge = discriminator_loss(kind, 0, psi * theta),
                     maker = generator_loss(kind, 0, psi * theta);
      const double by_psi = judge.by_fake * theta + gamma * psi, by_theta = maker.by_fake * psi;
      psi -= kRate * by_psi;
      theta -= kRate * by_theta;
    }
    return std::hypot(theta, psi);
  };
  for (const auto kind : {GanLoss::Wasserstein, GanLoss::Minimax}) {
    EXPECT_GT(radius_after(kind, 0), 1.2);
    EXPECT_LT(radius_after(kind, 0.5), 1e-3);
  }
}

TEST(GanLoss, KnownValues) {
  const auto sure = discriminator_loss(GanLoss::Hinge, 2, -2),
             unsure = discriminator_loss(GanLoss::Hinge, 0, 0);
  EXPECT_EQ(sure.loss, 0);  // beyond the margins nothing is left to learn
  EXPECT_EQ(sure.by_real, 0);
  EXPECT_EQ(unsure.loss, 2);
  EXPECT_EQ(discriminator_loss(GanLoss::LeastSquares, 1, 0).loss, 0);
  EXPECT_EQ(discriminator_loss(GanLoss::LeastSquares, 0, 2).loss, 2.5);
  EXPECT_EQ(discriminator_loss(GanLoss::Wasserstein, 3, 1).loss, -2);
  EXPECT_NEAR(discriminator_loss(GanLoss::Relativistic, 5, 5).loss, std::log(2), 1e-12);
  EXPECT_EQ(generator_loss(GanLoss::LeastSquares, 0, 1).loss, 0);
  EXPECT_NEAR(generator_loss(GanLoss::Minimax, 0, 0).loss, -std::log(2), 1e-12);
  EXPECT_NEAR(generator_loss(GanLoss::NonSaturating, 0, 0).loss, std::log(2), 1e-12);
  // Against a discriminator that is sure, the game's own gradient fades and the other doesn't.
  EXPECT_NEAR(generator_loss(GanLoss::Minimax, 0, -30).by_fake, 0, 1e-12);
  EXPECT_NEAR(generator_loss(GanLoss::NonSaturating, 0, -30).by_fake, -1, 1e-12);
  for (const auto kind : {GanLoss::Minimax, GanLoss::NonSaturating, GanLoss::Relativistic})
    EXPECT_TRUE(std::isfinite(discriminator_loss(kind, -1e6, 1e6).loss));
}

}  // namespace
}  // namespace doppel::nn
