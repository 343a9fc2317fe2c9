#include "gan/lecam.h"

#include <gtest/gtest.h>

#include "dataset/temporary_folder.h"
#include "doppel/nn/gan/gan.h"

namespace doppel::nn {
namespace {

TEST(LeCam, HoldsEitherKindAtTheRunningMeanOfTheOther) {
  LeCam held(0.5);
  EXPECT_EQ(held.of_pair(7, -7).loss, 0);  // there are no means yet
  held.follow(2, -1);
  EXPECT_EQ(held.of_pair(-1, 2).loss, 0);
  // Real 3 lies 4 over the mean of generated ones, generated -2 4 below that of real ones.
  EXPECT_DOUBLE_EQ(held.of_pair(3, -2).loss, 0.5 * (16 + 16));
  for (const double at : {-0.4, 1.3, 3.0}) {
    constexpr double kStep = 1e-6;
    const PairLoss pair = held.of_pair(at, 1 - at);
    EXPECT_NEAR((held.of_pair(at + kStep, 1 - at).loss - held.of_pair(at - kStep, 1 - at).loss) / 2 / kStep,
                pair.by_real, 1e-6);
    EXPECT_NEAR((held.of_pair(at, 1 - at + kStep).loss - held.of_pair(at, 1 - at - kStep).loss) / 2 / kStep,
                pair.by_fake, 1e-6);
  }
  held.follow(4, 1);
  EXPECT_DOUBLE_EQ(held.real(), 0.99 * 2 + 0.01 * 4);
  EXPECT_DOUBLE_EQ(held.fake(), 0.99 * -1 + 0.01 * 1);
}

TEST(LeCam, ADiscriminatorThatIsHeldGoesOnToTheSameBits) {
  for (const char* preset : {"rpgan", "dcgan"}) {
    GanOptions options = gan_preset(preset, {1, 28, 28});
    options.batch = 4;
    options.lecam = 0.3;
    options.generator = "fc(784)-tanh-picture28x28";
    const std::vector<float> images(4 * 784, 0.25F);
    const std::vector<int> labels{0, 1, 0, 1};
    const dataset::TemporaryFolder folder;
    Gan gan({1, 28, 28}, 2, options), again({1, 28, 28}, 2, options);
    for (int i = 0; i < 3; ++i) gan.step(images, labels);
    gan.save(folder.path() / "g.safetensors", {});
    again.resume(folder.path() / "g.safetensors");
    const GanRecord first = gan.step(images, labels), second = again.step(images, labels);
    EXPECT_EQ(first.penalty, second.penalty) << preset;
    EXPECT_GT(first.penalty, 0) << preset;
    EXPECT_EQ(gan.scores(images, labels), again.scores(images, labels)) << preset;
    options.lecam = 0;
    Gan free({1, 28, 28}, 2, options);
    for (int i = 0; i < 4; ++i) free.step(images, labels);
    EXPECT_NE(gan.scores(images, labels), free.scores(images, labels)) << preset;
  }
}

}  // namespace
}  // namespace doppel::nn
