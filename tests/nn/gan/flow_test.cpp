// What is learned from straight lines between noise and images, and how they are followed.
#include "doppel/nn/gan/flow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/nn/gan/gan.h"
#include "doppel/nn/model/notation.h"
#include "error_of.h"
#include "gan/flow_sampling.h"

namespace doppel::nn {
namespace {

constexpr Shape kImage{1, 4, 4};

GanOptions small_flow(int batch = 8) {
  GanOptions o;
  o.generator = "fc(48)-silu-fc(48)-silu-fc(16)-picture4x4";
  o.loss = GanLoss::Velocity;
  o.penalty = 0;
  o.batch = batch;
  o.rate = 5e-3;
  o.beta1 = 0.9;
  o.average = 0.98;
  o.steps = 400;
  return o;
}

/// Images of one level each: class 0 is dark, class 1 light.
struct Levels {
  std::vector<float> images;
  std::vector<int> labels;
  explicit Levels(int batch)
      : images(static_cast<std::size_t>(batch) * 16), labels(static_cast<std::size_t>(batch)) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      labels[i] = static_cast<int>(i % 2);
      std::fill_n(images.begin() + static_cast<std::ptrdiff_t>(i * 16), 16, i % 2 == 0 ? -0.6F : 0.4F);
    }
  }
};

/// A velocity that is a number times the image makes Heun's steps known: each multiplies by 1 + a + a²/2, a
/// the number over the steps.
TEST(Flow, FollowsAVelocityThatIsKnownByHeunsMethod) {
  for (const int steps : {1, 3, 10}) {
    Model model(build_graph(parse_network("slice(1,4)-conv1x1(4,nobias)-flatten-picture2x2"),
                            {4 + 2 + kFlowTimeNumbers, 1, 1}));
    constexpr double kRate = -0.8;
    auto& weights = model.parameters()[0].value;
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = i % 5 == 0 ? static_cast<float>(kRate) : 0;
    Generator generator(std::move(model), {1, 2, 2}, 2, {.batch = 3, .sample_steps = steps});
    const std::vector<float> rows{0.5, -0.25, 1, 3, 1, 0, 0, -1, 0.125, -3, 0, 1};
    const std::vector<float> images = generator.images(rows);
    ASSERT_EQ(images.size(), 8U);
    const double a = kRate / steps, factor = std::pow(1 + a + a * a / 2, steps);
    for (std::size_t i = 0; i < 8; ++i) {
      const double z = static_cast<double>(rows[i / 4 * 6 + i % 4]);
      EXPECT_NEAR(images[i], std::clamp(factor * z, -1.0, 1.0), 1e-6) << steps;
    }
  }
}

TEST(Flow, TellsTheTimeByWavesThatDifferEverywhere) {
  std::vector<float> begin(kFlowTimeNumbers), middle(kFlowTimeNumbers);
  tell_time(begin, 0);
  tell_time(middle, 0.5);
  EXPECT_EQ(begin[0], 0);
  EXPECT_EQ(begin[1], 1);
  EXPECT_NEAR(middle[0], 1, 1e-6);  // half of half a wave
  EXPECT_NEAR(middle[1], 0, 1e-6);
  EXPECT_NEAR(middle[4], std::sin(3.14159265358979), 1e-6);  // twice as fast
}

TEST(Flow, LearnsWhatImagesOfAClassAre) {
  GanOptions options = small_flow(32);
  options.steps = 2400;  // after 400 levels are off by 0.13 (root mean square), after 1,600 by 0.07
  Flow flow(kImage, 2, options);
  const Levels real(32);
  double first = 0, last = 0;
  for (std::uint64_t i = 0; i < options.steps; ++i) {
    const GanRecord record = flow.step(real.images, real.labels);
    EXPECT_EQ(record.step, i);
    (i < 20 ? first : last) += i < 20 || i >= options.steps - 20 ? record.generator_loss : 0;
  }
  EXPECT_LT(last, first / 4);
  const std::vector<float> made = flow.generate(std::vector{0, 1, 0, 1}, 3, 0);
  for (std::size_t r = 0; r < 4; ++r) {
    const auto image = std::span(made).subspan(16 * r, 16);
    EXPECT_NEAR(std::accumulate(image.begin(), image.end(), 0.F) / 16, r % 2 == 0 ? -0.6F : 0.4F, 0.12F);
    for (const float level : image) EXPECT_NEAR(level, r % 2 == 0 ? -0.6F : 0.4F, 0.35F);
  }
}

