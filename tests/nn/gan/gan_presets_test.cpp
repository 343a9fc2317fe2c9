#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "doppel/base/error.h"
#include "doppel/nn/gan/flow.h"
#include "doppel/nn/gan/generative_model.h"
#include "doppel/nn/model/notation.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

TEST(GanPresets, FitTheirImagesAndTakeAStep) {
  for (const std::string_view name : gan_presets())
    for (const Shape image : {Shape{1, 28, 28}, Shape{3, 32, 32}, Shape{3, 64, 64}}) {
      SCOPED_TRACE(name);
      GanOptions options = gan_preset(std::string(name), image);
      options.batch = 4;
      options.sample_steps = 1;
      const auto gan = make_generative_model(image, 2, options);
      std::vector<float> images(4 * static_cast<std::size_t>(image.count()));
      for (std::size_t i = 0; i < images.size(); ++i) images[i] = std::sin(static_cast<float>(i) * 0.7F);
      const GanRecord record = gan->step(images, std::vector{0, 1, 0, 1});
      EXPECT_TRUE(std::isfinite(record.discriminator_loss + record.generator_loss));
      EXPECT_EQ(record.generator_loss == 0, options.critic_steps > 1);
      EXPECT_EQ(record.penalty > 0, options.penalty > 0);
      const auto made = gan->generate(std::vector{0, 1}, 1, 0);
      EXPECT_EQ(made.size(), 2 * static_cast<std::size_t>(image.count()));
      for (const float v : made) ASSERT_LE(std::abs(v), 1.F);
      images[7] = std::numeric_limits<float>::quiet_NaN();
      if (image.height == 28) { EXPECT_THROW(gan->step(images, std::vector{0, 1, 0, 1}), GanDiverged); }
    }
}

TEST(GanPresets, AreWhatTheyWereFor28And32And64) {
  EXPECT_EQ(gan_preset("rpgan", {1, 28, 28}).generator,
            "fc(3136)-picture7x7-bn-relu-deconv4x4(32)-bn-relu-deconv4x4(1)-tanh");
  EXPECT_EQ(gan_preset("rpgan", {1, 28, 28}).discriminator,
            "conv4x4(32,s2)-lrelu(0.2)-conv4x4(64,s2)-lrelu(0.2)-conv3x3(64)-lrelu(0.2)-gap-fc");
  EXPECT_EQ(gan_preset("dcgan", {3, 32, 32}).discriminator,
            "conv4x4(32,s2)-lrelu(0.2)-conv4x4(64,s2)-bn-lrelu(0.2)-conv4x4(128,s2)-bn-lrelu(0.2)-"
            "conv3x3(128)-bn-lrelu(0.2)-gap-fc");
  EXPECT_EQ(gan_preset("rpgan", {3, 64, 64}).generator,
            "fc(4096)-picture4x4-bn-relu-deconv4x4(128)-bn-relu-deconv4x4(64)-bn-relu-deconv4x4(32)-bn-relu-"
            "deconv4x4(3)-tanh");
  EXPECT_EQ(gan_preset("rpgan", {3, 32, 32}).rate, 3e-4);
  EXPECT_EQ(gan_preset("rpgan", {3, 64, 64}).rate, 2e-4);
}

TEST(GanPresets, GrowByRuleAndTheirTextParsesBack) {
  for (const std::string_view name : gan_presets())
    for (int height = kLeastGanSide; height <= kMostGanSide; height += 4)
      for (const int width : {8, 12, 36, 64, 100, 256}) {
        const Shape image{3, height, width};
        const GanOptions options = gan_preset(std::string(name), image);
        const bool is_flow = name == "flow";
        const int numbers = is_flow ? static_cast<int>(image.count()) + kFlowTimeNumbers : options.latent;
        const Graph made = build_graph(parse_network(options.generator), {numbers + 2, 1, 1}),
                    told = is_flow ? build_graph(parse_network("fc"), image, 3)
                                   : build_graph(parse_network(options.discriminator), image, 3);
        ASSERT_EQ(made.output(), image) << name;
        ASSERT_EQ(told.output().count(), 3) << name << ' ' << image.text();
        ASSERT_LT(made.parameters() + told.parameters(), 20'000'000) << name << ' ' << image.text();
        for (const Graph* graph : {&made, &told}) {
          const std::string text = network_text(graph->network);
          ASSERT_EQ(network_text(parse_network(text)), text);
        }
      }
}

