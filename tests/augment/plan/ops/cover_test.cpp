#include "doppel/augment/plan/ops/cover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "augment/plan/ops/op_from.h"

namespace doppel::augment {
namespace {

TEST(CoverFields, AreReadByNameAndReadBack) {
  for (const auto& [text, op] : std::vector<std::pair<std::string, Op>>{
           {"Cover: {holes: [1, 2, 3, 4], fill: mean, color: [0, 0.5, 1], seed: 3}",
            op::Cover{{1, 2, 3, 4}, CoverFill::Mean, {0, 0.5, 1}, 3}},
           {"Cover: {fill: noise}", op::Cover{.fill = CoverFill::Noise}},
           {"Cover: {fill: blur}", op::Cover{.fill = CoverFill::Blur}},
           {"Shapes: {shape: stroke, shapes: [1, 2, 3, 4, 5], color: [1, 0, 0], dx: 6, dy: -7}",
            op::Shapes{op::Shapes::Kind::Stroke, {1, 2, 3, 4, 5}, {1, 0, 0}, 6, -7}},
           {"Shapes: {shape: triangle, shapes: [1, 2, 3, 4, 5, 6]}",
            op::Shapes{op::Shapes::Kind::Triangle, {1, 2, 3, 4, 5, 6}}},
           {"CoverGrid: {unit: 8, ratio: 0.25, angle: 30, x: 1, y: 2, color: [0, 1, 0]}",
            op::CoverGrid{8, 0.25, 30, 1, 2, {0, 1, 0}}}}) {
    EXPECT_EQ(op_from(text), op) << text;
    EXPECT_TRUE(reads_back(op)) << text;
  }
}

TEST(CoverFields, ListsEndWithAWholeHole) {
  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"Cover: {holes: [1, 2, 3]}", "Cover: holes need four numbers each: x, y, width, height"},
           {"Cover: {holes: [-1, 2, 3, 4]}", "p:3: Cover: holes is -1, but must be 0 to 1048576 pixels"},
           {"Cover: {fill: black}",
            "p:3: Cover: fill is 'black', but must be one of color, noise, mean, blur"},
           {"Shapes: {shape: ellipse, shapes: [1, 2, 3, 4, 5, 6]}",
            "Shapes: the list of numbers ends within a shape"},
           {"Shapes: {shape: triangle, shapes: [1, 2, 3, 4, 5]}",
            "Shapes: the list of numbers ends within a shape"},
           {"CoverGrid: {ratio: 1.5}", "p:3: CoverGrid: ratio is 1.5, but must be 0 to 1"},
           {"CoverGrid: {unit: 0}", "p:3: CoverGrid: unit is 0, but must be 1 to 1000000 pixels"}})
    EXPECT_THAT(error_of_op(text), testing::HasSubstr(error)) << text;
}

}  // namespace
}  // namespace doppel::augment
