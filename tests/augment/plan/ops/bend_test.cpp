#include "doppel/augment/plan/ops/bend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "augment/plan/ops/op_from.h"

namespace doppel::augment {
namespace {

TEST(BendFields, AreReadByNameAndReadBack) {
  for (const auto& [text, op] : std::vector<std::pair<std::string, Op>>{
           {"Elastic: {alpha: 3, sigma: 2, seed: 7, fill: reflect, filter: bicubic}",
            op::Elastic{3, 2, 7, {Fill::Kind::Reflect, {}}, Filter::Bicubic}},
           {"Mesh: {rows: 2, cols: 3, dx: [1, 2, 3, 4, 5, 6], dy: [6, 5, 4, 3, 2, 1], between: triangles, "
            "fill: wrap, filter: nearest}",
            op::Mesh{2,
                     3,
                     {1, 2, 3, 4, 5, 6},
                     {6, 5, 4, 3, 2, 1},
                     op::Mesh::Between::Triangles,
                     {Fill::Kind::Wrap, {}},
                     Filter::Nearest}},
           {"Mesh: {between: spline}", op::Mesh{.between = op::Mesh::Between::Spline, .fill = {}}},
           {"Lens: {k: -0.5, model: fisheye, fill: replicate}",
            op::Lens{-0.5, op::Lens::Model::Fisheye, {Fill::Kind::Replicate, {}}}},
           {"Swirl: {x: 1, y: 2, angle: 90, radius: 5, fill: [1, 0, 0]}",
            op::Swirl{1, 2, 90, 5, {Fill::Kind::Color, {1, 0, 0, 1}}}},
           {"Wave: {amplitude: 1, wavelength: 9, direction: 45, phase: 30}", op::Wave{1, 9, 45, 30, {}}},
           {"Bulge: {x: 1, y: 2, radius: 3, strength: -0.5}", op::Bulge{1, 2, 3, -0.5, {}}}}) {
    EXPECT_EQ(op_from(text), op) << text;
    EXPECT_TRUE(reads_back(op)) << text;
  }
}

TEST(BendFields, WhatCannotBendIsRefused) {
  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"Mesh: {rows: 2, cols: 2, dx: [1, 2, 3], dy: [1, 2, 3]}",
            "Mesh: dx and dy need rows x cols numbers each"},
           {"Mesh: {rows: 2, cols: 2, dx: [1, 2, 3, 4]}", "Mesh: dx and dy need rows x cols numbers each"},
           {"Mesh: {rows: 1, cols: 4, dx: [1, 2, 3, 4], dy: [1, 2, 3, 4]}",
            "p:3: Mesh: rows is 1, but must be 2 to 256"},
           {"Mesh: {between: straight}",
            "Mesh: between is 'straight', but must be one of bilinear, triangles, spline"},
           {"Elastic: {sigma: 0.4}", "p:3: Elastic: sigma is 0.4, but must be 0.5 to 10000 pixels"},
           {"Lens: {k: -1}", "p:3: Lens: k is -1, but must be -0.9 to 10"},
           {"Swirl: {radius: 0}", "p:3: Swirl: radius is 0, but must be 0.001 to 1000000 pixels"},
           {"Wave: {wavelength: 0}", "p:3: Wave: wavelength is 0, but must be 1 to 1000000 pixels"},
           {"Bulge: {strength: 1}", "p:3: Bulge: strength is 1, but must be -0.9 to 0.9"}})
    EXPECT_THAT(error_of_op(text), testing::HasSubstr(error)) << text;
}

}  // namespace
}  // namespace doppel::augment
