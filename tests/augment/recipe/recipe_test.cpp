#include "doppel/augment/recipe/recipe.h"

#include <gtest/gtest.h>

#include <cmath>

#include "augment/test_images.h"
#include "doppel/augment/recipe/catalogue.h"
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
#include "doppel/augment/transforms/flip/vertical_flip.h"
#include "doppel/augment/transforms/geometry/affine.h"
#include "doppel/augment/transforms/geometry/perspective.h"
#include "doppel/augment/transforms/geometry/rotate.h"
#include "doppel/augment/transforms/noise/gaussian_noise.h"
#include "doppel/augment/transforms/noise/salt_pepper.h"
#include "doppel/augment/transforms/noise/speckle_noise.h"
#include "doppel/augment/transforms/structure/one_of.h"
#include "doppel/augment/transforms/structure/some_of.h"
#include "doppel/augment/transforms/weather/fog.h"
#include "doppel/augment/transforms/weather/rain.h"
#include "doppel/augment/transforms/weather/snow.h"
#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

std::string error_of_recipe(const std::string& yaml) {
  return error_of([&] { Recipe::from_yaml(yaml, "r.yaml"); });
}

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

TEST(Recipe, EveryTransformRoundTripsThroughYaml) {
  std::vector<Transform> all;
  for (const auto& entry : catalogue()) all.push_back(entry.make());
  all.push_back(Transform(Rotate{.angle = {-7.25, 1.0 / 3}, .fill = {Fill::Kind::Reflect, {}}})
                    .except_labels({"6", "9"})
                    .relabel({{"a", "b"}}));
  const Recipe recipe(all, {.min_area = 3, .min_visibility = 0.25, .keypoints = TargetRules::Outside::Drop});
  const std::string text = recipe.yaml();
  const Recipe again = Recipe::from_yaml(text);
  EXPECT_EQ(again.yaml(), text);
  EXPECT_EQ(again.rules().min_visibility, 0.25);
  EXPECT_EQ(again.transforms().back().rules(), all.back().rules());
}

TEST(Recipe, AMisspeltFieldNamesFileLineAndTheRightWord) {
  const std::string error = error_of_recipe("- HorizontalFlip\n- Rotate:\n    angel: [-10, 10]\n");
  EXPECT_EQ(error, "r.yaml:3: Rotate has no field 'angel'; did you mean 'angle'?");
}

TEST(Recipe, OtherMistakesSayWhatIsRight) {
  EXPECT_EQ(error_of_recipe("- HorizontlFlip"),
            "r.yaml:1: there is no transform 'HorizontlFlip'; did you mean 'HorizontalFlip'?");
  EXPECT_NE(error_of_recipe("- Rotate: {angle: [30, -30]}").find("upside down; write [-30, 30]"),
            std::string::npos);
  EXPECT_NE(error_of_recipe("- Rotate: {angle: ten}").find("needs a range as [low, high]"),
            std::string::npos);
  EXPECT_NE(error_of_recipe("- Rotate: {p: 1.5}").find("p is 1.5, but must be 0 to 1"), std::string::npos);
  EXPECT_NE(error_of_recipe("- Rotate: {filter: cubic}").find("must be one of nearest, bilinear"),
            std::string::npos);
  EXPECT_NE(error_of_recipe("- [").find("not valid YAML"), std::string::npos);
  EXPECT_NE(error_of_recipe("Rotate: {}").find("a recipe is a list"), std::string::npos);
  EXPECT_NE(error_of_recipe("- OneOf: {of: []}").find("names no transform"), std::string::npos);
  EXPECT_NE(error_of_recipe("- OneOf: {of: [Rain, Snow], weights: [1]}").find("as many weights"),
            std::string::npos);
  EXPECT_THROW(Recipe::load("digts"), UsageError);
}

TEST(Recipe, ARangeUpsideDownIsRefusedInCppToo) {
  EXPECT_THROW(Recipe{Rotate({.angle = {30, -30}})}, UsageError);
  EXPECT_THROW(Transform(GaussianNoise{.std = {-0.1, 0.1}}), UsageError);
  EXPECT_THROW((Transform(HorizontalFlip{.p = std::nan("")})), UsageError);
}

