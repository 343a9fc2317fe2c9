#include "sources/yolo_rows.h"

#include <gtest/gtest.h>

#include <cmath>

#include "error_of.h"

namespace doppel::dataset {
namespace {

/// These lines on an image that is 100 wide and 50 high.
augment::Sample rows_of(const YoloRules& rules, std::initializer_list<std::string> lines) {
  augment::Sample sample;
  YoloRows rows(rules, {50, 100});
  for (const std::string& line : lines) rows.add(line, sample);
  rows.finish(sample);
  return sample;
}

TEST(YoloRows, BoxesAreCentreAndSizeInShares) {
  const augment::Sample sample =
      rows_of({.classes = 3}, {"1 0.5 0.4 0.2 0.4", "", "\t2.0  +.25 0.5 0.5 1e0 0.93\r", "0 0 0 0 0"});
  ASSERT_EQ(sample.boxes.size(), 3U);
  const auto& first = sample.boxes[0];
  EXPECT_NEAR(first.x0, 40, 1e-9);
  EXPECT_NEAR(first.y0, 10, 1e-9);
  EXPECT_NEAR(first.x1, 60, 1e-9);
  EXPECT_NEAR(first.y1, 30, 1e-9);
  EXPECT_EQ(first.label, 1);
  EXPECT_NEAR(sample.boxes[1].x1, 50, 1e-9);  // and a confidence, which isn't used
  EXPECT_EQ(sample.boxes[1].label, 2);
  EXPECT_TRUE(sample.masks.empty());
}

TEST(YoloRows, KeypointsBelongToTheirBox) {
  const YoloRules three{.classes = 1, .keypoints = 2},
      two{.classes = 1, .keypoints = 2, .keypoint_numbers = 2};
  const augment::Sample seen =
      rows_of(three, {"0 .5 .5 .5 .5 .1 .2 2 .3 .4 1", "0 .5 .5 .1 .1 0 0 0 .9 .8 2"});
  ASSERT_EQ(seen.boxes.size(), 2U);
  ASSERT_EQ(seen.keypoints.size(), 3U);
  EXPECT_NEAR(seen.keypoints[0].x, 10, 1e-9);
  EXPECT_NEAR(seen.keypoints[0].y, 10, 1e-9);
  EXPECT_EQ(seen.keypoints[0].visibility, 1);
  EXPECT_EQ(seen.keypoints[1].visibility, 0);  // hidden
  EXPECT_EQ(seen.keypoints[1].label, 1);
  EXPECT_EQ(seen.keypoints[2].instance, seen.boxes[1].instance);
  EXPECT_NE(seen.boxes[0].instance, seen.boxes[1].instance);
  const augment::Sample plain = rows_of(two, {"0 .5 .5 .5 .5 .1 .2 0 0"});  // 0 0: there is none
  ASSERT_EQ(plain.keypoints.size(), 1U);
  EXPECT_EQ(plain.keypoints[0].visibility, 1);
}

TEST(YoloRows, PolygonsArePaintedByInstance) {
  const augment::Sample sample = rows_of(
      {.classes = 2}, {"1 0.1 0.2 0.3 0.2 0.3 0.6 0.1 0.6", "0 0.5 0.2 0.7 0.2 0.5 0.6", "0 .9 .9 .1 .1"});
  ASSERT_EQ(sample.boxes.size(), 3U);
  EXPECT_NEAR(sample.boxes[0].x0, 10, 1e-9);
  EXPECT_NEAR(sample.boxes[0].y1, 30, 1e-9);
  ASSERT_EQ(sample.masks.size(), 1U);
  EXPECT_EQ(sample.instance_mask, 0);
  EXPECT_EQ(sample.masks[0].size(), cv::Size(100, 50));
  EXPECT_EQ(cv::countNonZero(sample.masks[0] == sample.boxes[0].instance), 20 * 20);
  EXPECT_NEAR(cv::countNonZero(sample.masks[0] == sample.boxes[1].instance), 20 * 20 / 2, 20);
  EXPECT_EQ(sample.masks[0].at<int>(20, 15), sample.boxes[0].instance);
}

TEST(YoloRows, FourCornersAreAnOrientedBoxWhereAllAre) {
  const YoloRules rules{.classes = 1, .oriented = true};
  // A square of 20 pixels, turned by 45 degrees about (50, 25): half its diagonal is 14.142.
  const std::string turned = "0 0.5 0.21716 0.64142 0.5 0.5 0.78284 0.35858 0.5";
  const augment::Sample sample = rows_of(rules, {turned, "0 .1 .1 .3 .1 .3 .5 .1 .5"});
  ASSERT_EQ(sample.rotated_boxes.size(), 1U);
  const auto& box = sample.rotated_boxes[0];
  EXPECT_NEAR(box.x, 50, 0.01);
  EXPECT_NEAR(box.y, 25, 0.01);
  EXPECT_NEAR(box.width, 20, 0.01);
  EXPECT_NEAR(box.height, 20, 0.01);
  EXPECT_NEAR(std::abs(std::remainder(box.angle, 90)), 45, 0.01);
  ASSERT_EQ(sample.boxes.size(), 1U);  // the upright one
  EXPECT_NEAR(sample.boxes[0].x1, 30, 1e-9);
  EXPECT_TRUE(sample.masks.empty());
  EXPECT_TRUE(rows_of({.classes = 1}, {turned}).rotated_boxes.empty());
}

TEST(YoloRows, WhatALineCannotBeIsSaid) {
  const auto error = [](std::string line, YoloRules rules = {.classes = 2, .names_file = "data.yaml"}) {
    return error_of([&] { rows_of(rules, {line}); });
  };
  EXPECT_EQ(error("0 0.5 0.5 1.05 1.05"), "");  // tools round
  for (const auto& [line, expected] : std::vector<std::pair<std::string, std::string>>{
           {"x .5 .5 .1 .1", "'x' is no class number"},
           {"0.5 .5 .5 .1 .1", "'0.5' is no class number"},
           {"2 .5 .5 .1 .1", "class 2 is outside the 2 names of data.yaml"},
           {"-1 .5 .5 .1 .1", "class -1 is outside"},
           {"0 .5 .5 a .1", "'a' is no number"},
           {"0 .5 .5 nan .1", "'nan' is no number"},
           {"0 .5,.5,.1,.1", "'.5,.5,.1,.1' is no number"},
           {"0 .5 .5 .1", "3 numbers after the class; a line is class, centre x"},
           {"0 .5 .5 .1 .1 .1 .1 .1", "7 numbers after the class"},
           {"0 320 240 64 48", "320 is no share of the image (0 to 1); are these pixels?"},
           {"0 .5 .5 -.05 .1", "can't be negative"}})
    EXPECT_NE(error(line).find(expected), std::string::npos) << line << " gave: " << error(line);
  EXPECT_NE(error("0 .5 .5 .1 .1 .1 .1 2 .1", {.classes = 1, .keypoints = 2}).find("6 of its 2 keypoints"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
