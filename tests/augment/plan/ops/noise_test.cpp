#include "doppel/augment/plan/ops/noise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "augment/plan/ops/op_from.h"

namespace doppel::augment {
namespace {

TEST(NoiseFields, AreReadByNameAndReadBack) {
  for (const auto& [text, op] : std::vector<std::pair<std::string, Op>>{
           {"Noise: {law: multiplicative, distribution: uniform, channels: shared, std: 0.5, seed: 3}",
            op::Noise{op::Noise::Law::Multiplicative, op::Noise::Distribution::Uniform,
                      op::Noise::Channels::Shared, 0.5, 3}},
           {"Noise: {law: additive, distribution: laplace, channels: each}",
            op::Noise{.distribution = op::Noise::Distribution::Laplace}},
           {"SaltPepper: {amount: 0.5, salt: 0.25, each_channel: true, seed: 3}",
            op::SaltPepper{0.5, 0.25, true, 3}},
           {"Shot: {photons: 50, seed: 18446744073709551615}", op::Shot{50, ~std::uint64_t{0}}},
           {"Rician: {std: 0.5, seed: 3}", op::Rician{0.5, 3}},
           {"Sensor: {exposure: 2, read: 0.1, shot: 0.2, chroma: 3, gain: 4, seed: 5}",
            op::Sensor{2, 0.1, 0.2, 3, 4, 5}},
           {"Pattern: {pattern: square, amplitude: 0.5, period: 4, angle: 30, phase: 0.25}",
            op::Pattern{op::Pattern::Kind::Square, 0.5, 4, 30, 0.25}},
           {"Pattern: {pattern: checker}", op::Pattern{op::Pattern::Kind::Checker}},
           {"Pattern: {pattern: moire}", op::Pattern{op::Pattern::Kind::Moire}},
           {"RowNoise: {std: 0.5, columns: 0.25, height: 2, seed: 3}", op::RowNoise{0.5, 0.25, 2, 3}},
           {"PinkNoise: {std: 0.5, exponent: 2, seed: 3}", op::PinkNoise{0.5, 2, 3}},
           {"FilmGrain: {size: 2, std: 0.5, seed: 3}", op::FilmGrain{2, 0.5, 3}},
           {"PixelDropout: {share: 0.5, color: [1, 0, 1], seed: 3}", op::PixelDropout{0.5, {1, 0, 1}, 3}}}) {
    EXPECT_EQ(op_from(text), op) << text;
    EXPECT_TRUE(reads_back(op)) << text;
  }
}

TEST(NoiseFields, BoundsAreChecked) {
  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"Noise: {std: -0.1}", "p:3: Noise: std is -0.1, but must be 0 to 100 of the full range"},
           {"Noise: {law: add}", "p:3: Noise: law is 'add', but must be one of additive, multiplicative"},
           {"Noise: {distribution: poisson}",
            "p:3: Noise: distribution is 'poisson', but must be one of normal, uniform, laplace"},
           {"Noise: {channels: all}", "p:3: Noise: channels is 'all', but must be one of each, shared"},
           {"Noise: {seed: 1.5}", "p:3: Noise: seed needs a whole number, not '1.5'"},
           {"SaltPepper: {amount: 2}", "p:3: SaltPepper: amount is 2, but must be 0 to 1"},
           {"Shot: {photons: 0}", "p:3: Shot: photons is 0, but must be 0.1 to 10000000"},
           {"Pattern: {period: 0}", "p:3: Pattern: period is 0, but must be 0.5 to 100000 pixels"},
           {"RowNoise: {height: 0}", "p:3: RowNoise: height is 0, but must be 1 to 4096 pixels"},
           {"PixelDropout: {color: [1, 1]}", "p:3: PixelDropout: color needs 3 numbers, not 2"}})
    EXPECT_THAT(error_of_op(text), testing::HasSubstr(error)) << text;
}

}  // namespace
}  // namespace doppel::augment
