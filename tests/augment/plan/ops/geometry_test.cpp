#include "doppel/augment/plan/ops/geometry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "augment/plan/ops/op_from.h"

namespace doppel::augment {
namespace {

TEST(GeometryFields, AreReadByNameAndReadBack) {
  for (const auto& [text, op] : std::vector<std::pair<std::string, Op>>{
           {"Crop: {x: 1, y: 2, size: [3, 4]}", op::Crop{1, 2, {3, 4}}},
           {"Flip: {axis: horizontal}", op::Flip{op::Flip::Axis::Horizontal}},
           {"Flip: {axis: vertical}", op::Flip{op::Flip::Axis::Vertical}},
           {"Flip: {axis: diagonal}", op::Flip{op::Flip::Axis::Diagonal}},
           {"Warp: {map: [1, 2, 3, 4, 5, 6, 7, 8, 9], size: [3, 4], fill: wrap, filter: nearest}",
            op::Warp{Matrix3{{1, 2, 3, 4, 5, 6, 7, 8, 9}}, {3, 4}, {Fill::Kind::Wrap, {}}, Filter::Nearest}},
           {"Resize: {size: [3, 4], filter: lanczos}", op::Resize{{3, 4}, Filter::Lanczos}},
           {"Resize: {size: 3, filter: area}", op::Resize{{3, 3}, Filter::Area}},
           {"Pad: {left: 1, right: 2, top: 3, bottom: 4, fill: reflect}",
            op::Pad{1, 2, 3, 4, {Fill::Kind::Reflect, {}}}},
           {"Tiles: {rows: 2, cols: 2, order: [3, 2, 1, 0]}", op::Tiles{2, 2, {3, 2, 1, 0}}}}) {
    EXPECT_EQ(op_from(text), op) << text;
    EXPECT_TRUE(reads_back(op)) << text;
  }
}

TEST(GeometryFields, SizesAndListsAreChecked) {
  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"Crop: {size: [0, 4]}", "p:3: Crop: size is 0, but must be 1 to 1048576 pixels"},
           {"Resize: {size: [4, -1]}", "p:3: Resize: size is -1, but must be 1 to 1048576 pixels"},
           {"Resize: {size: 4, filter: cubic}",
            "p:3: Resize: filter is 'cubic', but must be one of nearest, bilinear, bicubic, area, lanczos"},
           {"Warp: {map: [1, 0, 0, 0, 1, 0], size: 4}", "p:3: Warp: map needs 9 numbers, not 6"},
           {"Pad: {left: -1}", "p:3: Pad: left is -1, but must be 0 to 1048576 pixels"},
           {"Flip: {axis: x}", "p:3: Flip: axis is 'x', but must be one of horizontal, vertical, diagonal"},
           {"Tiles: {rows: 2, cols: 2, order: [0, 1, 2]}", "Tiles: order needs rows x cols numbers"},
           {"Tiles: {rows: 0}", "p:3: Tiles: rows is 0, but must be 1 to 256"}})
    EXPECT_THAT(error_of_op(text), testing::HasSubstr(error)) << text;
}

}  // namespace
}  // namespace doppel::augment
