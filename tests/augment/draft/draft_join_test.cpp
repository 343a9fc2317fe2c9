#include <gtest/gtest.h>

#include <set>

#include "doppel/augment/draft/draft.h"

namespace doppel::augment {
namespace {

/// An image of class `label` with one box of its middle, and a keypoint there, of an instance.
Sample joinable(Size size, int label, int instance) {
  Sample sample;
  sample.image = cv::Mat(size.height, size.width, CV_8UC1, cv::Scalar(0));
  sample.label = label;
  const double h = size.height, w = size.width;
  sample.boxes = {{w / 4, h / 4, w * 3 / 4, h * 3 / 4, label, 1, instance}};
  sample.keypoints = {{w / 2, h / 2, 0, 1, label, 1, instance}};
  return sample;
}

/// Joins the partners in turn to `ours`.
Drawn joined_with(const Sample& ours, const std::vector<Sample>& partners, const op::Join& how,
                  double share) {
  Draft draft(ours, [&](std::uint64_t bits) { return PartnerPick{partners[bits], {}}; });
  for (std::size_t i = 0; i < partners.size(); ++i) draft.join(how, draft.partner(i), share);
  return std::move(draft).finish();
}

TEST(Join, SharesOfLabelsSumToOne) {
  const Sample ours = joinable({40, 40}, 0, -1), other = joinable({40, 40}, 1, -1);
  op::Join average;
  average.share = 0.25;
  const Drawn once = joined_with(ours, {other}, average, 0.25);
  EXPECT_EQ(once.label_shares, (std::vector<LabelShare>{{0, 0.75}, {1, 0.25}}));
  EXPECT_EQ(once.label, 0);
  EXPECT_EQ(joined_with(ours, {other}, average, 0.75).label, 1);  // the larger share
  const Drawn same = joined_with(ours, {ours}, average, 0.25);
  EXPECT_EQ(same.label_shares, (std::vector<LabelShare>{{0, 1}}));
  // Half of what was there before each time.
  const Drawn twice = joined_with(ours, {other, joinable({40, 40}, 2, -1)}, average, 0.5);
  EXPECT_EQ(twice.label_shares, (std::vector<LabelShare>{{0, 0.25}, {1, 0.25}, {2, 0.5}}));
  EXPECT_TRUE(joined_with(ours, {other}, average, 0).label_shares.empty());
}

TEST(Join, LabelsThatDontExcludeEachOtherAreEachMixed) {
  Sample ours = joinable({40, 40}, 0, -1), none = joinable({40, 40}, -1, -1);
  ours.label_shares = {{0, 1}, {1, 1}};
  none.label_shares = {{0, 0}};
  op::Join average;
  average.share = 0.25;
  const Drawn both = joined_with(ours, {joinable({40, 40}, 1, -1)}, average, 0.25);
  EXPECT_EQ(both.label_shares, (std::vector<LabelShare>{{0, 0.75}, {1, 1}}));
  EXPECT_EQ(joined_with(ours, {none}, average, 0.25).label_shares,
            (std::vector<LabelShare>{{0, 0.75}, {1, 0.75}}));
  const Drawn nothing = joined_with(none, {none}, average, 0.25);
  EXPECT_EQ(nothing.label_shares, (std::vector<LabelShare>{{0, 0}}));
  EXPECT_EQ(nothing.label, -1);
}

TEST(Join, WhatIsPastedCoversAndBringsItsTargets) {
  const Sample ours = joinable({40, 40}, 0, -1), other = joinable({20, 20}, 1, -1);
  op::Join paste;
  paste.mode = op::Join::Mode::Paste;
  paste.x = 15;
  paste.y = 5;
  const Drawn out = joined_with(ours, {other}, paste, 0.25);
  ASSERT_EQ(out.boxes.size(), 2U);
  // Ours, 20 by 20 from (10, 10), lies under theirs from (15, 10) to (30, 25).
  EXPECT_NEAR(out.boxes[0].visibility, 1 - 15.0 * 15 / 400, 0.02);
  EXPECT_EQ(out.keypoints.at(0).visibility, 0);
  EXPECT_EQ(out.boxes[1], (Box{20, 10, 30, 20, 1, 1}));
  EXPECT_EQ(out.keypoints.at(1).x, 25);
  EXPECT_EQ(out.keypoints.at(1).visibility, 1);
  // The plan names its partner by number, and holds what is done to it.
  const auto& op = std::get<op::Join>(out.plan.ops.at(0));
  EXPECT_EQ(op.partner, 0);
  EXPECT_EQ(op.plan.at(0).source, (Size{20, 20}));
  ASSERT_EQ(out.partners.size(), 1U);
  EXPECT_EQ(size_of(out.partners[0].image), (Size{20, 20}));
}

TEST(Join, InstancesGetNumbersThatNoneOfOursHas) {
  Sample ours = joinable({40, 40}, 0, 1), other = joinable({40, 40}, 1, 1);
  other.boxes.push_back({1, 1, 5, 5, 1, 1, 2});
  ours.boxes.push_back({30, 30, 39, 39, 0, 1, 3});
  const Drawn out = joined_with(ours, {other, other}, op::Join{}, 0.5);
  ASSERT_EQ(out.boxes.size(), 6U);
  std::set<int> numbers;
  for (const Box& box : out.boxes) EXPECT_TRUE(numbers.insert(box.instance).second) << box.instance;
  // Box and keypoint stay bound to each other, and the plan says what was renamed.
  EXPECT_EQ(out.boxes[2].instance, out.keypoints.at(1).instance);
  EXPECT_EQ(out.boxes[4].instance, out.keypoints.at(2).instance);
  const auto& op = std::get<op::Join>(out.plan.ops.at(0));
  EXPECT_EQ(op.values, (std::vector<double>{1, 2}));
  EXPECT_EQ(op.names, (std::vector<double>{double(out.boxes[2].instance), double(out.boxes[3].instance)}));
}

TEST(Join, OnlyWhatIsCutOutComesAlong) {
  Sample ours = joinable({40, 40}, 0, -1), other = joinable({40, 40}, 1, 5);
  other.boxes.push_back({0, 0, 8, 8, 1, 1, 6});
  other.keypoints.push_back({4, 4, 0, 1, 1, 1, 6});
  other.masks = {cv::Mat(40, 40, CV_8U, cv::Scalar(0))};
  other.masks[0](cv::Rect(10, 10, 20, 20)).setTo(5);
  other.masks[0](cv::Rect(0, 0, 8, 8)).setTo(6);
  other.instance_mask = 0;
  ours.masks = {cv::Mat(40, 40, CV_8U, cv::Scalar(0))};
  ours.instance_mask = 0;
  EXPECT_EQ(Draft(other).pastable_instances(), (std::vector<int>{5, 6}));
  op::Join cut;
  cut.mode = op::Join::Mode::Cut;
  cut.values = {6};
  const Drawn out = joined_with(ours, {other}, cut, 0);
  ASSERT_EQ(out.boxes.size(), 2U);
  EXPECT_NEAR(out.boxes[0].visibility, 1, 1e-12);  // ours isn't under it
  EXPECT_EQ(out.boxes[1], (Box{0, 0, 8, 8, 1, 1, 6}));
  ASSERT_EQ(out.keypoints.size(), 2U);
  EXPECT_EQ(out.keypoints[1].instance, 6);
  cut.values = {5};
  const Drawn under = joined_with(ours, {other}, cut, 0);
  ASSERT_EQ(under.boxes.size(), 1U);  // ours is all under it
  EXPECT_EQ(under.boxes[0].instance, 5);
}

TEST(Join, PartnersAreDrawnByWhatCameBefore) {
  const Sample ours = joinable({40, 40}, 0, -1);
  Draft draft(ours, [&](std::uint64_t) { return PartnerPick{ours, {.seed = 77}}; });
  EXPECT_TRUE(draft.can_mix());
  draft.set_before([](Draft& before, const Stream& stream) {
    EXPECT_EQ(stream.seed, 77U);
    EXPECT_FALSE(before.can_mix());  // partners aren't mixed again
    before.append(op::Crop{0, 0, {20, 10}});
  });
  EXPECT_EQ(draft.partner(3).size(), (Size{20, 10}));
  EXPECT_FALSE(Draft(ours).can_mix());
}

}  // namespace
}  // namespace doppel::augment
