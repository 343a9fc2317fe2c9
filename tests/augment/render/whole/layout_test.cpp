// Pad, Resize and Tiles as whole-image ops.
#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"
#include "render/whole/tiles.h"
#include "render/whole_op.h"

namespace doppel::augment {
namespace {

TEST(LayoutOps, PadsByEveryBorderRule) {
  const cv::Mat image = (cv::Mat_<unsigned char>(1, 3) << 10, 20, 30);
  const auto padded = [&](const Fill& fill) {
    const cv::Mat out = apply_layout(op::Pad{2, 3, 0, 0, fill}, image);
    return std::vector<int>(out.begin<unsigned char>(), out.end<unsigned char>());
  };
  EXPECT_EQ(padded({Fill::Kind::Reflect, {}}), (std::vector{30, 20, 10, 20, 30, 20, 10, 20}));
  EXPECT_EQ(padded({Fill::Kind::Symmetric, {}}), (std::vector{20, 10, 10, 20, 30, 30, 20, 10}));
  EXPECT_EQ(padded({Fill::Kind::Replicate, {}}), (std::vector{10, 10, 10, 20, 30, 30, 30, 30}));
  EXPECT_EQ(padded({Fill::Kind::Wrap, {}}), (std::vector{20, 30, 10, 20, 30, 10, 20, 30}));
  EXPECT_EQ(padded({Fill::Kind::Color, {0.2, 0, 0, 1}}), (std::vector{51, 51, 10, 20, 30, 51, 51, 51}));
  // Of RGBA alpha, too; a part of a larger image doesn't see it.
  const cv::Mat part = wavy(9, 9, 4)(cv::Rect(2, 3, 4, 5));
  cv::Mat into(8, 7, CV_8UC4);
  pad_into({1, 2, 2, 1, {Fill::Kind::Color, {1, 0, 0.4, 0}}}, part, into);
  EXPECT_EQ(into.at<cv::Vec4b>(0, 0), cv::Vec4b(255, 0, 102, 0));
  EXPECT_EQ(largest_difference(into(cv::Rect(1, 2, 4, 5)), part), 0);
  EXPECT_EQ(into.at<cv::Vec4b>(7, 3), cv::Vec4b(255, 0, 102, 0));
}

TEST(LayoutOps, TilesChangePlacesWhereSizesAreAlike) {
  cv::Mat image(4, 7, CV_8UC1);
  for (int x = 0; x < 7; ++x) image.col(x).setTo(x);
  // Three columns of 2, 2 and 3: the third stays.
  const op::Tiles tiles{1, 3, {1, 2, 0}};
  const auto cuts = tiles_of(tiles, {4, 7});
  EXPECT_EQ(cuts[1], cv::Rect(2, 0, 2, 4));
  EXPECT_EQ(cuts[2], cv::Rect(4, 0, 3, 4));
  EXPECT_EQ(tile_at(tiles, cuts, 0), 1U);
  EXPECT_EQ(tile_at(tiles, cuts, 1), 1U);  // 2 has another size
  EXPECT_EQ(tile_at(tiles, cuts, 2), 2U);
  const cv::Mat out = apply_layout(op::Tiles{1, 3, {1, 0, 2}}, image);
  const cv::Mat row = (cv::Mat_<unsigned char>(1, 7) << 2, 3, 0, 1, 4, 5, 6);
  for (int y = 0; y < 4; ++y) EXPECT_EQ(largest_difference(out.row(y), row), 0);
  // More tiles than pixels: some are empty.
  EXPECT_EQ(largest_difference(apply_layout(op::Tiles{9, 1, {8, 7, 6, 5, 4, 3, 2, 1, 0}}, image), image), 0);
  EXPECT_EQ(largest_difference(apply_layout(op::Tiles{2, 2, {}}, image), image), 0);
}

TEST(LayoutOps, ResizesByTheFilterAsked) {
  const cv::Mat image = wavy(9, 12, 4);
  for (const auto& [filter, theirs] : {std::pair{Filter::Nearest, cv::INTER_NEAREST},
                                       {Filter::Area, cv::INTER_AREA},
                                       {Filter::Lanczos, cv::INTER_LANCZOS4},
                                       {Filter::Bicubic, cv::INTER_CUBIC}}) {
    cv::Mat expected;
    cv::resize(image, expected, {20, 7}, 0, 0, theirs);
    EXPECT_EQ(largest_difference(apply_layout(op::Resize{{7, 20}, filter}, image), expected), 0);
  }
  EXPECT_TRUE(apply_layout(op::Gamma{}, image).empty());
}

}  // namespace
}  // namespace doppel::augment
