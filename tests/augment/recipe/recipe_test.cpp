#include "doppel/augment/recipe/recipe.h"

#include <gtest/gtest.h>

#include <cmath>

#include "augment/test_images.h"
#include "doppel/augment/transforms/blur/gaussian_blur.h"
#include "doppel/augment/transforms/blur/motion_blur.h"
#include "doppel/augment/transforms/color/brightness.h"
#include "doppel/augment/transforms/color/color_jitter.h"
#include "doppel/augment/transforms/color/color_shift.h"
#include "doppel/augment/transforms/color/contrast.h"
#include "doppel/augment/transforms/color/normalize.h"
#include "doppel/augment/transforms/color/saturation.h"
#include "doppel/augment/transforms/crop/random_resized_crop.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/geometry/affine.h"
#include "doppel/augment/transforms/geometry/perspective.h"
#include "doppel/augment/transforms/geometry/rotate.h"
#include "doppel/augment/transforms/noise/gaussian_noise.h"
#include "doppel/augment/transforms/noise/salt_pepper.h"
#include "doppel/augment/transforms/noise/speckle_noise.h"
#include "doppel/augment/transforms/structure/one_of.h"
#include "doppel/augment/transforms/weather/fog.h"
#include "doppel/augment/transforms/weather/rain.h"
#include "doppel/augment/transforms/weather/snow.h"
#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

Sample sample_of(int h = 40, int w = 50, int label = 1) {
  Sample s;
  s.image = wavy(h, w, 3);
  s.label = label;
  return s;
}

TEST(Recipe, TheDesignsExampleDrawsAndRenders) {
  const Recipe recipe{RandomResizedCrop{.size = {22, 24}}, HorizontalFlip{},
                      OneOf{Rain{}, Snow{}, Fog{}}.with_chance(0.2),
                      ColorJitter{.brightness = {0.6, 1.4}, .contrast = {0.6, 1.4}}};
  const Sample sample = sample_of();
  const Plan plan = recipe.draw(sample, Stream{.seed = 1, .epoch = 0, .index = 42});
  EXPECT_EQ(plan.size(), (Size{22, 24}));
  EXPECT_EQ(plan, recipe.draw(sample, Stream{.seed = 1, .epoch = 0, .index = 42}));
}

TEST(Recipe, ARangeUpsideDownIsRefusedInCppToo) {
  EXPECT_THROW(Recipe{Rotate({.angle = {30, -30}})}, UsageError);
  EXPECT_THROW(Transform(GaussianNoise{.std = {-0.1, 0.1}}), UsageError);
  EXPECT_THROW((Transform(HorizontalFlip{.p = std::nan("")})), UsageError);
}

TEST(Recipe, NormalizeMustBeLast) {
  EXPECT_THROW((Recipe{Normalize{}, Brightness{.p = 1}}.draw(sample_of(), Stream{})), UsageError);
}

TEST(Recipe, MagnitudeZeroIsTheIdentity) {
  const Recipe recipe{Rotate{.angle = {0, 0}, .p = 1},
                      Affine{.scale = {1, 1},
                             .translate = {0, 0},
                             .angle = {0, 0},
                             .shear_x = {0, 0},
                             .shear_y = {0, 0},
                             .p = 1},
                      Perspective{.distortion = {0, 0}, .p = 1},
                      ColorShift{.r = {0, 0}, .g = {0, 0}, .b = {0, 0}, .p = 1},
                      Brightness{.factor = {1, 1}, .p = 1},
                      Contrast{.factor = {1, 1}, .p = 1},
                      Saturation{.factor = {1, 1}, .p = 1},
                      GaussianNoise{.std = {0, 0}, .p = 1},
                      SpeckleNoise{.std = {0, 0}, .p = 1},
                      SaltPepper{.amount = {0, 0}, .p = 1},
                      GaussianBlur{.sigma = {0, 0}, .p = 1},
                      MotionBlur{.length = {0, 0}, .p = 1},
                      Rain{.amount = {0, 0}, .p = 1},
                      Snow{.amount = {0, 0}, .p = 1},
                      Fog{.density = {0, 0}, .p = 1}};
  const Sample sample = sample_of(33, 47);
  EXPECT_EQ(largest_difference(recipe.apply(sample, Stream{}).image, sample.image), 0);
}

TEST(Recipe, WhatIsAppliedKeepsNumbersWeightAndFields) {
  Sample sample = sample_of(8, 8);
  sample.numbers = {1.5, -2};
  sample.weight = 0.25;
  sample.fields = {{"site", std::string("north")}};
  const Sample out = Recipe{HorizontalFlip{.p = 1}}.apply(sample, Stream{});
  EXPECT_EQ(out.numbers, sample.numbers);
  EXPECT_EQ(out.weight, sample.weight);
  EXPECT_EQ(out.fields, sample.fields);
}

}  // namespace
}  // namespace doppel::augment
