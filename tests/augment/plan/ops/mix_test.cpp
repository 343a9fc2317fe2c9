#include "doppel/augment/plan/ops/mix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "augment/plan/ops/op_from.h"

namespace doppel::augment {
namespace {

TEST(MixFields, PlansWithinThemReadBack) {
  const Plan inner{{4, 4}, {op::Flip{}, op::Gamma{2}}};
  const op::Blend blend{
      {inner, {{4, 4}, {}}}, {0.5, -0.5}, 0.25, op::Blend::Mask::Boxes, 0.5, 30, {1, 2, 3, 4}, 7};
  const op::Join join{op::Join::Mode::Cut, 2, {inner}, 0.5, -3, 4, 1.5, {5, 6}, {7, 8}, 9};
  op::Blend outer;
  outer.branches = {{{4, 4}, {blend}}};
  outer.weights = {1};
  for (const Op& op : std::vector<Op>{blend, join, outer}) EXPECT_TRUE(reads_back(op)) << name_of(op);
  EXPECT_EQ(
      op_from("Join: {mode: cut, partner: 2, plan: [{source: [4, 4], ops: [Flip: {}, Gamma: {gamma: 2}]}], "
              "share: 0.5, x: -3, y: 4, feather: 1.5, values: [5, 6], names: [7, 8], sample: 9}"),
      Op(join));
  EXPECT_EQ(op_from("Blend: {branches: [{source: [4, 4], ops: [Flip: {}, Gamma: {gamma: 2}]}, {source: [4, "
                    "4], ops: []}], "
                    "weights: [0.5, -0.5], share: 0.25, mask: boxes, scale: 0.5, angle: 30, boxes: [1, 2, 3, "
                    "4], seed: 7}"),
            Op(blend));
}

TEST(MixFields, EveryFieldCountsInAComparison) {
  const auto differs = []<class T>(const T& plain, auto&& change) {
    T other = plain;
    change(other);
    return other != plain && other == T(other);
  };
  const op::Blend blend;
  EXPECT_TRUE(differs(blend, [](op::Blend& o) { o.branches.emplace_back(); }));
  EXPECT_TRUE(differs(blend, [](op::Blend& o) { o.weights = {1}; }));
  EXPECT_TRUE(differs(blend, [](op::Blend& o) { o.share = 0.5; }));
  EXPECT_TRUE(differs(blend, [](op::Blend& o) { o.mask = op::Blend::Mask::Noise; }));
  EXPECT_TRUE(differs(blend, [](op::Blend& o) { o.scale = 1; }));
  EXPECT_TRUE(differs(blend, [](op::Blend& o) { o.angle = 1; }));
  EXPECT_TRUE(differs(blend, [](op::Blend& o) { o.boxes = {1}; }));
  EXPECT_TRUE(differs(blend, [](op::Blend& o) { o.seed = 1; }));
  const op::Join join;
  EXPECT_TRUE(differs(join, [](op::Join& o) { o.mode = op::Join::Mode::Paste; }));
  EXPECT_TRUE(differs(join, [](op::Join& o) { o.partner = 1; }));
  EXPECT_TRUE(differs(join, [](op::Join& o) { o.plan.emplace_back(); }));
  EXPECT_TRUE(differs(join, [](op::Join& o) { o.share = 1; }));
  EXPECT_TRUE(differs(join, [](op::Join& o) { o.x = 1; }));
  EXPECT_TRUE(differs(join, [](op::Join& o) { o.y = 1; }));
  EXPECT_TRUE(differs(join, [](op::Join& o) { o.feather = 1; }));
  EXPECT_TRUE(differs(join, [](op::Join& o) { o.values = {1}; }));
  EXPECT_TRUE(differs(join, [](op::Join& o) { o.names = {1}; }));
  EXPECT_TRUE(differs(join, [](op::Join& o) { o.sample = 1; }));
}

TEST(MixFields, ListsGoTogether) {
  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"Blend: {weights: [1]}", "Blend: there must be as many weights as branches"},
           {"Blend: {boxes: [1, 2, 3]}", "Blend: boxes need four numbers each"},
           {"Blend: {branches: 3}", "p:3: Blend: branches needs a list of plans"},
           {"Blend: {mask: circle}",
            "p:3: Blend: mask is 'circle', but must be one of all, noise, gradient, checker, boxes"},
           {"Join: {mode: add}", "p:3: Join: mode is 'add', but must be one of average, paste, cut"},
           {"Join: {values: [1, 2], names: [3]}",
            "Join: 1 names for 2 values; there must be as many, or no names"},
           {"Join: {plan: [{source: [4, 4], ops: []}, {source: [4, 4], ops: []}]}",
            "Join: 2 plans; a partner has one"},
           {"Join: {share: 2}", "p:3: Join: share is 2, but must be 0 to 1"}})
    EXPECT_THAT(error_of_op(text), testing::HasSubstr(error)) << text;
}

}  // namespace
}  // namespace doppel::augment
