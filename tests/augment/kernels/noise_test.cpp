#include "kernels/noise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "augment/kernels/twins.h"

namespace doppel::augment {
namespace {

TEST(NoiseKernel, IsTheSameSequenceOnAnyMachine) {
  const RowKey key = RowKey::of(5, 1, 9);
  for (const int block : {0, 1, 100}) {
    expect_twins<std::uint32_t>(
        kNoiseBlock, 0,
        [&](std::uint32_t* out) {
          WordBlock words;
          random_words(key, block, words);
          std::copy(words.begin(), words.end(), out);
        },
        "words");
    for (const auto& [name, draw] : {std::pair{"uniform", &uniform_noise}, std::pair{"normal", &normal_noise},
                                     std::pair{"laplace", &laplace_noise}})
      expect_twins<float>(
          kNoiseBlock, 2e-5,
          [&, f = draw](float* out) {
            NoiseBlock noise;
            f(key, block, noise);
            std::copy(noise.begin(), noise.end(), out);
          },
          name);
  }
  std::vector<float> mean(kNoiseBlock);
  for (std::size_t i = 0; i < mean.size(); ++i) mean[i] = static_cast<float>(i) * 0.7F;
  expect_twins<float>(
      kNoiseBlock, 1, [&](float* out) { poisson_noise(key, 3, mean.data(), kNoiseBlock, out); }, "poisson");
}

TEST(NoiseKernel, WordsAreLowbias32OfACounter) {
  const RowKey key = RowKey::of(77, 2, 31);
  EXPECT_EQ(key.odd % 2, 1U);
  WordBlock words;
  NoiseBlock uniform;
  random_words(key, 3, words);
  uniform_noise(key, 3, uniform);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::uint32_t x = key.add + (3U * kNoiseBlock + static_cast<std::uint32_t>(i)) * key.odd;
    x = (x ^ (x >> 16)) * 0x7feb352dU;
    x = (x ^ (x >> 15)) * 0x846ca68bU;
    x ^= x >> 16;
    EXPECT_EQ(words[i], x);
    EXPECT_EQ(uniform[i], uniform_at(key, 3 * kNoiseBlock + static_cast<int>(i)));
    EXPECT_NEAR(uniform[i], x * 0x1p-32, 0x1p-24);
  }
  for (const RowKey& other : {RowKey::of(78, 2, 31), RowKey::of(77, 3, 31), RowKey::of(77, 2, 32)})
    EXPECT_FALSE(other.add == key.add && other.odd == key.odd);
}

TEST(NoiseKernel, DistributionsHaveTheirMoments) {
  struct Law {
    void (*draw)(const RowKey&, int, NoiseBlock&);
    double mean, deviation, kurtosis, low, high;
  };
  const double normal_end = std::sqrt(-2 * std::log(0x1p-19));
  for (const Law& law : {Law{uniform_noise, 0.5, std::sqrt(1 / 12.0), 1.8, 0, 1 - 1e-9},
                         Law{normal_noise, 0, 1, 3, -normal_end - 1e-4, normal_end + 1e-4},
                         Law{laplace_noise, 0, 1, 6, -20, 20}}) {
    double count = 0, sum = 0, square = 0, fourth = 0;
    for (int row = 0; row < 3000; ++row) {
      NoiseBlock noise;
      law.draw(RowKey::of(1, 0, row), 0, noise);
      for (const float v : noise) {
        ASSERT_GE(v, law.low);
        ASSERT_LE(v, law.high);
        const double d = static_cast<double>(v) - law.mean;
        sum += d, square += d * d, fourth += d * d * d * d, ++count;
      }
    }
    EXPECT_NEAR(sum / count, 0, 0.01 * law.deviation);
    EXPECT_NEAR(std::sqrt(square / count), law.deviation, 0.01 * law.deviation);
    EXPECT_NEAR(fourth * count / (square * square), law.kurtosis, 0.05 * law.kurtosis);
  }
}

TEST(NoiseKernel, PoissonNumbersHaveTheirMeanForVariance) {
  for (const float mean : {0.F, 0.05F, 0.7F, 3.9F, 4.1F, 12.F, 500.F}) {
    std::array<float, kNoiseBlock> means, counts;
    means.fill(mean);
    double sum = 0, square = 0, zeros = 0;
    constexpr int kRows = 2000;
    for (int row = 0; row < kRows; ++row) {
      poisson_noise(RowKey::of(2, 0, row), 0, means.data(), kNoiseBlock, counts.data());
      for (const float v : counts) {
        ASSERT_EQ(v, std::floor(v));
        ASSERT_GE(v, 0);
        sum += static_cast<double>(v), square += static_cast<double>(v * v), zeros += v == 0;
      }
    }
    const double n = double(kRows) * kNoiseBlock, found = sum / n, variance = square / n - found * found;
    const auto wanted = static_cast<double>(mean);
    EXPECT_NEAR(found, wanted, 0.03 * std::sqrt(wanted)) << mean;
    EXPECT_NEAR(variance, wanted, 0.04 * wanted) << mean;
    EXPECT_NEAR(zeros / n, std::exp(-wanted), 0.01) << mean;
  }
}

TEST(NoiseKernel, RowsOfNormalsAreAddedOrMultipliedAndClamped) {
  const RowKey key = RowKey::of(3, 0, 5);
  std::vector<float> added(200, 0.5F), multiplied(added);
  add_normal(key, 0.3F, added.data(), 200);
  multiply_normal(key, 0.3F, multiplied.data(), 200);
  for (int i = 0; i < 200; ++i) {
    NoiseBlock noise;
    normal_noise(key, i / kNoiseBlock, noise);
    const float n = noise[static_cast<std::size_t>(i % kNoiseBlock)];
    EXPECT_NEAR(added[static_cast<std::size_t>(i)], std::clamp(0.5F + 0.3F * n, 0.F, 1.F), 1e-5);
    EXPECT_NEAR(multiplied[static_cast<std::size_t>(i)], std::clamp(0.5F * (1 + 0.3F * n), 0.F, 1.F), 1e-5);
  }
}

}  // namespace
}  // namespace doppel::augment