TEST(Flow, AnyNumberOfThreadsGivesTheSameBitsAndAResumeGoesOnWithThem) {
  const dataset::TemporaryFolder folder;
  const auto path = folder.path() / "flow.safetensors";
  const Levels real(8);
  const auto run = [&](int threads, bool stops) {
    GanOptions options = small_flow();
    options.threads = threads;
    auto flow = std::make_unique<Flow>(kImage, 2, options);
    for (int i = 0; i < 3; ++i) flow->step(real.images, real.labels);
    if (stops) {
      flow->set_rate(flow->rate());
      flow->save(path, {});
      flow = std::make_unique<Flow>(kImage, 2, options);
      flow->resume(path);
      EXPECT_EQ(flow->steps(), 3U);
    }
    for (int i = 0; i < 3; ++i) flow->step(real.images, real.labels);
    return std::pair(flow->generator().parameters()[0].value, flow->generate(std::vector{0, 1, 1}, 5, 7));
  };
  const auto one = run(1, false);
  EXPECT_EQ(run(3, false), one);
  EXPECT_EQ(run(2, true), one);
}

TEST(Flow, OfAFileMakesItsImagesEachByItself) {
  const dataset::TemporaryFolder folder;
  const auto path = folder.path() / "flow.safetensors";
  Flow flow(kImage, 2, small_flow());
  const Levels real(8);
  flow.step(real.images, real.labels);
  flow.save(path, {});
  const auto alone = load_generator(path, kImage, 2, {.batch = 8, .threads = 1});
  EXPECT_TRUE(alone->is_flow());
  EXPECT_EQ(alone->latent(), 16);
  const std::vector<float> images = alone->generate(std::vector{0, 1, 1, 0, 1}, 3, 100);
  EXPECT_EQ(images, flow.generate(std::vector{0, 1, 1, 0, 1}, 3, 100));
  const std::vector<float> third = alone->generate(std::vector{1}, 3, 102);
  EXPECT_TRUE(std::ranges::equal(third, std::span(images).subspan(32, 16)));
  EXPECT_NE(
      load_generator(path, kImage, 2, {.batch = 8, .sample_steps = 2})->generate(std::vector{0}, 3, 100),
      std::vector(images.begin(), images.begin() + 16));
  EXPECT_THROW((void)load_generator(path, kImage, 3), Error);
  GanOptions options = small_flow();
  Flow other(kImage, 2, options);
  EXPECT_EQ(other.begin_from(path, {"a", "b"}, {"a", "b"}), 2U);
  EXPECT_EQ(other.generator().parameters()[0].value, flow.generator().parameters()[0].value);
  EXPECT_NE(error_of([&] { other.begin_from(path, {"a", "b"}, {"b", "a"}); }).find("of the same classes"),
            std::string::npos);
}

TEST(Flow, WhatIsOfADiscriminatorIsRefusedByItsOption) {
  const auto refusal = [](auto change) {
    GanOptions options = small_flow();
    change(options);
    return error_of([&] { make_generative_model(kImage, 2, options); });
  };
  EXPECT_EQ(refusal([](GanOptions& o) { o.lecam = 0.1; }),
            "--lecam is of a discriminator, and a flow has none: leave it out");
  EXPECT_EQ(refusal([](GanOptions& o) { o.augment_target = 0.6; }),
            "--ada is of a discriminator, and a flow has none: leave it out");
  EXPECT_EQ(refusal([](GanOptions& o) { o.generator = "fc(15)"; }),
            "the flow's network makes 15 of 34x1x1, not 1x4x4");
  EXPECT_EQ(refusal([](GanOptions& o) { o.batch = 0; }), "a batch has 0 images; it needs at least 1");
  EXPECT_EQ(error_of([] {
              GanOptions options = gan_preset("rpgan", {1, 8, 8});
              options.loss = GanLoss::Velocity;
              Gan gan({1, 8, 8}, 2, options);
            }),
            "velocity is a flow's loss: --preset flow, which has no discriminator");
  EXPECT_EQ(refusal([](GanOptions&) {}), "");
}

TEST(Flow, ImagesThatAreNoNumbersEndIt) {
  Flow flow(kImage, 2, small_flow());
  Levels real(8);
  EXPECT_THROW(flow.step(std::span(real.images).first(16), real.labels), UsageError);
  EXPECT_THROW(flow.step(real.images, std::vector(8, 2)), Error);
  real.images[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(flow.step(real.images, real.labels), GanDiverged);
}

}  // namespace
}  // namespace doppel::nn
