// Games of two networks: their losses, the penalty's gradient, what they end in, and that they can be
// repeated.
#include "doppel/nn/gan/gan.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include <cmath>
#include <fstream>
#include <future>
#include <iterator>
#include <sstream>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "doppel/nn/gan/generated_source.h"
#include "doppel/nn/model/notation.h"
#include "gan/gan_augment.h"
#include "gan/gan_penalty.h"
#include "gan/spectral_norm.h"

namespace doppel::nn {
namespace {

std::vector<float> normals(std::size_t n, std::uint64_t seed) {
  std::vector<float> v(n);
  const Stream s{.seed = seed};
  for (std::size_t i = 0; i < n; ++i) v[i] = static_cast<float>(s.split("at", i).normal("v"));
  return v;
}

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

// Mescheder et al. 2018: a discriminator psi · x against a generator that makes theta, real pictures all 0.
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

TEST(SpectralNorm, GivesWeightsOfNormOneAndTheirGradients) {
  Model model(build_graph(parse_network("conv3x3(6)-relu-gap-fc(3)"), {2, 8, 8}), 4);
  SpectralNorm norm(model, 1);
  const std::vector<float> learned = model.find("fc1", "weight")->value;
  for (int i = 0; i < 50; ++i) {
    norm.put_on(model);
    norm.take_off(model);
  }
  Parameter& weight = *model.find("fc1", "weight");
  EXPECT_EQ(weight.value, learned);
  norm.put_on(model);
  const std::vector<float> worn = weight.value;
  const cv::Mat matrix(3, 6, CV_32F, weight.value.data());
  cv::Mat values;
  cv::SVD::compute(matrix, values);
  EXPECT_NEAR(values.at<float>(0), 1, 1e-4);
  // A loss that is the sum of all worn weights times numbers.
  const auto numbers = normals(18, 3);
  weight.grad = numbers;
  norm.take_off(model);
  const std::vector<float> gradient = weight.grad;
  const auto loss = [&] {
    for (int i = 0; i < 30; ++i) {
      norm.put_on(model);
      if (i < 29) norm.take_off(model);
    }
    double sum = 0;
    for (std::size_t i = 0; i < 18; ++i) sum += static_cast<double>(weight.value[i] * numbers[i]);
    norm.take_off(model);
    return sum;
  };
  for (std::size_t i = 0; i < 18; i += 5) {
    const float before = weight.value[i];
    weight.value[i] = before + 0.01F;
    const double up = loss();
    weight.value[i] = before - 0.01F;
    const double down = loss();
    weight.value[i] = before;
    EXPECT_NEAR((up - down) / 0.02, gradient[i], 2e-3) << i;
  }
}

// The penalty jumps where a rectifier turns; with slopes this near to 1, differences still show its gradient.
TEST(GradientPenalty, ItsGradientIsThatOfItsValue) {
  Model model(
      build_graph(parse_network("conv3x3(16,s2)-lrelu(0.97)-conv3x3(16)-lrelu(0.97)-gap-fc(3)"), {2, 8, 8}),
      4);
  Executor executor(model, {.batch = 6, .shards = 2, .input_gradient = true, .tangent = true});
  const auto pictures = normals(6 * 128, 1);
  std::vector<float> ones(6 * 3, 0.F);
  for (std::size_t r = 0; r < 6; ++r) ones[3 * r] = ones[3 * r + 1 + r % 2] = 1;
  const auto penalty = [&] {
    executor.parameters_changed();
    executor.forward(pictures, 6, 0);
    executor.backward(std::vector<float>(18, 0.F));
    return add_gradient_penalty(executor, model, ones, {.gamma = 0.7, .length = 0, .divisor = 6});
  };
  const double value = penalty();
  // By hand: half of gamma times the mean squared length of what a verdict means for its picture.
  executor.forward(pictures, 6, 0);
  double square = 0;
  for (const float g : executor.backward(ones)) square += static_cast<double>(g) * static_cast<double>(g);
  EXPECT_NEAR(value, 0.35 * square / 6, 1e-6 * value);
  penalty();
  for (const char* name : {"conv1", "conv2", "fc1"}) {
    Parameter& weight = *model.find(name, "weight");
    const std::vector<float> gradient = weight.grad;
    double most = 0;
    for (const float g : gradient) most = std::max(most, static_cast<double>(std::abs(g)));
    for (std::size_t i = 0; i < gradient.size(); i += std::max<std::size_t>(1, gradient.size() / 9)) {
      const float before = weight.value[i];
      weight.value[i] = before + 0.01F;
      const double up = penalty();
      weight.value[i] = before - 0.01F;
      const double down = penalty();
      weight.value[i] = before;
      EXPECT_NEAR((up - down) / 0.02, gradient[i], 0.03 * most) << name << ' ' << i;
    }
  }
}

/// A line of numbers.
std::vector<float> numbers(std::ifstream& file) {
  std::string text;
  std::getline(file, text);
  std::istringstream words(text);
  return {std::istream_iterator<float>(words), {}};
}

// tests/nn/data/make_penalty.py: double backward in float64.
void check_double_backward(const std::string& path, const char* network) {
  SCOPED_TRACE(network);
  std::ifstream file(path);
  ASSERT_TRUE(file);
  Model model(build_graph(parse_network(network), {2, 8, 8}), 4);
  const auto pictures = numbers(file), penalty = numbers(file);
  std::vector<std::vector<float>> expected;
  for (Parameter& p : model.parameters()) {
    const auto value = numbers(file);
    ASSERT_EQ(value.size(), p.value.size()) << p.name;
    p.value = value;
    expected.push_back(numbers(file));
  }
  for (const auto precision : {Precision::F32, Precision::BF16}) {
    Executor executor(
        model, {.batch = 3, .shards = 2, .precision = precision, .input_gradient = true, .tangent = true});
    executor.forward(pictures, 3, 0);
    const std::vector<float> ones{1, 1, 0, 1, 0, 1, 1, 1, 0};
    executor.backward(std::vector<float>(9, 0.F));
    const double close = precision == Precision::F32 ? 1e-5 : 2e-2;
    EXPECT_NEAR(add_gradient_penalty(executor, model, ones, {.gamma = 0.7, .length = 0, .divisor = 3}),
                penalty[0], close * static_cast<double>(penalty[0]));
    for (std::size_t p = 0; p < expected.size(); ++p) {
      const auto& grad = model.parameters()[p].grad;
      const double most = static_cast<double>(
          std::abs(*std::ranges::max_element(expected[p], {}, [](float v) { return std::abs(v); })));
      for (std::size_t i = 0; i < grad.size(); ++i)
        ASSERT_NEAR(grad[i], expected[p][i], close * most) << model.parameters()[p].name << ' ' << i;
    }
  }
}

TEST(GradientPenalty, IsPyTorchsDoubleBackward) {
  check_double_backward(DOPPEL_NN_DATA "/penalty.txt",
                        "conv3x3(4,s2,p1)-lrelu(0.2)-conv3x3(4,p1)-lrelu(0.2)-gap-fc(3)");
  check_double_backward(DOPPEL_NN_DATA "/penalty_pooled.txt",
                        "conv3x3(16,p1,bias)-lrelu(0.2)-maxpool3x3(s2,p1)-conv3x3(4,p1,bias)-maxpool2x2-"
                        "lrelu(0.2)-gap-fc(3)");
}

TEST(GradientPenalty, RefusesNetworksThatAreNotLinearInPieces) {
  for (const char* text : {"conv3x3(8)-bn-lrelu(0.2)-gap-fc", "conv3x3(8)-silu-gap-fc",
                           "conv3x3(8)-prelu-gap-fc", "conv3x3(8)-gelu-maxpool-gap-fc"}) {
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

/// A linear discriminator has one gradient for all pictures of a class, known from its weights.
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
  // A picture depends on its number and class alone.
  const auto all = whole.generate(labels, 3, 100), one = whole.generate(std::vector{2}, 3, 102);
  EXPECT_EQ(one[0], all[4]);
  EXPECT_EQ(one[1], all[5]);
  EXPECT_THROW(whole.generate(std::vector{3}, 1, 0), Error);
  Gan other({2, 1, 1}, 2, options);
  EXPECT_THROW(other.load(folder.path() / "g.safetensors"), Error);
}

TEST(GanAugment, CarriesGradientsBack) {
  const Shape picture{1, 12, 12};
  Model model(build_graph(parse_network("conv3x3(4)-gap-fc(2)"), picture), 1);
  Executor threads(model, {.batch = 4});
  GanAugment augment(gan_recipe(500), picture, 5);
  auto x = normals(3 * 144, 1);
  for (float& v : x) v *= 0.3F;
  const auto y = augment.apply(x, 40, 1, threads), dy = normals(3 * 144, 2);
  EXPECT_NE(x, y);
  // <A·x + b, dy> moves by <h, Aᵀ·dy> where x moves by h.
  const auto h = normals(3 * 144, 3);
  std::vector<float> moved(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) moved[i] = x[i] + h[i];
  const auto z = augment.apply(moved, 40, 1, threads);
  auto back = dy;
  augment.back(back, 0, threads);
  double there = 0, here = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    there += static_cast<double>(z[i] - y[i]) * static_cast<double>(dy[i]);
    here += static_cast<double>(h[i]) * static_cast<double>(back[i]);
  }
  EXPECT_NEAR(there, here, 1e-3);
  EXPECT_EQ(augment.apply(x, 40, 0, threads), x);
}

TEST(GanAugment, RefusesByNameWhatHasNoWayBack) {
  GanOptions options = gan_preset("rpgan", {1, 28, 28});
  for (const auto& [recipe, name] :
       {std::pair{"- JpegCompression: {p: 0.3}", "Jpeg"}, {"- Resize: {size: [9, 9]}", "size"}}) {
    options.augment = augment::Recipe::from_yaml(recipe);
    try {
      const Gan gan({1, 28, 28}, 2, options);
      FAIL() << recipe;
    } catch (const UsageError& error) {
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
    }
  }
}

// Few pictures are soon known by heart: then they are changed more often. Nothing is ever mirrored.
TEST(GanAugment, ItsChanceFollowsTheDiscriminator) {
  EXPECT_TRUE(gan_recipe(60000).transforms().empty());
  EXPECT_FALSE(gan_recipe(100).transforms().empty());
  EXPECT_EQ(gan_recipe(100).yaml().find("Flip"), std::string::npos);
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

/// Of the pictures of a GAN that learned some with a light left half, behind `flips` with this chance: the
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

TEST(GanAugment, LeaksOnlyWhatCannotBeTakenBack) {
  // Flips of one picture in five leave no doubt which pictures were meant; of one in two they leave nothing
  // to tell them by (Karras and others, Training Generative Adversarial Networks with Limited Data, 2020).
  double few = 1, half = 1;
  for (const std::uint64_t seed : {1, 2, 3}) {
    few = std::min(few, upright_share("- HorizontalFlip: {p: 0.8}\n", 0.25, seed));
    half = std::min(half, upright_share("- HorizontalFlip: {p: 0.5}\n", 1, seed));
  }
  EXPECT_GT(few, 0.95);
  EXPECT_LT(half, 0.5);
}

TEST(GeneratedSource, GivesTheGansPicturesWhateverIsAskedFirst) {
  GanOptions options = gan_preset("rpgan", {1, 28, 28});
  options.batch = 16;
  const auto gan = std::make_shared<Gan>(Shape{1, 28, 28}, 3, options);
  const std::vector<std::string> names{"a", "b", "c"};
  const GeneratedSource source(gan, names, 1100, 9, 4);
  EXPECT_EQ(source.size(), 1100U);
  // The last chunk first, from several threads.
  std::vector<std::future<dataset::Item>> items;
  for (const std::size_t i : {1099U, 1U, 1098U, 600U})
    items.push_back(std::async(std::launch::async, [&, i] { return source.read(i); }));
  for (const std::size_t i : {1099U, 1U, 1098U, 600U}) {
    const dataset::Item item = items[0].get();
    items.erase(items.begin());
    const int label = static_cast<int>((4 + i) % 3);
    EXPECT_EQ(item.sample.label, label);
    EXPECT_EQ(source.label(i), label);
    const auto alone = gan->generate(std::vector{label}, 9, 4 + i);
    const cv::Mat expected = picture_of(alone, {1, 28, 28});
    EXPECT_TRUE(std::equal(expected.data, expected.data + 784, item.sample.image.data)) << i;
  }
  EXPECT_THROW(source.read(1100), Error);
  EXPECT_THROW(GeneratedSource(gan, {"a"}, 5, 1), UsageError);
}

TEST(Gan, APenaltyIsNearlyTheSameInBfloat16) {
  const auto penalty = [](Precision precision) {
    GanOptions options = gan_preset("rpgan", {1, 28, 28});
    options.batch = 4;
    // The generator, whose pictures it sees too, may round.
    options.generator = "fc(784)-tanh-picture28x28";
    options.precision = precision;
    return Gan({1, 28, 28}, 2, options).step(normals(4 * 784, 1), std::vector{0, 1, 0, 1}).penalty;
  };
  const double floats = penalty(Precision::F32);
  EXPECT_GT(floats, 0);
  EXPECT_NEAR(penalty(Precision::BF16), floats, 0.03 * floats);
}

TEST(Gan, PresetsFitTheirPicturesAndTakeAStep) {
  for (const char* name : {"rpgan", "hinge", "wgan-gp", "lsgan", "dcgan", "minimax"})
    for (const Shape picture : {Shape{1, 28, 28}, Shape{3, 32, 32}, Shape{3, 64, 64}}) {
      SCOPED_TRACE(name);
      GanOptions options = gan_preset(name, picture);
      options.batch = 4;
      Gan gan(picture, 2, options);
      auto images = normals(4 * static_cast<std::size_t>(picture.count()), 1);
      const GanRecord record = gan.step(images, std::vector{0, 1, 0, 1});
      EXPECT_TRUE(std::isfinite(record.discriminator_loss + record.generator_loss));
      EXPECT_EQ(record.generator_loss == 0, options.critic_steps > 1);
      EXPECT_EQ(record.penalty > 0, options.penalty > 0);
      const auto made = gan.generate(std::vector{0, 1}, 1, 0);
      EXPECT_EQ(made.size(), 2 * static_cast<std::size_t>(picture.count()));
      for (const float v : made) ASSERT_LE(std::abs(v), 1.F);
      images[7] = std::numeric_limits<float>::quiet_NaN();
      if (picture.height == 28) { EXPECT_THROW(gan.step(images, std::vector{0, 1, 0, 1}), GanDiverged); }
    }
  EXPECT_THROW(gan_preset("biggan", {1, 28, 28}), UsageError);
  EXPECT_THROW(gan_preset("rpgan", {1, 30, 30}), UsageError);
  GanOptions mixed = gan_preset("dcgan", {1, 28, 28});
  mixed.penalty = 1;
  EXPECT_THROW(Gan({1, 28, 28}, 2, mixed), UsageError);
  mixed = gan_preset("rpgan", {1, 28, 28});
  mixed.generator = "fc(10)";
  EXPECT_THROW(Gan({1, 28, 28}, 2, mixed), UsageError);
}

}  // namespace
}  // namespace doppel::nn
