#include "doppel/augment/plan/ops/blur.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "augment/plan/ops/op_from.h"

namespace doppel::augment {
namespace {

TEST(BlurFields, AreReadByNameAndReadBack) {
  for (const auto& [text, op] : std::vector<std::pair<std::string, Op>>{
           {"GaussianBlur: {sigma: 2.5}", op::GaussianBlur{2.5}},
           {"LineBlur: {length: 7, angle: 30, direction: -0.5}", op::LineBlur{7, 30, -0.5}},
           {"BoxBlur: {size: 5}", op::BoxBlur{5}},
           {"MedianBlur: {size: 7}", op::MedianBlur{7}},
           {"EllipseBlur: {sigma_x: 2, sigma_y: 3, angle: 4}", op::EllipseBlur{2, 3, 4}},
           {"DiscBlur: {radius: 4, softness: 1}", op::DiscBlur{4, 1}},
           {"ZoomBlur: {factor: 1.5, x: 0.25, y: 0.75}", op::ZoomBlur{1.5, 0.25, 0.75}},
           {"Scatter: {shift: 2, rounds: 3, sigma: 0.5, seed: 9}", op::Scatter{2, 3, 0.5, 9}},
           {"Kernel: {weights: [0, 1, 0, 1, -4, 1, 0, 1, 0]}", op::Kernel{{0, 1, 0, 1, -4, 1, 0, 1, 0}}},
           {"Unsharp: {sigma: 2, amount: -1, threshold: 0.1}", op::Unsharp{2, -1, 0.1}}}) {
    EXPECT_EQ(op_from(text), op) << text;
    EXPECT_TRUE(reads_back(op)) << text;
  }
}

TEST(BlurFields, WindowsHaveAMiddle) {
  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"BoxBlur: {size: 4}", "BoxBlur: size must be odd"},
           {"MedianBlur: {size: 4}", "MedianBlur: size must be odd"},
           {"MedianBlur: {size: 257}", "p:3: MedianBlur: size is 257, but must be 1 to 255 pixels"},
           {"Kernel: {weights: [1, 2, 3, 4]}", "Kernel: weights need 1, 9, 25 … numbers"},
           {"Kernel: {weights: [1, 2, 3]}", "Kernel: weights need 1, 9, 25 … numbers"},
           {"GaussianBlur: {sigma: -1}", "p:3: GaussianBlur: sigma is -1, but must be 0 to 1000 pixels"},
           {"LineBlur: {direction: 2}", "p:3: LineBlur: direction is 2, but must be -1 to 1"},
           {"ZoomBlur: {factor: 0.5}", "p:3: ZoomBlur: factor is 0.5, but must be 1 to 4"}})
    EXPECT_THAT(error_of_op(text), testing::HasSubstr(error)) << text;
}

}  // namespace
}  // namespace doppel::augment