TEST(Recipe, PresetsLoad) {
  for (const std::string& name : Recipe::presets()) EXPECT_NO_THROW(Recipe::load(name)) << name;
}

TEST(Recipe, NamedAmountsAreUnderstood) {
  const Recipe recipe = Recipe::from_yaml("- Rain: {p: 1, amount: heavy}");
  const Plan plan = recipe.draw(sample_of(), Stream{});
  EXPECT_EQ(std::get<op::Rain>(plan.ops.at(0)).amount, 0.6);
}

TEST(Recipe, EditingOneTransformLeavesTheOthersDrawsAlone) {
  const Recipe before{Rotate{.p = 1}, Brightness{.p = 1}, Rotate{.p = 1}, GaussianNoise{.p = 1}};
  const Recipe after{Rotate{.angle = {-90, 90}, .p = 1}, HorizontalFlip{.p = 1}, Brightness{.p = 1},
                     Rotate{.p = 1}, GaussianNoise{.p = 1}};
  const Sample sample = sample_of();
  const Plan a = before.draw(sample, Stream{.seed = 5, .index = 7}),
             b = after.draw(sample, Stream{.seed = 5, .index = 7});
  EXPECT_NE(a.ops[0], b.ops[0]);
  EXPECT_EQ(a.ops[1], b.ops[2]);
  EXPECT_EQ(a.ops[2], b.ops[3]);
  EXPECT_EQ(a.ops[3], b.ops[4]);
}

TEST(Recipe, LabelRulesHold) {
  Recipe recipe{Transform(HorizontalFlip{.p = 1})
                    .only_labels({"left", "right"})
                    .relabel({{"left", "right"}, {"right", "left"}}),
                Transform(VerticalFlip{.p = 1}).except_labels({"up"})};
  const std::vector<std::string> classes{"up", "left", "right"};
  recipe.bind_labels(classes);
  const auto left = recipe.draft(sample_of(8, 8, 1), Stream{});
  EXPECT_EQ(left.label, 2);
  EXPECT_EQ(left.plan.ops.size(), 2U);
  const auto up = recipe.draft(sample_of(8, 8, 0), Stream{});
  EXPECT_EQ(up.label, 0);
  EXPECT_TRUE(up.plan.ops.empty());
  Recipe wrong{Transform(HorizontalFlip{}).only_labels({"lefft"})};
  EXPECT_THROW(wrong.bind_labels(classes), UsageError);
}

TEST(Recipe, OneOfKeepsItsWeightsAndSomeOfItsCount) {
  OneOf one{HorizontalFlip{.p = 1}, VerticalFlip{.p = 1}};
  one.weights = {3, 1};
  one.p = 1;
  const Recipe some{
      SomeOf{.of = {HorizontalFlip{.p = 1}, VerticalFlip{.p = 1}, Brightness{.p = 1}}, .n = {2, 2}}};
  const Recipe recipe{one};
  int horizontal = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Plan plan = recipe.draw(sample_of(4, 4), Stream{.index = i});
    ASSERT_EQ(plan.ops.size(), 1U);
    horizontal += std::get<op::Flip>(plan.ops[0]).axis == op::Flip::Axis::Horizontal;
    ASSERT_EQ(some.draw(sample_of(4, 4), Stream{.index = i}).ops.size(), 2U);
  }
  EXPECT_NEAR(horizontal, 1500, 90);
}

TEST(Recipe, AUsersOwnStructIsATransform) {
  struct Halve {
    void draw(Draft& draft, const Stream&) const {
      draft.append(op::Resize{{draft.size().height / 2, draft.size().width / 2}});
    }
  };
  EXPECT_EQ((Recipe{Halve{}}.draw(sample_of(40, 50), Stream{}).size()), (Size{20, 25}));
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

}  // namespace
}  // namespace doppel::augment
