#include "doppel/augment/plan/custom_op.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/structure/custom.h"
#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

/// Registered once for all tests of this process.
void register_test_ops() {
  static const bool once = [] {
    register_op({.name = "test.scale", .pixels = [](const cv::Mat& in, const CustomCall& call, cv::Mat& out) {
                   in.convertTo(out, in.depth(), call.arguments[0]);
                 }});
    register_op({.name = "test.upside_down",
                 .pixels = [](const cv::Mat& in, const CustomCall&, cv::Mat& out) { cv::flip(in, out, 0); },
                 .map = [](Point p, Size size, const CustomCall&) { return Point{p.x, size.height - p.y}; },
                 .mask = [](const cv::Mat& in, const CustomCall&, cv::Mat& out) { cv::flip(in, out, 0); }});
    register_op({.name = "test.upper_half",
                 .pixels = [](const cv::Mat& in, const CustomCall&,
                              cv::Mat& out) { out = in.rowRange(0, in.rows / 2).clone(); },
                 .size = [](Size size, const CustomCall&) { return Size{size.height / 2, size.width}; }});
    register_op({.name = "test.lies", .pixels = [](const cv::Mat& in, const CustomCall&, cv::Mat& out) {
                   out = in.rowRange(0, in.rows / 2).clone();
                 }});
    register_op({.name = "test.noise", .pixels = [](const cv::Mat& in, const CustomCall& call, cv::Mat& out) {
                   cv::RNG random(call.seed);
                   cv::Mat noise(in.size(), in.type());
                   random.fill(noise, cv::RNG::UNIFORM, 0, 20);
                   cv::add(in, noise, out);
                 }});
    return true;
  }();
  (void)once;
}

class CustomOps : public testing::Test {
 protected:
  void SetUp() override { register_test_ops(); }
  static Sample sample(int channels = 3, int depth = CV_8U) {
    Sample all;
    all.image = wavy(20, 30, channels, depth);
    return all;
  }
};

TEST_F(CustomOps, RunOnAnyImageAsItIs) {
  const Recipe recipe{Custom{.op = "test.scale", .arguments = {0.5}}};
  for (const int channels : {1, 3, 4, 7})
    for (const int depth : {CV_8U, CV_16U, CV_32F}) {
      const Sample all = sample(channels, depth);
      cv::Mat expected;
      all.image.convertTo(expected, depth, 0.5);
      EXPECT_EQ(cv::norm(recipe.apply(all, {}).image, expected, cv::NORM_INF), 0) << channels << ' ' << depth;
    }
}

TEST_F(CustomOps, ArgumentsAreDrawnAndPlansReadBack) {
  const Recipe recipe{Custom{.op = "test.scale", .arguments = {0.2}, .to = {0.8}}, HorizontalFlip{.p = 1}};
  double least = 1, most = 0;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const Plan plan = recipe.draw(sample(), Stream{.index = i});
    const double drawn = std::get<op::Custom>(plan.ops.at(0)).arguments.at(0);
    least = std::min(least, drawn);
    most = std::max(most, drawn);
    const Plan again = Plan::from_yaml(plan.yaml());
    ASSERT_EQ(again, plan);
    EXPECT_EQ(cv::norm(render(again, sample().image), render(plan, sample().image), cv::NORM_INF), 0);
  }
  EXPECT_LT(least, 0.25);
  EXPECT_GT(most, 0.75);
  EXPECT_EQ(Recipe::from_yaml(recipe.yaml()).yaml(), recipe.yaml());
}

TEST_F(CustomOps, TheirOwnDrawsComeFromThePlan) {
  const Recipe recipe{Custom{.op = "test.noise"}};
  const cv::Mat a = recipe.apply(sample(), Stream{.index = 1}).image,
                b = recipe.apply(sample(), Stream{.index = 1}).image,
                c = recipe.apply(sample(), Stream{.index = 2}).image;
  EXPECT_EQ(cv::norm(a, b, cv::NORM_INF), 0);
  EXPECT_GT(cv::norm(a, c, cv::NORM_INF), 0);
}

TEST_F(CustomOps, TargetsGoWhereTheMapSays) {
  Sample all = sample();
  all.boxes = {{2, 3, 10, 9, 0}};
  all.keypoints = {{.x = 4, .y = 5}};
  all.masks = {cv::Mat::zeros(20, 30, CV_8U)};
  all.masks[0].at<unsigned char>(3, 4) = 7;
  const Sample out = Recipe{Custom{.op = "test.upside_down"}}.apply(all, {});
  ASSERT_EQ(out.boxes.size(), 1U);
  EXPECT_NEAR(out.boxes[0].y0, 11, 1e-9);
  EXPECT_NEAR(out.boxes[0].y1, 17, 1e-9);
  EXPECT_NEAR(out.keypoints.at(0).y, 15, 1e-9);
  EXPECT_EQ(out.masks[0].at<unsigned char>(16, 4), 7);
  cv::Mat flipped;
  cv::flip(all.image, flipped, 0);
  EXPECT_EQ(cv::norm(out.image, flipped, cv::NORM_INF), 0);
}

TEST_F(CustomOps, SizesMustBePromised) {
  EXPECT_EQ(Recipe{Custom{.op = "test.upper_half"}}.apply(sample(), {}).image.rows, 10);
  const std::string said = error_of([] { Recipe{Custom{.op = "test.lies"}}.apply(sample(), {}); });
  EXPECT_NE(said.find("the operation test.lies made 10x30 with 3 channels"), said.npos) << said;
  Sample masked = sample();
  masked.masks = {cv::Mat::zeros(20, 30, CV_8U)};
  const std::string masks = error_of([&] { Recipe{Custom{.op = "test.upper_half"}}.apply(masked, {}); });
  EXPECT_NE(masks.find("test.upper_half moves pixels, but says nothing of masks"), masks.npos) << masks;
}

TEST_F(CustomOps, UnknownNamesGetTheNearOne) {
  EXPECT_EQ(error_of([] { (void)Recipe::from_yaml("- Custom: {op: test.scal}\n", "r"); }),
            "r:1: Custom: no operation 'test.scal' is registered; did you mean 'test.scale'?");
  EXPECT_EQ(error_of([] {
              (void)render({{20, 30}, {op::Custom{.function = "gone"}}}, sample().image);
            }).substr(0, 31),
            "no operation 'gone' is register");
  EXPECT_NE(
      error_of([] { register_op({.name = "test.scale", .pixels = [](const auto&...) {}}); }).find("already"),
      std::string::npos);
  EXPECT_NE(error_of([] { register_op({.name = "", .pixels = {}}); }).find("needs a name"),
            std::string::npos);
  EXPECT_NE(error_of([] {
              (void)Recipe::from_yaml("- Custom: {op: test.scale, arguments: [1], to: [1, 2]}\n");
            }).find("1 arguments, but `to` has 2"),
            std::string::npos);
}

TEST_F(CustomOps, WhatIsNoPluginIsRefused) {
  EXPECT_NE(error_of([] { load_plugin("/nowhere/x.so"); }).find("can't load the plug-in /nowhere/x.so"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::augment
