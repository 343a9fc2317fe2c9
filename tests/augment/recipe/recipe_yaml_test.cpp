// Recipes from and to YAML.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/temporary_folder.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(RecipeYaml, RulesReadBackWithTheTransforms) {
  const Recipe recipe({HorizontalFlip{.p = 0.25}}, {.min_area = 3,
                                                    .min_visibility = 0.25,
                                                    .keypoints = TargetRules::Outside::Drop,
                                                    .mirror_pairs = {{0, 1}, {4, 5}}});
  const Recipe again = Recipe::from_yaml(recipe.yaml());
  EXPECT_EQ(again.rules(), recipe.rules());
  ASSERT_EQ(again.transforms().size(), 1U);
  EXPECT_EQ(again.transforms()[0].chance(), 0.25);
  EXPECT_EQ(again.yaml(), recipe.yaml());
  EXPECT_THAT(recipe.yaml(), testing::HasSubstr("format: 1\n"));
  // By hand: in any order, and only what differs.
  const Recipe by_hand = Recipe::from_yaml("transforms: [HorizontalFlip]\nmirror_pairs: [[0, 1]]\n");
  EXPECT_EQ(by_hand.rules(), (TargetRules{.mirror_pairs = {{0, 1}}}));
  EXPECT_EQ(by_hand.transforms()[0].chance(), 0.5);
}

TEST(RecipeYaml, AListAloneIsARecipe) {
  EXPECT_EQ(Recipe::from_yaml("- HorizontalFlip\n- Rotate: {angle: 5}\n").transforms().size(), 2U);
  for (const char* none : {"", "[]", "# nothing\n", "transforms: []"})
    EXPECT_TRUE(Recipe::from_yaml(none).transforms().empty()) << none;
  EXPECT_TRUE(Recipe::from_yaml(Recipe{}.yaml()).transforms().empty());
}

TEST(RecipeYaml, WhatIsWrongIsNamedWithItsLine) {
  const auto problem = [](const std::string& text) {
    return error_of([&] { Recipe::from_yaml(text, "r.yaml"); });
  };
  EXPECT_EQ(problem("Rotate: {}"),
            "r.yaml:1: a recipe is a list of transforms, one '- Name' or '- Name: {field: value}' per line");
  EXPECT_EQ(problem("transforms: []\nmin_are: 3"),
            "r.yaml:2: the recipe has no field 'min_are'; did you mean 'min_area'?");
  EXPECT_EQ(problem("min_visibility: 2\ntransforms: []"),
            "r.yaml:1: the recipe: min_visibility is 2, but must be 0 to 1");
  EXPECT_EQ(problem("format: 2\ntransforms: []"),
            "r.yaml:1: has format 2, which a later doppel made; this one reads up to 1");
  EXPECT_EQ(problem("format: new\ntransforms: []"), "r.yaml:1: 'new' is no number of a format");
  for (const char* pairs : {"[[0, left]]", "[[0]]", "[[0, 1, 2]]", "[[-1, 2]]", "[3]"})
    EXPECT_EQ(problem(std::string("transforms: []\nmirror_pairs: ") + pairs),
              "r.yaml:2: mirror_pairs needs pairs of keypoint labels, [[left, right], …], as numbers");
  EXPECT_EQ(problem("transforms: []\nmirror_pairs: 3"),
            "r.yaml:2: mirror_pairs needs a list, [[left, right], …]");
  EXPECT_EQ(problem("- Normalize\n- Rotate"),
            "r.yaml:2: Rotate follows Normalize; Normalize must be the last transform");
  EXPECT_THAT(problem("- ["), testing::HasSubstr("r.yaml:1: not valid YAML"));
}

TEST(RecipeYaml, IsLoadedByPathOrName) {
  EXPECT_GE(Recipe::presets().size(), 8U);
  for (const std::string& name : Recipe::presets()) EXPECT_NO_THROW(Recipe::load(name)) << name;
  EXPECT_TRUE(Recipe::load("none").transforms().empty());
  // Digits mustn't be mirrored, nor turned far.
  const Recipe digits = Recipe::load("digits");
  for (const Transform& transform : digits.transforms()) EXPECT_EQ(transform.name(), "Affine");

  const dataset::TemporaryFolder folder;
  const std::string path = folder.path() / "mine.yaml";
  write_file(path, std::string_view("- VerticalFlip\n- Rotat\n"));
  EXPECT_EQ(error_of([&] { Recipe::load(path); }),
            path + ":2: there is no transform 'Rotat'; did you mean 'Rotate'?");
  write_file(path, std::string_view("- VerticalFlip\n"));
  EXPECT_EQ(Recipe::load(path).transforms().at(0).name(), "VerticalFlip");
  EXPECT_THAT(error_of([] { Recipe::load("digts"); }), testing::EndsWith("; did you mean 'digits'?"));
  EXPECT_THROW(Recipe::load(folder.path()), UsageError);
}

}  // namespace
}  // namespace doppel::augment
