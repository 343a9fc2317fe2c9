#include "sources/shard_member.h"

#include <gtest/gtest.h>

#include <vector>

namespace doppel::dataset {
namespace {

using ExtensionKind = ShardExtension::Kind;

TEST(ShardMember, TheFirstDotOfTheLastComponentEndsTheKey) {
  using Parts = std::pair<std::string_view, std::string_view>;
  EXPECT_EQ(key_and_extension("a/b.c/d.v2.png"), Parts("a/b.c/d", "v2.png"));
  EXPECT_EQ(key_and_extension("./a.jpg"), Parts("./a", "jpg"));
  EXPECT_EQ(key_and_extension("../a.b/README"), Parts("../a.b/README", ""));
}

TEST(ShardMember, HiddenFilesAndLeftoversAreNobodys) {
  for (const char* name :
       {"._a.png", "a/._b.cls", ".cache/a.png", "__MACOSX/a.png", "a/Thumbs.db", "__info__"})
    EXPECT_TRUE(is_passed_by(name)) << name;
  for (const char* name : {"./a.png", "../../a.png", "a//b.png", "_a.png", "__a.png"})
    EXPECT_FALSE(is_passed_by(name)) << name;
}

TEST(ShardMember, AnExtensionsLastPartDecidesInAnyCase) {
  for (const char* image :
       {"jpg", "JPEG", "Jpe",   "jfif",      "png",    "PNG",       "webp", "ppm",  "pgm", "pnm", "bmp",
        "tif", "TIFF", "0.jpg", "image.png", "v2.png", "input.PNG", "gif",  "avif", "EXR", "dcm"})
    EXPECT_EQ(ShardExtension(image).kind, ExtensionKind::Image) << image;
  for (const char* mask : {"mask.png", "seg.png", "mask0.png", "left.mask_12.png", "Segmentation.PNG"})
    EXPECT_EQ(ShardExtension(mask).kind, ExtensionKind::Mask) << mask;
  for (const char* name : {"cls", "CLS", "cls2", "class", "label", "v2.cls"})
    EXPECT_EQ(ShardExtension(name).kind, ExtensionKind::Class) << name;
  for (const char* json : {"json", "jsn", "meta.json"})
    EXPECT_EQ(ShardExtension(json).kind, ExtensionKind::Json) << json;
  for (const char* map : {"npy", "map0.NPY", "flow.flo"})
    EXPECT_EQ(ShardExtension(map).kind, ExtensionKind::Map) << map;
  for (const char* other : {"", "txt", "id", "index", "mask.jpg", "jpg.gz", "nii", "nii.gz", "mp4"})
    EXPECT_EQ(ShardExtension(other).kind, ExtensionKind::Unread) << other;
}

TEST(ShardMember, OfSeveralOfAKindOneComesFirst) {
  for (const std::vector<const char*>& order :
       {std::vector{"image.jpg", "image.png", "img.jpg", "jpg", "jpeg", "png", "bmp", "gif", "input.jpg",
                    "0.jpg", "1.jpg", "depth.jpg", "v2.png"},
        std::vector{"cls", "class", "label", "cls2", "a.cls", "b.cls"},
        std::vector{"json", "jsn", "meta.json"}})
    for (std::size_t i = 1; i < order.size(); ++i) {
      EXPECT_LT(ShardExtension(order[i - 1]), ShardExtension(order[i])) << order[i - 1] << " " << order[i];
      EXPECT_FALSE(ShardExtension(order[i]) < ShardExtension(order[i - 1]));
    }
}

TEST(ShardMember, WhatIsntReadIsSaid) {
  EXPECT_EQ(ShardExtension("seg.npy").remark,
            "arrays that no `maps` in JSON names, which aren't read (.npy)");
  EXPECT_EQ(ShardExtension("").remark, "members without an ending, which aren't read");
  EXPECT_NE(ShardExtension("txt").remark.find("captions"), std::string::npos);
  EXPECT_NE(ShardExtension("mask.jpg").remark.find("masks that aren't PNGs"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
