// Games of two networks: what they end in, and that they can be repeated.
#include "doppel/nn/gan/gan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/random.h"

namespace doppel::nn {
namespace {

std::vector<float> normals(std::size_t n, std::uint64_t seed) {
  std::vector<float> v(n);
  const Stream s{.seed = seed};
  for (std::size_t i = 0; i < n; ++i) v[i] = static_cast<float>(s.split("at", i).normal("v"));
  return v;
}

GanOptions points(GanLoss loss, double penalty) {
  GanOptions o;
  o.generator = "fc(32)-relu-fc(32)-relu-fc(2)-picture1x1";
  o.discriminator = "fc(32)-lrelu(0.2)-fc(32)-lrelu(0.2)-fc";
  o.latent = 4;
  o.loss = loss;
  o.penalty = penalty;
  o.rate = 3e-3;
  o.batch = 64;
  o.steps = 1200;
  return o;
}

/// Points of two numbers around a centre of their class.
struct Mixture {
  static constexpr double kCentres[3][2] = {{0.7, 0}, {-0.4, 0.6}, {-0.4, -0.6}};
  std::vector<float> images;
  std::vector<int> labels;
  explicit Mixture(std::uint64_t seed) : images(normals(128, seed)) {
    for (std::size_t i = 0; i < 64; ++i) {
      labels.push_back(static_cast<int>(i % 3));
      for (std::size_t k = 0; k < 2; ++k)
        images[2 * i + k] =
            static_cast<float>(kCentres[i % 3][k] + 0.1 * static_cast<double>(images[2 * i + k]));
    }
  }
};

/// A linear discriminator has one gradient for all images of a class, known from its weights.
TEST(Gan, ThePenaltyIsTakenWhereItsOptionSays) {
  for (const bool between : {false, true}) {
    GanOptions options = points(GanLoss::Wasserstein, 20);
    options.discriminator = "fc";
    options.penalty_between = between;
    Gan gan({2, 1, 1}, 3, options);
    const std::vector<float> w = gan.discriminator().parameters()[0].value;  // [1 + 3, 2]
    double expected = 0;
    const Mixture real(1);
    for (const int label : real.labels) {
      const auto at = static_cast<std::size_t>(2 * (1 + label));
      const double length = std::hypot(w[0] + w[at], w[1] + w[at + 1]);
      expected += 10 * (between ? std::pow(length - 1, 2) : 2 * std::pow(length, 2)) / 64;
    }
    EXPECT_NEAR(gan.step(real.images, real.labels).penalty, expected, 1e-4 * expected) << between;
  }
}

TEST(Gan, LearnsAMixtureOfGaussiansClassByClass) {
  for (const auto& [loss, penalty] : {std::pair{GanLoss::Relativistic, 0.1}, {GanLoss::Hinge, 0.1}}) {
    Gan gan({2, 1, 1}, 3, points(loss, penalty));
    for (std::uint64_t step = 0; step < 1200; ++step) {
      const Mixture real(step);
      gan.step(real.images, real.labels);
    }
    for (int c = 0; c < 3; ++c) {
      const auto made = gan.generate(std::vector<int>(200, c), 5, 0);
      for (std::size_t k = 0; k < 2; ++k) {
        double mean = 0, square = 0;
        for (std::size_t i = 0; i < 200; ++i) {
          const auto v = static_cast<double>(made[2 * i + k]);
          mean += v / 200, square += v * v / 200;
        }
        EXPECT_NEAR(mean, Mixture::kCentres[c][k], 0.12) << "class " << c;
        EXPECT_GT(std::sqrt(square - mean * mean), 0.02) << "class " << c;
        EXPECT_LT(std::sqrt(square - mean * mean), 0.3) << "class " << c;
      }
    }
  }
}

TEST(Gan, GoesOnAfterAStopToTheSameBitsAndForAnyThreads) {
  const dataset::TemporaryFolder folder;
  const auto run = [&](Gan& gan, int steps) {
    for (int i = 0; i < steps; ++i) {
      const Mixture real(gan.steps());
      gan.step(real.images, real.labels);
    }
  };
  GanOptions options = points(GanLoss::Relativistic, 0.1);
  options.spectral = true;
  options.critic_steps = 2;
  Gan whole({2, 1, 1}, 3, options), first({2, 1, 1}, 3, options);
  run(whole, 12);
  run(first, 5);
  first.save(folder.path() / "g.safetensors", {});
  options.threads = 1;
  Gan second({2, 1, 1}, 3, options);
  second.load(folder.path() / "g.safetensors");
  EXPECT_EQ(second.steps(), 5U);
  run(second, 7);
  const std::vector<int> labels{0, 1, 2, 1, 0};
  EXPECT_EQ(whole.generate(labels, 3, 100), second.generate(labels, 3, 100));
  // An image depends on its number and class alone.
  const auto all = whole.generate(labels, 3, 100), one = whole.generate(std::vector{2}, 3, 102);
  EXPECT_EQ(one[0], all[4]);
  EXPECT_EQ(one[1], all[5]);
  EXPECT_THROW(whole.generate(std::vector{3}, 1, 0), Error);
  Gan other({2, 1, 1}, 2, options);
  EXPECT_THROW(other.load(folder.path() / "g.safetensors"), Error);
}

// Few images are soon known by heart: then they are changed more often.
TEST(Gan, TheChanceOfAugmentationFollowsTheDiscriminator) {
  GanOptions options = gan_preset("rpgan", {1, 28, 28});
  options.batch = 8;
  options.augment = gan_recipe(500);
  options.augment_target = 0.2;
  const dataset::TemporaryFolder folder;
  Gan gan({1, 28, 28}, 2, options), again({1, 28, 28}, 2, options);
  // Noise is told from what a young generator makes at once.
  const auto real = normals(8 * 784, 1);
  const std::vector<int> labels{0, 1, 0, 1, 0, 1, 0, 1};
  EXPECT_EQ(gan.step(real, labels).augment_chance, 0);
  for (int i = 0; i < 20; ++i) gan.step(real, labels);
  const double chance = gan.step(real, labels).augment_chance;
  EXPECT_GT(chance, 0);
  gan.save(folder.path() / "g.safetensors", {});
  again.load(folder.path() / "g.safetensors");
  const GanRecord first = gan.step(real, labels), second = again.step(real, labels);
  EXPECT_EQ(first.augment_chance, second.augment_chance);
  EXPECT_EQ(first.generator_loss, second.generator_loss);
}

/// Of the images of a GAN that learned some with a light left half, behind `flips` with this chance: the
/// share whose left half is the lighter one.
double upright_share(const char* flips, double chance, std::uint64_t seed) {
  GanOptions o = points(GanLoss::Relativistic, 0.1);
  o.generator = "fc(32)-relu-fc(32)-relu-fc(8)-picture2x4-tanh";
  o.discriminator = "fc(32)-lrelu(0.2)-fc(32)-lrelu(0.2)-fc";
  o.augment = augment::Recipe::from_yaml(flips);
  o.augment_chance = chance;
  o.seed = seed;
  Gan gan({1, 2, 4}, 1, o);
  for (std::uint64_t step = 0; step < 1200; ++step) {
    auto images = normals(64 * 8, step);
    for (std::size_t i = 0; i < images.size(); ++i) images[i] = 0.1F * images[i] + (i % 4 < 2 ? 0.5F : -0.5F);
    gan.step(images, std::vector(64, 0));
  }
  const auto made = gan.generate(std::vector(500, 0), 5, 0);
  double upright = 0;
  for (std::size_t r = 0; r < 500; ++r) {
    const float* p = made.data() + r * 8;
    upright += p[0] + p[1] + p[4] + p[5] > p[2] + p[3] + p[6] + p[7] ? 0.002 : 0;
  }
  return upright;
}

TEST(Gan, AugmentationLeaksOnlyWhatCannotBeTakenBack) {
  // Flips of one image in five leave no doubt which images were meant; of one in two they leave nothing
  // to tell them by (Karras and others, Training Generative Adversarial Networks with Limited Data, 2020).
  double few = 1, half = 1;
  for (const std::uint64_t seed : {1, 2, 3}) {
    few = std::min(few, upright_share("- HorizontalFlip: {p: 0.8}\n", 0.25, seed));
    half = std::min(half, upright_share("- HorizontalFlip: {p: 0.5}\n", 1, seed));
  }
  EXPECT_GT(few, 0.95);
  EXPECT_LT(half, 0.5);
}

TEST(Gan, APenaltyIsNearlyTheSameInBfloat16) {
  const auto penalty = [](Precision precision) {
    GanOptions options = gan_preset("rpgan", {1, 28, 28});
    options.batch = 4;
    // The generator, whose images it sees too, may round.
    options.generator = "fc(784)-tanh-picture28x28";
    options.precision = precision;
    return Gan({1, 28, 28}, 2, options).step(normals(4 * 784, 1), std::vector{0, 1, 0, 1}).penalty;
  };
  const double floats = penalty(Precision::F32);
  EXPECT_GT(floats, 0);
  EXPECT_NEAR(penalty(Precision::BF16), floats, 0.03 * floats);
}

TEST(Gan, NetworksThatDoNotFitAreRefused) {
  GanOptions mixed = gan_preset("dcgan", {1, 28, 28});
  mixed.penalty = 1;
  EXPECT_THROW(Gan({1, 28, 28}, 2, mixed), UsageError);
  mixed = gan_preset("rpgan", {1, 28, 28});
  mixed.generator = "fc(10)";
  EXPECT_THROW(Gan({1, 28, 28}, 2, mixed), UsageError);
}

TEST(Gan, LearnsWithConditionalBatchNormAndMinibatchDeviation) {
  GanOptions options = gan_preset("dcgan", {1, 8, 8});
  options.generator =
      "cbn(c) = bn-add[|mul[|input-fc(c)-picture1x1]|input-slice(65)-fc(c)-picture1x1]; "
      "fc(64)-picture2x2-cbn(16)-relu-deconv4x4(8)-cbn(8)-relu-deconv4x4(1)-tanh";
  options.discriminator = "conv4x4(8,s2)-lrelu(0.2)-batchstd(4)-conv3x3(8)-lrelu(0.2)-gap-fc";
  options.batch = 8;
  Gan gan({1, 8, 8}, 2, options);
  const std::vector<float> before = gan.generate(std::vector{0, 1}, 1, 0);
  const GanRecord record = gan.step(normals(8 * 64, 1), std::vector{0, 1, 0, 1, 0, 1, 0, 1});
  EXPECT_TRUE(std::isfinite(record.discriminator_loss + record.generator_loss));
  EXPECT_NE(gan.generate(std::vector{0, 1}, 1, 0), before);
  options.loss = GanLoss::Relativistic;
  EXPECT_THROW(Gan({1, 8, 8}, 2, options), UsageError);  // it would see both kinds together
}

TEST(Gan, PenaltiesOfNetworksThatAreNotLinearInPiecesAreRefused) {
  for (const char* text :
       {"conv3x3(8)-bn-lrelu(0.2)-gap-fc", "conv3x3(8)-silu-gap-fc", "conv3x3(8)-prelu-gap-fc",
        "conv3x3(8)-gelu-maxpool-gap-fc", "conv3x3(8)-batchstd(2)-gap-fc"}) {
    GanOptions options = gan_preset("rpgan", {1, 28, 28});
    options.discriminator = text;
    options.batch = 4;
    try {
      const Gan gan({1, 28, 28}, 2, options);
      FAIL() << text;
    } catch (const UsageError& error) {
      EXPECT_NE(std::string(error.what()).find("linear in pieces"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace doppel::nn
