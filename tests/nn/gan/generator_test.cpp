#include "doppel/nn/gan/generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "doppel/base/error.h"
#include "doppel/nn/gan/gan.h"

namespace doppel::nn {
namespace {

GanOptions options_of_two() {
  GanOptions options;
  options.generator = "fc(16)-tanh-picture4x4";
  options.discriminator = "fc(8)-lrelu(0.2)-fc";
  options.latent = 6;
  options.batch = 8;
  return options;
}

TEST(Generator, OfAFileMakesTheGansImages) {
  Gan gan({1, 4, 4}, 2, options_of_two());
  const auto path = std::filesystem::path(testing::TempDir()) / "generator_of_a_file.safetensors";
  gan.save(path, {});
  // As many at once: some processors' products of 5 rows round otherwise than those of 8.
  const GanOptions options = options_of_two();
  const auto alone =
      load_generator(path, {1, 4, 4}, 2, {.batch = options.batch, .shards = options.shards, .threads = 1});
  const std::vector<int> labels{0, 1, 1, 0, 1, 0, 0};
  EXPECT_EQ(alone->generate(labels, 3, 100), gan.generate(labels, 3, 100));
  EXPECT_EQ(alone->latent(), 6);
  EXPECT_THROW((void)alone->generate(std::vector{2}, 3, 0), Error);
  EXPECT_THROW((void)load_generator(path, {1, 5, 5}, 2), Error);
  EXPECT_THROW((void)load_generator(path, {1, 4, 4}, 3), Error);
  std::filesystem::remove(path);
}

TEST(Generator, TruncatedNumbersAreWithinTheBoundAndTheOthersStay) {
  Gan gan({1, 4, 4}, 2, options_of_two());
  const std::vector<int> labels(200, 1);
  const std::vector<float> all = gan.average().latents(labels, 1, 0),
                           some = gan.average().latents(labels, 1, 0, 0.7);
  double squares = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i % 8 >= 6) {
      EXPECT_EQ(some[i], i % 8 == 7 ? 1 : 0);
      continue;
    }
    EXPECT_LE(std::abs(some[i]), 0.7F);
    if (std::abs(all[i]) <= 0.7F) { EXPECT_EQ(some[i], all[i]); }
    squares += double(some[i]) * double(some[i]);
  }
  // The variance of a normal number within ±t: 1 - 2 t φ(t) / (2 Φ(t) - 1), here 0.1545.
  EXPECT_NEAR(squares / 1200, 0.1545, 0.015);
}

}  // namespace
}  // namespace doppel::nn