TEST(GanPresets, OfAnySizeAndOfOneToFourChannelsTakeAStep) {
  for (const char* name : {"rpgan", "residual", "wgan-gp", "dcgan", "flow"})
    for (const Shape image : {Shape{1, 8, 8}, Shape{3, 12, 36}, Shape{4, 32, 16}, Shape{3, 128, 64}}) {
      SCOPED_TRACE(fmt::format("{} {}", name, image.text()));
      GanOptions options = gan_preset(name, image);
      options.batch = 2;
      options.sample_steps = 1;
      const auto gan = make_generative_model(image, 2, options);
      std::vector<float> images(2 * static_cast<std::size_t>(image.count()));
      for (std::size_t i = 0; i < images.size(); ++i) images[i] = std::sin(static_cast<float>(i) * 0.7F);
      const GanRecord record = gan->step(images, std::vector{0, 1});
      EXPECT_TRUE(std::isfinite(record.discriminator_loss + record.generator_loss + record.penalty));
      EXPECT_GT(gan->memory_bytes(), 0U);
      EXPECT_EQ(gan->generate(std::vector{1}, 1, 0).size(), static_cast<std::size_t>(image.count()));
    }
}

TEST(GanPresets, AFlowsNetworkWorksOnSmallImagesOfTheImage) {
  EXPECT_EQ(network_text(parse_network(gan_preset("flow", {1, 28, 28}).generator)).substr(0, 60),
            "slice(1,784)-flatten-picture28x28-conv4x4(32,s2)-add[|groupn");
  const GanOptions options = gan_preset("flow", {3, 64, 64});
  EXPECT_EQ(options.loss, GanLoss::Velocity);
  EXPECT_EQ(options.discriminator, "");
  EXPECT_EQ(options.penalty, 0);
  EXPECT_NE(options.generator.find("picture64x64-conv4x4(32,s2)-silu-conv4x4(64,s2)-res(64)"),
            std::string::npos);
}

TEST(GanPresets, OthersAreRefusedByWhatThereIs) {
  EXPECT_EQ(
      error_of([] { gan_preset("biggan", {1, 28, 28}); }),
      "there is no preset 'biggan'; there are rpgan, hinge, wgan-gp, lsgan, dcgan, minimax, residual, flow");
  EXPECT_EQ(error_of([] { gan_preset("rpgan", {1, 30, 30}); }),
            "a GAN's presets make images whose sides are multiples of 4 from 8 to 256, not 1x30x30");
  EXPECT_THROW(gan_preset("rpgan", {1, 28, 260}), UsageError);
  EXPECT_THROW(gan_preset("residual", {1, 4, 28}), UsageError);
}

TEST(GanPresets, SetWhatTheyChooseAndLeaveTheRest) {
  GanOptions options;
  options.latent = 17;
  options.batch = 9;
  options.seed = 5;
  options.average = 0.5;
  options.critic_steps = 3;
  options.beta1 = 0.9;
  take_gan_preset(options, "rpgan", {3, 32, 32});
  EXPECT_EQ(options.latent, 17);
  EXPECT_EQ(options.batch, 9);
  EXPECT_EQ(options.seed, 5U);
  EXPECT_EQ(options.average, 0.5);
  EXPECT_EQ(options.critic_steps, 1);
  EXPECT_EQ(options.beta1, 0);
  EXPECT_EQ(options.loss, GanLoss::Relativistic);
  EXPECT_GT(options.penalty, 0);
  // Gulrajani et al. 2017: 5 steps of the critic, lambda 10, between real and generated; half of it counts.
  take_gan_preset(options, "wgan-gp", {3, 32, 32});
  EXPECT_EQ(options.loss, GanLoss::Wasserstein);
  EXPECT_EQ(options.critic_steps, 5);
  EXPECT_EQ(options.penalty / 2, 10);
  EXPECT_TRUE(options.penalty_between);
  // The textbook's has BatchNorm in both, and no penalty.
  take_gan_preset(options, "dcgan", {3, 32, 32});
  EXPECT_EQ(options.loss, GanLoss::NonSaturating);
  EXPECT_EQ(options.penalty, 0);
  EXPECT_FALSE(options.penalty_between);
  EXPECT_NE(options.discriminator.find("-bn"), std::string::npos);
  EXPECT_EQ(gan_preset("hinge", {3, 64, 64}).discriminator.find("-bn"), std::string::npos);
}

TEST(GanPresets, FewImagesAreChangedAndNeverMirrored) {
  EXPECT_TRUE(gan_recipe(60000).transforms().empty());
  EXPECT_TRUE(gan_recipe(1000).transforms().empty());
  EXPECT_FALSE(gan_recipe(999).transforms().empty());
  EXPECT_EQ(gan_recipe(100).yaml().find("Flip"), std::string::npos);
}

}  // namespace
}  // namespace doppel::nn
