#include "doppel/augment/plan/ops/light.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "augment/plan/ops/op_from.h"

namespace doppel::augment {
namespace {

TEST(LightFields, AreReadByNameAndReadBack) {
  for (const auto& [text, op] : std::vector<std::pair<std::string, Op>>{
           {"Light: {mode: linear, amount: 0.5, angle: 30, x: 0.25, y: 0.75, radius: 2}",
            op::Light{op::Light::Mode::Linear, 0.5, 30, 0.25, 0.75, 2}},
           {"Light: {mode: corner}", op::Light{op::Light::Mode::Corner}},
           {"Light: {mode: gaussian}", op::Light{op::Light::Mode::Gaussian}},
           {"Light: {mode: vignette}", op::Light{op::Light::Mode::Vignette}},
           {"Plasma: {brightness: 0.5, contrast: -0.5, roughness: 0.25, seed: 3}",
            op::Plasma{0.5, -0.5, 0.25, 3}},
           {"Shadow: {points: [0, 0, 1, 0, 1, 1], darkness: 0.5, softness: 0.1}",
            op::Shadow{{0, 0, 1, 0, 1, 1}, 0.5, 0.1}},
           {"Flare: {x: 1, y: 2, radius: 3, strength: 0.5, rays: 4, ghosts: 5, color: [1, 0.5, 0], seed: 6}",
            op::Flare{1, 2, 3, 0.5, 4, 5, {1, 0.5, 0}, 6}},
           {"Clouds: {amount: 0.5, scale: 0.1, seed: 7}", op::Clouds{0.5, 0.1, 7}}}) {
    EXPECT_EQ(op_from(text), op) << text;
    EXPECT_TRUE(reads_back(op)) << text;
  }
}

TEST(LightFields, BoundsAndCornersAreChecked) {
  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"Light: {mode: spot}",
            "p:3: Light: mode is 'spot', but must be one of linear, corner, gaussian, vignette"},
           {"Light: {amount: -2}", "p:3: Light: amount is -2, but must be -1 to 4"},
           {"Light: {radius: 0}", "p:3: Light: radius is 0, but must be 0.01 to 10 half diagonals"},
           {"Shadow: {points: [0, 0, 1, 1]}", "Shadow: points need x, y of three corners or more"},
           {"Shadow: {points: [0, 0, 1, 1, 0, 1, 2]}", "Shadow: points need x, y of three corners or more"},
           {"Shadow: {softness: 0}", "p:3: Shadow: softness is 0, but must be 0.0001 to 1 of the short side"},
           {"Flare: {rays: 65}", "p:3: Flare: rays is 65, but must be 0 to 64"},
           {"Clouds: {amount: 1.5}", "p:3: Clouds: amount is 1.5, but must be 0 to 1"}})
    EXPECT_THAT(error_of_op(text), testing::HasSubstr(error)) << text;
}

}  // namespace
}  // namespace doppel::augment
