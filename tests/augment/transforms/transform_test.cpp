#include "doppel/augment/transforms/transform.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/color/brightness.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/flip/vertical_flip.h"
#include "doppel/augment/transforms/geometry/rotate.h"
#include "doppel/augment/transforms/noise/gaussian_noise.h"
#include "doppel/augment/transforms/structure/maybe.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

/// What a transform makes of a sample of a class.
Drawn drawn_for_label(const Transform& transform, int label) {
  Sample sample = flat_sample(8, 8, 0.5);
  sample.label = label;
  sample.boxes = {{1, 1, 3, 3, 1, 1}};
  return Recipe{transform}.draft(sample, Stream{});
}

TEST(Transform, EditingOneLeavesTheOthersDrawsAlone) {
  const Recipe before{Rotate{.p = 1}, Brightness{.p = 1}, Rotate{.p = 1}, GaussianNoise{.p = 1}};
  const Recipe after{Rotate{.angle = {-90, 90}, .p = 1}, HorizontalFlip{.p = 1}, Brightness{.p = 1},
                     Rotate{.p = 1}, GaussianNoise{.p = 1}};
  const Sample sample = flat_sample(40, 50, 0.5);
  const Plan a = before.draw(sample, Stream{.seed = 5, .index = 7}),
             b = after.draw(sample, Stream{.seed = 5, .index = 7});
  EXPECT_NE(a.ops[0], b.ops[0]);
  EXPECT_EQ(a.ops[1], b.ops[2]);
  EXPECT_EQ(a.ops[2], b.ops[3]);
  EXPECT_EQ(a.ops[3], b.ops[4]);
}

TEST(Transform, ChanceIsOfACopyAndFromZeroToOne) {
  const Transform certain(HorizontalFlip{.p = 1}), sometimes = certain.with_chance(0.2);
  EXPECT_EQ(certain.chance(), 1);
  int flips = 0;
  for (std::uint64_t i = 0; i < 2000; ++i)
    flips += !Recipe{sometimes}.draw(flat_sample(2, 2, 0), {.index = i}).ops.empty();
  EXPECT_NEAR(flips, 400, 90);
  EXPECT_EQ(error_of([&] { certain.with_chance(1.5); }),
            "HorizontalFlip: p is 1.5, but a chance must be 0 to 1");
  // A struct without p of its own has one as a transform.
  struct Halve {
    void draw(Draft& draft, const Stream&) const {
      draft.append(op::Resize{{draft.size().height / 2, draft.size().width / 2}});
    }
  };
  EXPECT_EQ((Recipe{Halve{}}.draw(flat_sample(40, 50, 0), {}).size()), (Size{20, 25}));
  EXPECT_EQ((Recipe{Transform(Halve{}).with_chance(0)}.draw(flat_sample(40, 50, 0), {}).size()),
            (Size{40, 50}));
}

TEST(Transform, LabelRulesHoldByName) {
  Transform flip = Transform(HorizontalFlip{.p = 1})
                       .only_labels({"left", "right"})
                       .relabel({{"left", "right"}, {"right", "left"}}),
            other = Transform(VerticalFlip{.p = 1}).except_labels({"up", "missing?"});
  const std::vector<std::string> classes{"up", "left", "right"};
  flip.bind_labels(classes);
  other.bind_labels(classes);
  const Drawn left = drawn_for_label(flip, 1), up = drawn_for_label(flip, 0);
  EXPECT_EQ(left.label, 2);
  EXPECT_EQ(left.boxes[0].label, 2);
  EXPECT_EQ(left.plan.ops.size(), 1U);
  EXPECT_TRUE(left.spared.empty());
  EXPECT_EQ(up.spared, (std::vector<std::string_view>{"HorizontalFlip"}));
  EXPECT_EQ(up.label, 0);
  EXPECT_EQ(up.boxes[0].label, 1);
  EXPECT_TRUE(up.plan.ops.empty());
  EXPECT_EQ(drawn_for_label(other, 1).plan.ops.size(), 1U);
  EXPECT_TRUE(drawn_for_label(other, 0).plan.ops.empty());
}

TEST(Transform, LabelRulesHoldByNumberAtOnceAndInParts) {
  const Transform flip = Transform(HorizontalFlip{.p = 1}).only_labels({"1"}).relabel({{"1", "7"}});
  EXPECT_EQ(drawn_for_label(flip, 1).label, 7);
  EXPECT_TRUE(drawn_for_label(flip, 2).plan.ops.empty());
  Transform nested(Maybe{.what = {Transform(HorizontalFlip{.p = 1}).only_labels({"cat"})}, .p = 1});
  EXPECT_TRUE(drawn_for_label(nested, 1).plan.ops.empty());  // names wait for the classes
  nested.bind_labels(std::vector<std::string>{"dog", "cat"});
  EXPECT_EQ(drawn_for_label(nested, 1).plan.ops.size(), 1U);
}

TEST(Transform, AnUnknownClassIsNamedWithItsNeighbour) {
  const std::vector<std::string> classes{"up", "left", "right"};
  EXPECT_EQ(error_of([&] { Transform(HorizontalFlip{}).only_labels({"lefft"}).bind_labels(classes); }),
            "HorizontalFlip: there is no class 'lefft' among 3; did you mean 'left'?");
  // A number must be one of a class.
  EXPECT_NE(error_of([&] {
              Transform(HorizontalFlip{}).except_labels({"3"}).bind_labels(classes);
            }).find("there is no class '3' among 3"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::augment
