#include "doppel/augment/draft/draft.h"

#include <gtest/gtest.h>

#include <cmath>

#include "augment/test_images.h"
#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

/// An image with one box, and a keypoint in its middle that points 30 degrees up.
Sample boxed(Size size, const Box& box) {
  Sample sample;
  sample.image = cv::Mat(size.height, size.width, CV_8UC1, cv::Scalar(0));
  sample.boxes = {box};
  sample.keypoints = {{(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2, 30, 2, 0, 1}};
  return sample;
}

/// What becomes of targets under some ops.
Drawn drawn_after(const Sample& sample, const std::vector<Op>& ops, const TargetRules& rules = {}) {
  Draft draft(sample);
  for (const Op& op : ops) draft.append(op);
  return std::move(draft).finish(rules);
}

Op turned_by(double degrees, Size size) {
  return op::Warp{translation(size.width / 2.0, size.height / 2.0) * rotation(degrees) *
                      translation(-size.width / 2.0, -size.height / 2.0),
                  size,
                  {}};
}

TEST(Draft, TargetsMoveExactlyWithTheirOps) {
  const Sample s = boxed({120, 150}, {40, 40, 60, 60, 3, 1});
  const Drawn flipped = drawn_after(s, {op::Flip{}});
  EXPECT_EQ(flipped.boxes.at(0), (Box{90, 40, 110, 60, 3, 1}));
  EXPECT_NEAR(flipped.keypoints.at(0).x, 100, 1e-12);
  EXPECT_NEAR(flipped.keypoints.at(0).angle, 150, 1e-9);
  const Drawn turned = drawn_after(s, {turned_by(90, {120, 150})});
  EXPECT_NEAR(turned.keypoints.at(0).angle, 120, 1e-9);
  EXPECT_NEAR(turned.boxes.at(0).x0, 55, 1e-9);  // 20 above the centre: 20 to its left
  EXPECT_NEAR(turned.boxes.at(0).y0, 75, 1e-9);  // 35 to its left: 35 below
  const Drawn scaled = drawn_after(s, {op::Resize{{240, 600}}});
  EXPECT_NEAR(scaled.keypoints.at(0).scale, 2 * std::sqrt(8), 1e-9);  // the area grew eightfold
  EXPECT_EQ(scaled.boxes.at(0), (Box{160, 80, 240, 120, 3, 1}));
  // A box under a bend is the hull of its bent edges.
  const Drawn bent = drawn_after(s, {op::Bulge{50, 50, 40, 0.5, {}}});
  EXPECT_LT(bent.boxes.at(0).x0, 38);
  EXPECT_NEAR(bent.boxes.at(0).x0 + bent.boxes.at(0).x1, 100, 0.01);
  EXPECT_NEAR(bent.keypoints.at(0).x, 50, 1e-4);
}

TEST(Draft, VisibilityIsCumulativeThroughCropsAndCovers) {
  const Sample s = boxed({100, 100}, {0, 0, 100, 100, 3, 1});
  const Op noise = op::Noise{};
  // Each keeps 60 % of the one before: 21.6 %, dropped at a least of one half.
  const std::vector<Op> thrice{op::Crop{0, 0, {100, 60}}, noise, op::Crop{0, 0, {100, 36}}, noise,
                               op::Crop{0, 0, {100, 21}}, noise};
  EXPECT_NEAR(drawn_after(s, thrice).boxes.at(0).visibility, 0.21, 1e-12);
  EXPECT_TRUE(drawn_after(s, thrice, {.min_visibility = 0.5}).boxes.empty());
  EXPECT_TRUE(drawn_after(s, thrice, {.min_area = 2101}).boxes.empty());
  EXPECT_EQ(drawn_after(s, thrice, {.min_area = 2099}).boxes.size(), 1U);
  const Drawn covered = drawn_after(s, {op::Cover{{0, 0, 100, 75}, CoverFill::Color, {}, 0}});
  EXPECT_NEAR(covered.boxes.at(0).visibility, 0.25, 0.01);
  EXPECT_EQ(covered.keypoints.at(0).visibility, 0);
  // Half of each side of each cell.
  EXPECT_NEAR(drawn_after(s, {op::CoverGrid{.unit = 25, .ratio = 0.5}}).boxes.at(0).visibility, 0.75, 0.02);
  // A crop is a window: what a warp pulls back in is seen. Behind an op on pixels it's lost.
  const Op left = op::Crop{50, 0, {100, 50}}, back = op::Warp{translation(50, 0), {100, 100}, {}};
  EXPECT_NEAR(drawn_after(s, {left, back}).boxes.at(0).visibility, 1, 1e-12);
  EXPECT_NEAR(drawn_after(s, {left, noise, back}).boxes.at(0).visibility, 0.5, 1e-12);
}

TEST(Draft, TargetsOutsideAreFlaggedDroppedOrClipped) {
  const Sample s = boxed({120, 150}, {100, 80, 140, 110, 3, 1});
  const Op corner = op::Crop{0, 0, {50, 50}};
  EXPECT_TRUE(drawn_after(s, {corner}).boxes.empty());
  EXPECT_EQ(drawn_after(s, {corner}).keypoints.at(0).visibility, 0);
  EXPECT_TRUE(drawn_after(s, {corner}, {.keypoints = TargetRules::Outside::Drop}).keypoints.empty());
  // Annotations are rounded: what overshoots was never seen, what has no area is no box.
  Sample over;
  over.image = wavy(20, 30, 1);
  over.boxes = {{-0.4, 2, 30.3, 19, 1, 1}, {4, 4, 8, 8, 1, 1}, {40, 5, 50, 9, 1, 1}, {6, 6, 6, 9, 1, 1}};
  const Drawn drawn = drawn_after(over, {});
  EXPECT_EQ(drawn.clipped, 2);
  ASSERT_EQ(drawn.boxes.size(), 2U);
  EXPECT_EQ(drawn.boxes[0], (Box{0, 2, 30, 19, 1, 1}));
}

TEST(Draft, RotatedBoxesCutInHalfKeepTheirAngle) {
  Sample s;
  s.image = cv::Mat(100, 100, CV_8UC1, cv::Scalar(0));
  s.rotated_boxes = {{50, 50, 60, 20, 30, 2, 1, -1}};
  const RotatedBox half = drawn_after(s, {op::Crop{0, 0, {100, 50}}}).rotated_boxes.at(0);
  EXPECT_NEAR(half.angle, 30, 1e-6);
  EXPECT_NEAR(half.height, 20, 1e-6);
  EXPECT_NEAR(half.visibility, 0.5, 1e-9);
  EXPECT_EQ(half.label, 2);
  const RotatedBox turned = drawn_after(s, {turned_by(45, {100, 100})}).rotated_boxes.at(0);
  EXPECT_NEAR(turned.angle, 75, 1e-6);
  EXPECT_NEAR(turned.width, 60, 1e-6);
  const RotatedBox mirrored = drawn_after(s, {op::Flip{}}).rotated_boxes.at(0);
  EXPECT_NEAR(std::fmod(mirrored.angle + 180, 180), 150, 1e-6);
}

TEST(Draft, AnObjectGoesAsAWhole) {
  // Box and keypoint of instance 2 leave the image together.
  Sample s;
  s.image = cv::Mat(60, 60, CV_8UC3, cv::Scalar::all(9));
  s.boxes = {{5, 5, 25, 25, 0, 1, 1}, {40, 40, 60, 60, 0, 1, 2}};
  s.keypoints = {{10, 10, 0, 1, 0, 1, 1}, {42, 42, 0, 1, 0, 1, 2}};
  const Drawn out = drawn_after(s, {op::Crop{0, 0, {46, 46}}}, {.min_visibility = 0.5});
  ASSERT_EQ(out.boxes.size(), 1U);
  EXPECT_EQ(out.boxes[0].instance, 1);
  ASSERT_EQ(out.keypoints.size(), 1U);
  EXPECT_EQ(out.keypoints[0].instance, 1);
  EXPECT_EQ(out.dropped_instances, std::vector<int>{2});
  // The same by hand, and one that was laid over.
  Draft draft(s);
  draft.drop_boxes(std::array<std::size_t, 1>{0});
  draft.add_box({1, 2, 3, 4, 7, 1, 9});
  ASSERT_EQ(draft.boxes().size(), 2U);
  EXPECT_EQ(draft.boxes()[1], (Box{1, 2, 3, 4, 7, 1, 9}));
  const Drawn left = std::move(draft).finish();
  EXPECT_EQ(left.dropped_instances, std::vector<int>{1});
}

TEST(Draft, LabelsChangeByNumberAndMirrorPairsUnderMirroring) {
  Sample s = boxed({20, 20}, {1, 1, 9, 9, 4, 1});
  s.label = 4;
  s.label_shares = {{4, 0.75}, {5, 0.25}};
  Draft draft(s);
  draft.relabel({{4, 5}, {5, 4}});
  const Drawn out = std::move(draft).finish();
  EXPECT_EQ(out.label, 5);
  EXPECT_EQ(out.boxes.at(0).label, 5);
  EXPECT_EQ(out.label_shares, (std::vector<LabelShare>{{5, 0.75}, {4, 0.25}}));
  s.keypoints.clear();
  for (const int label : {0, 1, 2, 5}) s.keypoints.push_back({3.0 + label, 4, 0, 1, label, 1});
  const TargetRules pairs{.mirror_pairs = {{0, 1}, {4, 5}}};
  const auto labels = [&](const std::vector<Op>& ops) {
    std::vector<int> found;
    for (const Keypoint& k : drawn_after(s, ops, pairs).keypoints) found.push_back(k.label);
    return found;
  };
  EXPECT_EQ(labels({op::Flip{}}), (std::vector{1, 0, 2, 4}));
  EXPECT_EQ(labels({op::Flip{op::Flip::Axis::Diagonal}}), (std::vector{1, 0, 2, 4}));
  EXPECT_EQ(labels({op::Flip{}, op::Flip{op::Flip::Axis::Vertical}}), (std::vector{0, 1, 2, 5}));  // a turn
}

TEST(Draft, TilesTakeTheirPiecesAlong) {
  // Two tiles change places; a box across both becomes two halves.
  const Drawn out = drawn_after(boxed({10, 20}, {5, 2, 17, 8, 0, 1}), {op::Tiles{1, 2, {1, 0}}});
  ASSERT_EQ(out.boxes.size(), 2U);
  EXPECT_EQ(out.boxes[0], (Box{0, 2, 7, 8, 0, 7.0 / 12}));
  EXPECT_EQ(out.boxes[1], (Box{15, 2, 20, 8, 0, 5.0 / 12}));
  EXPECT_EQ(out.keypoints.at(0).x, 1);  // it was at 11
}

TEST(Draft, WhatDoesNotFitIsNamed) {
  const Sample s = boxed({30, 40}, {1, 1, 9, 9, 4, 1});
  EXPECT_EQ(error_of([&] { drawn_after(s, {op::Crop{20, 0, {30, 21}}}); }),
            "a crop of 30x21 at (20, 0) doesn't fit into an image of 30x40 (height x width)");
  EXPECT_THROW(drawn_after(s, {op::Crop{-1, 0, {5, 5}}}), Error);
  EXPECT_THROW(drawn_after(s, {op::Crop{0, 0, {0, 5}}}), Error);
  EXPECT_EQ(error_of([&] { drawn_after(s, {op::Normalize{}, op::Flip{}}); }),
            "Flip follows Normalize; Normalize must be the last transform");
}

}  // namespace
}  // namespace doppel::augment
