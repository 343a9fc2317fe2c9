#include "doppel/augment/plan/ops/weather.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "augment/plan/ops/op_from.h"

namespace doppel::augment {
namespace {

TEST(WeatherFields, AreReadByNameAndReadBack) {
  for (const auto& [text, op] : std::vector<std::pair<std::string, Op>>{
           {"Rain: {amount: 0.5, angle: -20, length: 2, width: 3, dim: 4, seed: 5}",
            op::Rain{0.5, -20, 2, 3, 4, 5}},
           {"SnowFall: {amount: 0.5, wind: 10, seed: 3}", op::SnowFall{0.5, 10, 3}},
           {"SnowSettle: {amount: 0.5}", op::SnowSettle{0.5}},
           {"Fog: {density: 2, patchiness: 0.5, horizon: -1, airlight: [1, 0.5, 0], seed: 3}",
            op::Fog{2, 0.5, -1, {1, 0.5, 0}, 3}},
           {"Specks: {count: 9, least: 0.01, most: 0.02, opacity: 0.5, color: [1, 0, 0], seed: 3}",
            op::Specks{9, 0.01, 0.02, 0.5, {1, 0, 0}, 3}},
           {"Spatter: {mode: mud, amount: 0.5, size: 0.1, opacity: 0.25, seed: 3}",
            op::Spatter{op::Spatter::Mode::Mud, 0.5, 0.1, 0.25, 3}},
           {"Frost: {a: 0.5, b: 0.25, seed: 3}", op::Frost{0.5, 0.25, 3}},
           {"Gravel: {patches: [1, 2, 3], seed: 4}", op::Gravel{{1, 2, 3}, 4}},
           {"PlasmaFog: {strength: 2, decay: 3, seed: 4}", op::PlasmaFog{2, 3, 4}}}) {
    EXPECT_EQ(op_from(text), op) << text;
    EXPECT_TRUE(reads_back(op)) << text;
  }
}

TEST(WeatherFields, BoundsAndListsAreChecked) {
  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"Rain: {amount: 2}", "p:3: Rain: amount is 2, but must be 0 to 1"},
           {"Rain: {angle: 90}", "p:3: Rain: angle is 90, but must be -89 to 89 degrees"},
           {"Fog: {airlight: [1, 2, 0]}", "p:3: Fog: airlight is 2, but must be 0 to 1 of the full range"},
           {"Fog: {horizon: 2}", "p:3: Fog: horizon is 2, but must be -1 to 1 of the height"},
           {"Specks: {least: 0}", "p:3: Specks: least is 0, but must be 1e-05 to 1 of the short side"},
           {"Spatter: {mode: snow}", "p:3: Spatter: mode is 'snow', but must be one of rain, mud"},
           {"Gravel: {patches: [1, 2, 3, 4]}", "Gravel: patches need three numbers each"},
           {"PlasmaFog: {decay: 1}", "p:3: PlasmaFog: decay is 1, but must be 1.01 to 10"}})
    EXPECT_THAT(error_of_op(text), testing::HasSubstr(error)) << text;
}

}  // namespace
}  // namespace doppel::augment
