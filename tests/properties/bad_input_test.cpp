// Odd, empty and hostile input: a defined result or a clear error, never a crash.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <limits>

#include "augment/test_images.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(BadInput, EveryTransformTakesAnySizeAndType) {
  for (const auto& entry : catalogue()) {
    const Recipe recipe{entry.make().with_chance(1)};
    for (const Size size : {Size{1, 1}, Size{1, 9}, Size{9, 1}, Size{2, 3}, Size{33, 17}})
      for (const int channels : {1, 3, 4})
        for (const int depth : {CV_8U, CV_32F})
          for (std::uint64_t i = 0; i < 2; ++i) {
            Sample sample;
            sample.image = wavy(size.height, size.width, channels, depth);
            sample.masks = {cv::Mat(size.height, size.width, CV_8U, cv::Scalar(1))};
            sample.boxes = {{0, 0, double(size.width), double(size.height), 0, 1}};
            const std::string error = error_of([&] {
              const Sample out = recipe.apply(sample, {.index = i});
              ASSERT_FALSE(out.image.empty());
              ASSERT_EQ(out.masks.at(0).size(), out.image.size());
              for (const Box& b : out.boxes) {
                ASSERT_GE(b.x0, 0);
                ASSERT_LE(b.x1, out.image.cols);
                ASSERT_GT(b.x1, b.x0);
              }
              if (out.image.depth() == CV_32F) { ASSERT_TRUE(cv::checkRange(out.image)) << entry.name; }
            });
            EXPECT_EQ(error, "") << entry.name << " " << size.height << "x" << size.width << "x" << channels;
          }
  }
}

TEST(BadInput, AVeryLongImageIsAnImage) {
  for (const auto& entry : catalogue()) {
    // Those that scale by the long side, or fill all of a square of it, ask for gigabytes by their meaning.
    if (entry.family == "structure" || entry.name == "ShortestSide" || entry.name == "RandomResizedCrop")
      continue;
    const bool tall = entry.name.size() % 2 == 0;  // some of each
    Sample sample;
    sample.image = cv::Mat(tall ? 30000 : 1, tall ? 1 : 30000, CV_8UC3, cv::Scalar(40, 90, 200));
    const std::string error = error_of([&] { Recipe{entry.make().with_chance(1)}.apply(sample, {}); });
    if (entry.name == "WebpCompression")
      EXPECT_EQ(error, fmt::format("WebP can't hold an image of {} (at most 16383 a side)",
                                   tall ? "30000x1" : "1x30000"));
    else
      EXPECT_EQ(error, "") << entry.name;
  }
}

TEST(BadInput, OtherImagesAreRefusedByName) {
  for (const int type : {CV_8UC(65), CV_16SC1, CV_64FC3, CV_32SC1}) {
    Sample sample;
    sample.image = cv::Mat::zeros(8, 9, type);
    const std::string error = error_of([&] { Recipe{}.apply(sample, {}); });
    EXPECT_NE(error.find("8-bit, 16-bit or float with 1 to 64 channels"), std::string::npos) << error;
  }
}

TEST(BadInput, TargetsThatAreNoTargetsAreNamed) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Sample sample;
  sample.image = wavy(8, 9, 1);
  sample.boxes = {{0, 0, 3, 3, 0, 1}, {0, nan, 3, 3, 0, 1}};
  EXPECT_EQ(error_of([&] { Recipe{}.apply(sample, {}); }), "box 1 has a coordinate that isn't a number");
  sample.boxes.clear();
  sample.keypoints = {{std::numeric_limits<double>::infinity(), 1}};
  EXPECT_EQ(error_of([&] { Recipe{}.apply(sample, {}); }), "keypoint 0 has a coordinate that isn't a number");
  sample.keypoints.clear();
  sample.masks = {cv::Mat(8, 8, CV_8U)};
  EXPECT_EQ(error_of([&] { Recipe{}.apply(sample, {}); }),
            "mask 0 is 8x8, but its image is 8x9 (height x width)");
}

TEST(BadInput, StructuresWithoutPartsAreDefined) {
  Sample sample;
  sample.image = wavy(8, 9, 1);
  for (const char* text : {"- OneOf: {of: []}", "- SomeOf: {of: [], n: 2}", "- Maybe: {do: []}"})
    EXPECT_NE(error_of([&] { Recipe::from_yaml(text); }).find("names no transform"), std::string::npos)
        << text;
  for (const char* text : {"[]", ""}) {
    const Sample out = Recipe::from_yaml(text).apply(sample, {});
    EXPECT_EQ(largest_difference(out.image, sample.image), 0) << text;
  }
  EXPECT_NE(error_of([] { Recipe::from_yaml("- OneOf: {of: [Negative], weights: [0]}"); }).find("sum to 0"),
            std::string::npos);
  EXPECT_NE(error_of([] {
              Recipe::from_yaml("- OneOf: {of: [Negative], weights: [1, 2]}");
            }).find("as many weights"),
            std::string::npos);
}

TEST(BadInput, DeepNestingIsRefusedNotSwallowed) {
  std::string deep, end;
  for (int i = 0; i < 1000; ++i) {
    deep += "[{Maybe: {do: ";
    end += "}}]";
  }
  EXPECT_NE(error_of([&] { Recipe::from_yaml(deep + "[Negative]" + end, "deep.yaml"); }).find("nested"),
            std::string::npos);
}

TEST(BadInput, YamlBombsAreRefused) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i)
    bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
  EXPECT_NE(error_of([&] { Recipe::from_yaml(bomb, "bomb.yaml"); }).find("bomb.yaml"), std::string::npos);
  EXPECT_NE(error_of([&] { Recipe::from_yaml("- [\n- {", "broken.yaml"); }).find("broken.yaml"),
            std::string::npos);
  const std::string noise("\x00\xff\x01[{:&*", 8);
  EXPECT_NE(error_of([&] { Recipe::from_yaml(noise, "noise.yaml"); }), "");
}

TEST(BadInput, PlansThatCannotBeAreRefused) {
  const cv::Mat image = wavy(8, 9, 1);
  for (const char* text :
       {"source: [8, 9]\nops:\n  - Nonsense: {}\n", "source: [8]\nops: []\n", "ops: []\n",
        "source: [8, 9]\nops:\n  - Resize: {size: [-1, 9]}\n", "source: [8, 9]\nversion: 99\nops: []\n",
        "source: [8, 9]\nops:\n  - Join: {partner: 3}\n"})
    EXPECT_NE(error_of([&] { render(Plan::from_yaml(text, "plan.yaml"), image); }), "") << text;
}

}  // namespace
}  // namespace doppel::augment
