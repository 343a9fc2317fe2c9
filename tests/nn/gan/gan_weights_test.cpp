// A GAN that begins with another's weights, and blocks that keep theirs.
#include "gan/gan_weights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "doppel/nn/gan/gan.h"
#include "doppel/nn/model/notation.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

constexpr Shape kTiny{1, 8, 8};

GanOptions tiny_networks() {
  GanOptions o;
  o.generator = "fc(64)-picture2x2-bn-relu-deconv4x4(8)-bn-relu-deconv4x4(1)-tanh";
  o.discriminator = "conv4x4(8,s2)-lrelu(0.2)-conv4x4(8,s2)-lrelu(0.2)-conv3x3(8)-lrelu(0.2)-gap-fc";
  o.latent = 4;
  o.batch = 6;
  o.steps = 100;
  o.rate = 3e-3;
  return o;
}

std::vector<float> some_images(std::size_t count, std::uint64_t seed) {
  std::vector<float> v(count * 64);
  const Stream s{.seed = seed};
  for (std::size_t i = 0; i < v.size(); ++i)
    v[i] = std::tanh(static_cast<float>(s.split("at", i).normal("v")));
  return v;
}

void take_steps(Gan& gan, int steps) {
  std::vector<int> labels;
  for (int i = 0; i < 6; ++i) labels.push_back(i % gan.classes());
  for (int i = 0; i < steps; ++i) gan.step(some_images(6, gan.steps()), labels);
}

const std::vector<float>& values_of(const Model& model, const std::string& name) {
  return std::ranges::find(model.parameters(), name, &Parameter::name)->value;
}

/// Saves a GAN of the classes x, y and z that has learned a little.
void save_first(const GanOptions& options, const std::filesystem::path& path) {
  Gan first(kTiny, 3, options);
  take_steps(first, 5);
  first.save(path, {});
}

TEST(GanWeights, ClassesAreTakenByTheirNames) {
  const dataset::TemporaryFolder folder;
  const auto path = folder.path() / "first.safetensors";
  for (const char* generator : {"fc(64)-picture2x2-bn-relu-deconv4x4(8)-bn-relu-deconv4x4(1)-tanh",
                                "deconv2x2(16,s2)-bn-relu-deconv4x4(8)-bn-relu-deconv4x4(1)-tanh"}) {
    SCOPED_TRACE(generator);
    GanOptions options = tiny_networks();
    options.generator = generator;
    save_first(options, path);
    Gan first(kTiny, 3, options);
    first.load(path);
    options.seed = 9;
    Gan second(kTiny, 4, options);
    EXPECT_EQ(second.begin_from(path, {"x", "y", "z"}, {"z", "new", "x", "other"}), 2U);
    EXPECT_EQ(second.steps(), 0U);
    const auto images = some_images(3, 77);
    const std::vector<int> of_first{2, 0, 2}, of_second{0, 2, 0};
    const auto before = first.scores(images, of_first), after = second.scores(images, of_second);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(before[i], after[i], 1e-5);
    // Latents of other numbers of classes are drawn alike.
    const auto made = first.generate(of_first, 5, 0), again = second.generate(of_second, 5, 0);
    for (std::size_t i = 0; i < made.size(); ++i) ASSERT_NEAR(made[i], again[i], 1e-5) << i;
    take_steps(second, 2);
  }
}

