#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "doppel/base/error.h"
#include "doppel/nn/gan/gan.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

TEST(GanPresets, FitTheirImagesAndTakeAStep) {
  for (const std::string_view name : gan_presets())
    for (const Shape image : {Shape{1, 28, 28}, Shape{3, 32, 32}, Shape{3, 64, 64}}) {
      SCOPED_TRACE(name);
      GanOptions options = gan_preset(std::string(name), image);
      options.batch = 4;
      Gan gan(image, 2, options);
      std::vector<float> images(4 * static_cast<std::size_t>(image.count()));
      for (std::size_t i = 0; i < images.size(); ++i) images[i] = std::sin(static_cast<float>(i) * 0.7F);
      const GanRecord record = gan.step(images, std::vector{0, 1, 0, 1});
      EXPECT_TRUE(std::isfinite(record.discriminator_loss + record.generator_loss));
      EXPECT_EQ(record.generator_loss == 0, options.critic_steps > 1);
      EXPECT_EQ(record.penalty > 0, options.penalty > 0);
      const auto made = gan.generate(std::vector{0, 1}, 1, 0);
      EXPECT_EQ(made.size(), 2 * static_cast<std::size_t>(image.count()));
      for (const float v : made) ASSERT_LE(std::abs(v), 1.F);
      images[7] = std::numeric_limits<float>::quiet_NaN();
      if (image.height == 28) { EXPECT_THROW(gan.step(images, std::vector{0, 1, 0, 1}), GanDiverged); }
    }
}

TEST(GanPresets, OthersAreRefusedByWhatThereIs) {
  EXPECT_EQ(error_of([] { gan_preset("biggan", {1, 28, 28}); }),
            "there is no preset 'biggan'; there are rpgan, hinge, wgan-gp, lsgan, dcgan, minimax");
  EXPECT_EQ(error_of([] { gan_preset("rpgan", {1, 30, 30}); }),
            "there are presets for 28x28, 32x32 and 64x64, not 1x30x30");
  EXPECT_THROW(gan_preset("rpgan", {1, 28, 32}), UsageError);
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
