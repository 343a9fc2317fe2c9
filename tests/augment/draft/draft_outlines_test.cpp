#include <gtest/gtest.h>

#include <limits>
#include <opencv2/core.hpp>

#include "doppel/augment/draft/draft.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

Sample with_outlines(std::vector<Outline> outlines) {
  Sample sample;
  sample.image = cv::Mat(40, 60, CV_8UC3, cv::Scalar::all(8));
  sample.outlines = std::move(outlines);
  return sample;
}

const Outline kSquare{.points = {{10, 10}, {30, 10}, {30, 30}, {10, 30}}, .label = 2, .instance = 4};

std::vector<Outline> after(const Sample& sample, std::vector<Op> ops, const TargetRules& rules = {}) {
  Draft draft(sample);
  for (Op& op : ops) draft.append(std::move(op));
  return std::move(draft).finish(rules).outlines;
}

TEST(DraftOutlines, ACropCutsThemExactly) {
  const auto pieces = after(with_outlines({kSquare}), {op::Crop{.x = 20, .y = 5, .size = {20, 30}}});
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(polygon_area(pieces[0].points), 10 * 15);
  EXPECT_EQ(pieces[0].label, 2);
  EXPECT_EQ(pieces[0].instance, 4);
}

TEST(DraftOutlines, PiecesBelowTheLeastAreaAreDropped) {
  const std::vector<Op> crop{op::Crop{.x = 28, .y = 5, .size = {20, 30}}};  // 2 x 15 are left
  EXPECT_EQ(after(with_outlines({kSquare}), crop, {.min_area = 29}).size(), 1U);
  EXPECT_TRUE(after(with_outlines({kSquare}), crop, {.min_area = 31}).empty());
}

TEST(DraftOutlines, WhatOneRunCutsOffTheNextCannotBringBack) {
  const std::vector<Op> there_and_back{op::Warp{.map = translation(-20, 0), .size = {40, 60}, .fill = {}},
                                       op::GaussianBlur{.sigma = 1},
                                       op::Warp{.map = translation(20, 0), .size = {40, 60}, .fill = {}}};
  const auto cut = after(with_outlines({kSquare}), there_and_back);
  ASSERT_EQ(cut.size(), 1U);
  EXPECT_EQ(polygon_area(cut[0].points), 200);
  const std::vector<Op> in_one{there_and_back[0], there_and_back[2]};
  EXPECT_EQ(polygon_area(after(with_outlines({kSquare}), in_one)[0].points), 400);
}

TEST(DraftOutlines, TheyGoWithTheirInstance) {
  Sample sample = with_outlines({kSquare, {.points = {{40, 5}, {50, 5}, {50, 9}}, .instance = 7}});
  sample.boxes = {{10, 10, 30, 30, 2, 1, 4}, {40, 5, 50, 9, 1, 1, 7}};
  Draft draft(sample);
  const std::size_t first = 0;
  draft.drop_boxes(std::span(&first, 1));
  const auto left = std::move(draft).finish().outlines;
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].instance, 7);
}

TEST(DraftOutlines, APastedImageCoversThemAndBringsItsOwn) {
  const Sample sample = with_outlines({kSquare});
  const Sample other =
      with_outlines({{.points = {{-5, -5}, {5, -5}, {5, 5}, {-5, 5}}, .label = 1, .instance = 4}});
  Draft draft(sample, [&](std::uint64_t) { return PartnerPick{other, {}}; });
  Draft partner = draft.partner(0);
  partner.append(op::Crop{.x = 0, .y = 0, .size = {10, 10}});
  draft.join({.mode = op::Join::Mode::Paste, .plan = {}, .x = 20, .y = 20}, partner, 0.1);
  double ours = 0, theirs = 0;
  for (const Outline& piece : std::move(draft).finish().outlines)
    (piece.label == 2 ? ours : theirs) += polygon_area(piece.points);
  EXPECT_DOUBLE_EQ(ours, 400 - 100);
  EXPECT_DOUBLE_EQ(theirs, 25);
}

TEST(DraftOutlines, OnesThatAreNoneAreRefused) {
  const auto said = [](std::vector<Outline> outlines) {
    const Sample sample = with_outlines(std::move(outlines));
    return error_of([&] { Draft{sample}; });
  };
  EXPECT_NE(
      said({kSquare, {.points = {{1, 1}, {2, 2}}}}).find("outline 1 has 2 points; a polygon has 3 or more"),
      std::string::npos);
  EXPECT_NE(said({{.points = {{1, 1}}, .closed = false}}).find("has 1 point; a line has 2 or more"),
            std::string::npos);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(said({{.points = {{1, nan}, {2, 2}}, .closed = false}}).find("isn't a number"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::augment
