#include "doppel/augment/plan/ops/color.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "augment/plan/ops/op_from.h"

namespace doppel::augment {
namespace {

TEST(ColorFields, AreReadByNameAndReadBack) {
  for (const auto& [text, op] : std::vector<std::pair<std::string, Op>>{
           {"ColorMatrix: {matrix: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}",
            op::ColorMatrix{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}},
           {"Contrast: {factor: 2, per_channel: true, offset: -0.5}", op::Contrast{2, true, -0.5}},
           {"Hsv: {turn: 0.5, gain: 2, saturation: 0.25, value: -0.25}", op::Hsv{0.5, 2, 0.25, -0.25}},
           {"Gamma: {gamma: 2.2}", op::Gamma{2.2}},
           {"Curve: {y: [0, 0.5, 1]}", op::Curve{{0, 0.5, 1}}},
           {"Contour: {shape: log, gain: 3, cutoff: 0.25}", op::Contour{op::Contour::Shape::Log, 3, 0.25}},
           {"Solarize: {mode: add, threshold: 0.25, amount: 0.125}",
            op::Solarize{op::Solarize::Mode::Add, 0.25, 0.125}},
           {"Posterize: {bits: 3}", op::Posterize{3}},
           {"AutoContrast: {cutoff: 0.1}", op::AutoContrast{0.1}},
           {"Equalize: {}", op::Equalize{}},
           {"MatchHistogram: {quantiles: [0, 1, 0, 1, 0, 1], share: 0.5}",
            op::MatchHistogram{{0, 1, 0, 1, 0, 1}, 0.5}},
           {"Exposure: {target: 0.25, low: 0.5, high: 2}", op::Exposure{0.25, 0.5, 2}},
           {"Colorize: {black: [0, 0, 1], middle: [0, 1, 0], white: [1, 0, 0], share: 0.5}",
            op::Colorize{{0, 0, 1}, {0, 1, 0}, {1, 0, 0}, 0.5}},
           {"Stain: {gain_h: 2, gain_e: 3, shift_h: 0.5, shift_e: -0.5}", op::Stain{2, 3, 0.5, -0.5}},
           {"Dither: {bits: 2}", op::Dither{2}},
           {"Normalize: {mean: [0.1, 0.2, 0.3], std: 0.5, per_image: true, together: true}",
            op::Normalize{{0.1, 0.2, 0.3}, {0.5}, true, true}}}) {
    EXPECT_EQ(op_from(text), op) << text;
    EXPECT_TRUE(reads_back(op)) << text;
  }
}

TEST(ColorFields, ListsHaveTheirLengthAndNumbersTheirBounds) {
  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"ColorMatrix: {matrix: [1, 2, 3]}", "p:3: ColorMatrix: matrix needs 12 numbers, not 3"},
           {"Colorize: {white: [1, 1, 1, 1]}", "p:3: Colorize: white needs 3 numbers, not 4"},
           {"Colorize: {black: [0, 0, 255]}",
            "p:3: Colorize: black is 255, but must be 0 to 1 of the full range"},
           {"Curve: {y: [0.5]}", "Curve: y needs two points or more"},
           {"MatchHistogram: {quantiles: [0, 1, 0, 1]}",
            "quantiles need the same number, at least 2, for each of 3 channels"},
           {"MatchHistogram: {quantiles: [0, 0, 0]}",
            "quantiles need the same number, at least 2, for each of 3 channels"},
           {"Gamma: {gamma: 0}", "p:3: Gamma: gamma is 0, but must be 0.01 to 100"},
           {"Posterize: {bits: 9}", "p:3: Posterize: bits is 9, but must be 1 to 8"},
           {"AutoContrast: {cutoff: 0.5}", "p:3: AutoContrast: cutoff is 0.5, but must be 0 to 0.49"},
           {"Normalize: {std: 0}",
            "p:3: Normalize: std is 0, but must be 1e-12 to 1000000000000 of the full range"},
           {"Contour: {shape: linear}", "p:3: Contour: shape is 'linear', but must be one of sigmoid, log"},
           {"Hsv: {hue: 1}", "p:3: Hsv has no field 'hue'"}})
    EXPECT_THAT(error_of_op(text), testing::HasSubstr(error)) << text;
}

}  // namespace
}  // namespace doppel::augment
