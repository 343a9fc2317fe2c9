// Measures of generated sets: known values, and that they find what they are there for.
#include "doppel/nn/study/generation_metrics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "doppel/base/error.h"
#include "doppel/base/random.h"

namespace doppel::nn {
namespace {

/// Normal rows around `mean`, `scale` wide.
FeatureSet cloud(std::size_t count, std::size_t width, double mean, double scale, std::uint64_t seed) {
  FeatureSet set{width, std::vector<float>(count * width), std::vector<int>(count, 0)};
  const Stream stream{.seed = seed};
  for (std::size_t i = 0; i < set.values.size(); ++i)
    set.values[i] = static_cast<float>(mean + scale * stream.split("at", i).normal("v"));
  return set;
}

TEST(Frechet, OfNormalsIsWhatTheFormulaSays) {
  // d² = |m - n|² + Σ (s - t)², here with sampling noise.
  const FeatureSet a = cloud(20000, 4, 0, 1, 1), b = cloud(20000, 4, 0.5, 2, 2);
  EXPECT_NEAR(frechet_distance(a, b), 4 * 0.25 + 4 * 1, 0.12);
  EXPECT_NEAR(frechet_distance(a, a), 0, 1e-6);
  EXPECT_GT(frechet_distance(a.first(50), b.first(50)), 0);
  // By hand: two points each, covariances of one direction.
  const FeatureSet x{2, {0, 0, 2, 0}, {0, 0}}, y{2, {0, 0, 0, 4}, {0, 0}};
  EXPECT_NEAR(frechet_distance(x, y), (1 + 4) + (2 + 8) - 0, 1e-9);
  EXPECT_THROW(frechet_distance(x, cloud(5, 3, 0, 1, 1)), UsageError);
  EXPECT_THROW(frechet_distance(x, x.first(1)), UsageError);
}

TEST(KernelDistance, IsUnbiased) {
  double sum = 0, errors = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const KernelDistance same = kernel_distance(cloud(3000, 8, 0, 1, seed), cloud(3000, 8, 0, 1, 100 + seed));
    sum += same.value;
    errors += same.error * same.error;
  }
  EXPECT_GT(errors, 0);
  EXPECT_LT(std::abs(sum), 4 * std::sqrt(errors));
  const FeatureSet a = cloud(3000, 8, 0, 1, 1);
  const KernelDistance other = kernel_distance(a, cloud(3000, 8, 0.5, 1, 2));
  EXPECT_GT(other.value, 10 * other.error);
}

TEST(Overlap, SeesWhatIsMissingAndWhatIsWrong) {
  const FeatureSet real = cloud(1000, 6, 0, 1, 1);
  const Overlap alike = overlap(real, cloud(1000, 6, 0, 1, 2));
  EXPECT_GT(alike.precision, 0.9);
  EXPECT_GT(alike.recall, 0.9);
  EXPECT_NEAR(alike.density, 1, 0.1);
  EXPECT_GT(alike.coverage, 0.93);
  // All alike: precise, but most of what is real is never made.
  const Overlap collapsed = overlap(real, cloud(1000, 6, 0, 0.05, 3));
  EXPECT_GT(collapsed.precision, 0.95);
  EXPECT_LT(collapsed.recall, 0.1);
  EXPECT_LT(collapsed.coverage, 0.3);
  const Overlap far = overlap(real, cloud(1000, 6, 9, 1, 4));
  EXPECT_EQ(far.precision, 0);
  EXPECT_EQ(far.coverage, 0);
  EXPECT_THROW(overlap(real, real.first(5), 5), UsageError);
}

TEST(Copying, IsFoundAndNotSeenWhereThereIsNone) {
  const FeatureSet train = cloud(400, 6, 0, 1, 1), held_out = cloud(200, 6, 0, 1, 2);
  EXPECT_LT(std::abs(copying_score(train, held_out, cloud(200, 6, 0, 1, 3))), 3);
  FeatureSet copies = train.first(200);
  const FeatureSet noise = cloud(200, 6, 0, 0.05, 4);
  for (std::size_t i = 0; i < copies.values.size(); ++i) copies.values[i] += noise.values[i];
  EXPECT_LT(copying_score(train, held_out, copies), -10);
  EXPECT_GT(copying_score(train, held_out, cloud(200, 6, 3, 1, 3)), 3);
  const auto found = nearest(copies, train);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].index, i);
}

TEST(MannWhitney, CountsTiesByHalves) {
  // U = 4 of a mean of 8; variance 16 / 12 · (9 - 24 / 56), since three are alike.
  EXPECT_NEAR(mann_whitney(std::vector<double>{1, 2, 2, 5}, std::vector<double>{2, 3, 4, 6}), -1.1832, 1e-4);
  EXPECT_EQ(mann_whitney(std::vector<double>{}, std::vector<double>{1}), 0);
  EXPECT_EQ(mann_whitney(std::vector<double>{2, 2}, std::vector<double>{2, 2}), 0);
}

TEST(FeatureSet, GivesClassesOut) {
  const FeatureSet set{1, {1, 2, 3}, {0, 1, 0}};
  EXPECT_EQ(set.of_class(0).values, (std::vector<float>{1, 3}));
  EXPECT_EQ(set.of_class(2).count(), 0U);
  EXPECT_EQ(set.first(2).labels, (std::vector{0, 1}));
}

}  // namespace
}  // namespace doppel::nn
