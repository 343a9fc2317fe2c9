#include "sources/image_shape.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace doppel::dataset {
namespace {

using Sizes = std::vector<std::uint64_t>;

std::string shape_of(Sizes sizes, std::optional<std::uint64_t> labels = {}) {
  try {
    const auto shape = ImageShape::of({.name = "x", .inner = "x", .shape = std::move(sizes)}, labels);
    return std::to_string(shape.height) + "," + std::to_string(shape.width) + "," +
           std::to_string(shape.channels) + (shape.planes ? ",planes" : "");
  } catch (const std::exception& error) { return error.what(); }
}

TEST(ImageShape, AxesAreKnownByTheirSizes) {
  EXPECT_EQ(shape_of({10, 28, 30}), "28,30,1");
  EXPECT_EQ(shape_of({10, 28, 30, 3}), "28,30,3");
  EXPECT_EQ(shape_of({10, 28, 30, 1}), "28,30,1");
  EXPECT_EQ(shape_of({10, 4, 28, 30}), "28,30,4,planes");
  EXPECT_EQ(shape_of({10, 28, 3}, 10), "28,3,1");
}

TEST(ImageShape, WhatMayBeReadInTwoWaysNamesBoth) {
  EXPECT_EQ(shape_of({10, 3, 32, 3}),
            "x: its shape is 10 x 3 x 32 x 3: images of 3 x 32 pixels with 3 channels (N x H x W x C), or of "
            "32 x 3 with 3 (N x C x H x W)");
  EXPECT_NE(shape_of({32, 28, 3}).find("32 grey images of 28 x 3 pixels, or one of 32 x 28 with 3"),
            std::string::npos);
  EXPECT_NE(shape_of({32, 28, 3}, 10).find("or one of"), std::string::npos);
}

TEST(ImageShape, OthersAreRefused) {
  EXPECT_NE(shape_of({32, 32, 3, 100}, 100).find("as MATLAB has it"), std::string::npos);
  EXPECT_NE(shape_of({100, 784}).find("N x H x W"), std::string::npos);
  EXPECT_NE(shape_of({}).find("one number"), std::string::npos);
  EXPECT_NE(shape_of({10, 28, 28, 70}).find("1 to 64 channels"), std::string::npos);
  EXPECT_NE(shape_of({0, 28, 28}).find("no images"), std::string::npos);
  for (const Sizes& nothing :
       {Sizes{10, 0, 28}, {10, 28, 0}, {10, 0, 28, 28}, {10, 28, 0, 3}, {10, 28, 28, 0}})
    EXPECT_NE(shape_of(nothing).find("no pixels"), std::string::npos);
  EXPECT_NE(shape_of({1, 60000, 60000}).find("too large"), std::string::npos);
  EXPECT_NE(shape_of({1, 70000, 2}).find("too large"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
