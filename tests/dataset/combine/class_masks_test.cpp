#include "doppel/dataset/combine/class_masks.h"

#include <gtest/gtest.h>

#include "doppel/dataset/sources/memory.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

using ClassNames = std::vector<std::string>;

/// Samples of 2x2, each with a mask of these numbers; none where there are no numbers.
SourcePtr masked(const std::vector<std::vector<int>>& masks, const ClassNames& classes = {},
                 int type = CV_8UC1) {
  std::vector<augment::Sample> samples;
  for (const auto& numbers : masks) {
    augment::Sample& sample = samples.emplace_back();
    sample.image = cv::Mat(2, 2, CV_8UC3, cv::Scalar::all(9));
    if (numbers.empty()) continue;
    cv::Mat wide(2, 2, CV_32S), mask;
    std::ranges::copy(numbers, wide.ptr<int>());
    wide.convertTo(mask, type);
    sample.masks = {mask};
  }
  return std::make_shared<InMemory>(std::move(samples), classes);
}

std::vector<int> numbers_of(const SourcePtr& source, std::size_t index) {
  const augment::Sample sample = source->read(index).sample;
  EXPECT_EQ(sample.masks.size(), 1U);
  EXPECT_EQ(sample.masks[0].type(), CV_8UC1);
  return {sample.masks[0].begin<unsigned char>(), sample.masks[0].end<unsigned char>()};
}

TEST(FindMasks, CountsPixelsAndNamesClassesByNumber) {
  const FoundMasks found = find_masks(masked({{0, 0, 2, 255}, {}, {0, 0, 0, 0}}));
  EXPECT_EQ(found.classes.names, (ClassNames{"0", "1", "2"}));
  EXPECT_EQ(found.source->classes(), found.classes.names);
  EXPECT_EQ(found.pixels, (std::vector<std::size_t>{6, 0, 1}));
  EXPECT_EQ(found.uncounted, 1U);
  EXPECT_EQ(found.without, std::vector<std::size_t>{1});
  EXPECT_EQ(found.source->size(), 2U);
  EXPECT_FALSE(found.classes.foreground);
  EXPECT_EQ(numbers_of(found.source, 0), (std::vector<int>{0, 0, 2, 255}));
  const FoundMasks wide = find_masks(masked({{0, 1, 2, 255}}, {}, CV_32S));
  EXPECT_EQ(numbers_of(wide.source, 0), (std::vector<int>{0, 1, 2, 255}));
}

TEST(FindMasks, ZeroAnd255AloneAreAForeground) {
  const FoundMasks found = find_masks(masked({{0, 0, 255, 255}, {0, 0, 0, 255}}));
  EXPECT_TRUE(found.classes.foreground);
  EXPECT_EQ(found.classes.names, (ClassNames{"0", "1"}));
  EXPECT_EQ(found.pixels, (std::vector<std::size_t>{5, 3}));
  EXPECT_EQ(found.uncounted, 0U);
  EXPECT_EQ(numbers_of(found.source, 1), (std::vector<int>{0, 0, 0, 1}));
  // What a network learned holds for other masks, whatever these hold.
  EXPECT_EQ(find_masks(masked({{0, 0, 255, 0}}), {{"0", "1"}, false}).uncounted, 1U);
  EXPECT_EQ(find_masks(masked({{0, 0, 1, 0}}), found.classes).pixels, (std::vector<std::size_t>{3, 1}));
  EXPECT_NE(error_of([&] { find_masks(masked({{0, 1, 255, 0}}), found.classes); }).find("is the foreground"),
            std::string::npos);
}

TEST(FindMasks, RefusesWhatCantBeLearned) {
  EXPECT_EQ(error_of([] { find_masks(masked({{}, {}})); }), "no image has a mask");
  EXPECT_EQ(error_of([] { find_masks(masked({{255, 255, 255, 255}})); }).find("no pixel of its masks counts"),
            0U);
  EXPECT_NE(error_of([] {
              find_masks(masked({{0, 1, 2, 0}}, {"a", "b"}));
            }).find("its mask holds 2, but there are 2 classes (0 to 1; 255: doesn't count)"),
            std::string::npos);
  EXPECT_NE(error_of([] { find_masks(masked({{0, 1, 256, 0}}, {}, CV_32S)); }).find("its mask holds 256"),
            std::string::npos);
  EXPECT_NE(error_of([] { find_masks(masked({{0, 1, 2, 0}}, {}, CV_32F)); }).find("its mask holds floats"),
            std::string::npos);
  EXPECT_EQ(error_of([] { find_masks(masked({{0, 1, 0, 0}}, {"a", "b"}), {{"c", "d"}, false}); }),
            "its masks are of the classes a, b, not c, d");
}

TEST(FindMasks, InstancesBecomeTheirClasses) {
  augment::Sample sample;
  sample.image = cv::Mat(2, 2, CV_8UC3, cv::Scalar::all(9));
  sample.masks = {(cv::Mat_<unsigned char>(2, 2) << 0, 1, 2, 3)};
  sample.instance_mask = 0;
  sample.boxes = {{.x1 = 1, .y1 = 1, .label = 1, .instance = 1},
                  {.x1 = 1, .y1 = 1, .label = 0, .instance = 2}};
  const FoundMasks found =
      find_masks(std::make_shared<InMemory>(std::vector<augment::Sample>{sample}, ClassNames{"cat", "dog"}));
  EXPECT_EQ(found.classes.names, (ClassNames{"background", "cat", "dog"}));
  EXPECT_EQ(numbers_of(found.source, 0), (std::vector<int>{0, 2, 1, 0}));
  const augment::Sample told = found.source->read(0).sample;
  EXPECT_TRUE(told.boxes.empty());
  EXPECT_EQ(told.instance_mask, -1);
  sample.masks.push_back(sample.masks[0]);
  sample.masks.push_back(sample.masks[0]);
  EXPECT_NE(error_of([&] { class_mask(sample); }).find("several masks of classes"), std::string::npos);
}

TEST(FindMasks, ObjectsWithBoxesAloneAreNoBackground) {
  augment::Sample boxed;
  boxed.image = cv::Mat(2, 2, CV_8UC3, cv::Scalar::all(9));
  boxed.boxes = {{.x1 = 1, .y1 = 1, .label = 0, .instance = 1},
                 {.x1 = 1, .y1 = 1, .label = 0, .instance = 2}};
  augment::Sample empty = boxed;  // as files that keep outlines of some images have it
  empty.masks = {cv::Mat(2, 2, CV_32S, cv::Scalar(0))};
  empty.instance_mask = 0;
  augment::Sample half = empty;
  half.masks = {(cv::Mat_<int>(2, 2) << 0, 0, 0, 2)};
  augment::Sample nothing = empty;  // true background
  nothing.boxes.clear();
  const auto found = [](const std::vector<augment::Sample>& samples) {
    return find_masks(std::make_shared<InMemory>(samples, ClassNames{"cat"}));
  };
  for (const auto& samples : {std::vector{boxed}, std::vector{boxed, empty}})
    EXPECT_EQ(error_of([&] { found(samples); }).find("no image has a mask: its objects have boxes alone"),
              0U);
  const FoundMasks some = found({empty, half, nothing});
  EXPECT_EQ(some.without, std::vector<std::size_t>{0});
  EXPECT_EQ(some.unseen, 1U);
  EXPECT_EQ(some.source->size(), 2U);
}

}  // namespace
}  // namespace doppel::dataset
