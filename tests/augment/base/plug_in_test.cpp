#include "doppel/base/plug_in.h"

#include <gtest/gtest.h>

namespace doppel {
namespace {

TEST(PlugIn, WhatIsNotThereIsNull) {
  EXPECT_EQ(plug_in_function("libdoppel_nothing.so", "nothing"), nullptr);
}

TEST(PlugIn, WhatRunsFromItsBuildFolderKnowsItsSources) {
  const auto built = build_folder();
  ASSERT_TRUE(built);
  EXPECT_TRUE(std::filesystem::exists(built->sources / "dataset/sample/digits"));
  EXPECT_TRUE(std::filesystem::exists(built->plug_ins / "doppel_build.txt"));
}

TEST(PlugIn, OfOneThatIsThereOnlyItsFunctions) {
  if (plug_in_function("libdoppel_format_tiff.so", "doppel_tiff_pixels") == nullptr)
    GTEST_SKIP() << "built without libtiff";
  EXPECT_EQ(plug_in_function("libdoppel_format_tiff.so", "nothing"), nullptr);
}

}  // namespace
}  // namespace doppel