TEST(GanWeights, ANewClassBeginsAsItWasDrawn) {
  const dataset::TemporaryFolder folder;
  const auto path = folder.path() / "first.safetensors";
  const GanOptions options = tiny_networks();
  save_first(options, path);
  const Gan drawn(kTiny, 2, options);
  Gan second(kTiny, 2, options), other(kTiny, 2, options);
  EXPECT_EQ(second.begin_from(path, {"x", "y", "z"}, {"y", "new"}), 1U);
  const std::size_t width = 4 + 2, width_before = 4 + 3;
  Gan first(kTiny, 3, options);
  first.load(path);
  const auto &now = values_of(second.generator(), "fc1.weight"),
             &before = values_of(first.generator(), "fc1.weight"),
             &fresh = values_of(drawn.generator(), "fc1.weight");
  for (std::size_t unit = 0; unit < 64; ++unit) {
    for (std::size_t k = 0; k < 4; ++k) ASSERT_EQ(now[unit * width + k], before[unit * width_before + k]);
    ASSERT_EQ(now[unit * width + 4], before[unit * width_before + 5]);  // y
    ASSERT_EQ(now[unit * width + 5], fresh[unit * width + 5]);
  }
  const auto &rows = values_of(second.discriminator(), "fc1.weight"),
             &rows_before = values_of(first.discriminator(), "fc1.weight"),
             &rows_fresh = values_of(drawn.discriminator(), "fc1.weight");
  for (std::size_t k = 0; k < 8; ++k) {
    ASSERT_EQ(rows[k], rows_before[k]);
    ASSERT_EQ(rows[8 + k], rows_before[16 + k]);
    ASSERT_EQ(rows[16 + k], rows_fresh[16 + k]);
  }
  EXPECT_EQ(values_of(second.discriminator(), "conv2.weight"),
            values_of(first.discriminator(), "conv2.weight"));
  EXPECT_EQ(other.begin_from(path, {"x", "y", "z"}, {"a", "b"}), 0U);
}

TEST(GanWeights, OtherNetworksAreRefusedByWhatToSay) {
  const dataset::TemporaryFolder folder;
  const auto path = folder.path() / "first.safetensors";
  save_first(tiny_networks(), path);
  GanOptions options = tiny_networks();
  options.latent = 5;
  const auto error = [&] {
    return error_of([&] { Gan(kTiny, 3, options).begin_from(path, {"x", "y", "z"}, {"x", "y", "z"}); });
  };
  EXPECT_NE(error().find("was trained with another latent than '5': say --latent \"4\""), std::string::npos)
      << error();
  options = tiny_networks();
  options.discriminator = "conv4x4(8,s2)-lrelu(0.2)-gap-fc";
  EXPECT_NE(error().find("another discriminator than 'conv4x4(8,s2)-lrelu(0.2)-gap-fc'"), std::string::npos);
  // A file that lies about its classes.
  options = tiny_networks();
  EXPECT_THROW(Gan(kTiny, 3, options).begin_from(path, {"x", "y", "z", "q"}, {"q", "y", "z"}), Error);
}

TEST(GanWeights, FrozenBlocksKeepTheirsAndOthersLearnAsBefore) {
  GanOptions options = tiny_networks();
  const Model drawn = Gan(kTiny, 2, options).discriminator();
  Gan free(kTiny, 2, options);
  take_steps(free, 1);
  options.freeze_discriminator = 2;
  Gan frozen(kTiny, 2, options);
  take_steps(frozen, 1);
  for (const Parameter& p : frozen.discriminator().parameters()) {
    if (p.name == "fc1.bias") continue;  // images are judged against each other: it has no gradient
    const bool keeps = p.name.starts_with("conv1") || p.name.starts_with("conv2");
    EXPECT_EQ(p.value == values_of(drawn, p.name), keeps) << p.name;
    // One step is by the same gradients.
    if (!keeps) { EXPECT_EQ(p.value, values_of(free.discriminator(), p.name)) << p.name; }
  }
  take_steps(frozen, 3);
  EXPECT_EQ(values_of(frozen.discriminator(), "conv2.weight"), values_of(drawn, "conv2.weight"));
  const dataset::TemporaryFolder folder;
  frozen.save(folder.path() / "g.safetensors", {});
  Gan again(kTiny, 2, options);
  again.resume(folder.path() / "g.safetensors");
  EXPECT_EQ(again.generate(std::vector{0, 1}, 1, 0), frozen.generate(std::vector{0, 1}, 1, 0));
  options.freeze_discriminator = 4;
  EXPECT_EQ(error_of([&] { Gan(kTiny, 2, options); }),
            "--freeze-d 4: the discriminator has 3 blocks before its last layer");
}

}  // namespace
}  // namespace doppel::nn
