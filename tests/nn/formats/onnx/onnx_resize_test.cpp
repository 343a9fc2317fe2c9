#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/formats/onnx/hand_made.h"

namespace doppel::nn {
namespace {

/// Of a nearest Resize by a factor.
std::string resize_problem(float factor, const char* places, const char* rounding, float channels = 1) {
  return problem_of_made([&](HandMade& m) {
    m.reals("s", {4}, {1, channels, factor, factor});
    std::vector<Message> words;
    if (places) words.push_back(HandMade::word("coordinate_transformation_mode", places));
    if (rounding) words.push_back(HandMade::word("nearest_mode", rounding));
    m.node("Resize", {"x", "", "s"}, "u", words).node("GlobalAveragePool", {"u"}, "g");
    m.node("Flatten", {"g"}, "y");
  });
}

TEST(OnnxResize, WhatRepeatsEachPixelIsRead) {
  for (const float factor : {1.F, 2.F, 3.F, 4.F, 7.F}) {
    EXPECT_EQ(resize_problem(factor, "asymmetric", "floor"), "") << factor;
    EXPECT_EQ(resize_problem(factor, nullptr, nullptr), "") << factor;
    EXPECT_EQ(resize_problem(factor, "half_pixel", "round_prefer_ceil"), "") << factor;
    EXPECT_EQ(resize_problem(factor, "tf_half_pixel_for_nn", "floor"), "") << factor;
  }
  // Every second pixel lies at a half, which goes down.
  EXPECT_EQ(resize_problem(2, "asymmetric", nullptr), "");
}

TEST(OnnxResize, WhatMovesPixelsIsNamed) {
  EXPECT_THAT(
      resize_problem(4, "asymmetric", nullptr),
      testing::HasSubstr("nearest by 4, asymmetric, round_prefer_floor, which isn't each pixel 4 times"));
  for (const auto& [factor, places, rounding] : {std::tuple{3.F, "asymmetric", "round_prefer_floor"},
                                                 {2.F, "asymmetric", "round_prefer_ceil"},
                                                 {2.F, "asymmetric", "ceil"},
                                                 {4.F, "asymmetric", "ceil"},
                                                 {2.F, "half_pixel", "floor"},
                                                 {2.F, "half_pixel", "ceil"},
                                                 {2.F, "align_corners", "floor"},
                                                 {2.F, "tf_crop_and_resize", "floor"},
                                                 {2.F, "asymmetric", "upwards"}})
    EXPECT_THAT(resize_problem(factor, places, rounding), testing::HasSubstr("in a way that no layer does"))
        << places << ' ' << rounding;
  EXPECT_THAT(resize_problem(2, nullptr, nullptr, 2), testing::HasSubstr("else than rows and columns"));
}

}  // namespace
}  // namespace doppel::nn
