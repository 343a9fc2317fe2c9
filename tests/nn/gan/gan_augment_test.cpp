#include "gan/gan_augment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "doppel/nn/gan/gan.h"
#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

std::vector<float> augment_noise(std::size_t n, std::uint64_t seed) {
  std::vector<float> v(n);
  const Stream s{.seed = seed};
  for (std::size_t i = 0; i < n; ++i) v[i] = static_cast<float>(s.split("at", i).normal("v"));
  return v;
}

TEST(GanAugment, CarriesGradientsBack) {
  const Shape image{1, 12, 12};
  Model model(build_graph(parse_network("conv3x3(4)-gap-fc(2)"), image), 1);
  Executor threads(model, {.batch = 4});
  GanAugment augment(gan_recipe(500), image, 5);
  auto x = augment_noise(3 * 144, 1);
  for (float& v : x) v *= 0.3F;
  const auto y = augment.apply(x, 40, 1, threads), dy = augment_noise(3 * 144, 2);
  EXPECT_NE(x, y);
  // <A·x + b, dy> moves by <h, Aᵀ·dy> where x moves by h.
  const auto h = augment_noise(3 * 144, 3);
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

TEST(GanAugment, DrawsByAnImagesNumberAndFlipsBack) {
  const Shape image{3, 2, 4};
  Model model(build_graph(parse_network("gap-fc(2)"), image), 1);
  Executor threads(model, {.batch = 4});
  GanAugment flips(augment::Recipe::from_yaml("- HorizontalFlip: {p: 1}"), image, 5);
  auto x = augment_noise(40 * 24, 1);
  for (float& v : x) v *= 0.3F;
  const auto all = flips.apply(x, 100, 0.5, threads);
  int changed = 0;
  for (std::size_t r = 0; r < 40; ++r) {
    const bool moved = std::abs(all[r * 24] - x[r * 24]) > 1e-6F;
    changed += moved;
    for (std::size_t i = 0; i < 24; ++i)
      ASSERT_NEAR(all[r * 24 + i], x[r * 24 + (moved ? i / 4 * 4 + 3 - i % 4 : i)], 1e-6) << r;
  }
  EXPECT_GT(changed, 10);
  EXPECT_LT(changed, 30);
  // The second half alone is as it was among all, and its gradients go back as its images came.
  const auto half = flips.apply(std::span(x).subspan(20 * 24), 120, 0.5, threads);
  EXPECT_TRUE(std::equal(half.begin(), half.end(), all.begin() + 20 * 24));
  std::vector<float> gradient(half.begin() + 10 * 24, half.end());
  flips.back(gradient, 10, threads);
  for (std::size_t i = 0; i < gradient.size(); ++i) ASSERT_NEAR(gradient[i], x[30 * 24 + i], 1e-6) << i;
}

}  // namespace
}  // namespace doppel::nn
