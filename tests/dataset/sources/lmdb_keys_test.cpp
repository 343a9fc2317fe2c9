#include "sources/lmdb_keys.h"

#include <gtest/gtest.h>

namespace doppel::dataset {
namespace {

TEST(LmdbKeys, AreShownAsPeopleReadThem) {
  EXPECT_EQ(lmdb_key_text("00000001", false), "00000001");
  EXPECT_EQ(lmdb_key_text(std::string("\x05\0\0\0", 4), true), "5");
  EXPECT_EQ(lmdb_key_text(std::string("cat\0", 4), false), "cat");
  EXPECT_EQ(lmdb_key_text("\xff\x01", false), "0xff01");
}

TEST(LmdbKeys, LabelsStandBesideTheirImages) {
  EXPECT_TRUE(is_label_key("label-000000001"));
  EXPECT_EQ(key_of_image("label-000000001"), "image-000000001");
  EXPECT_EQ(key_of_image("labels/label-1"), "images/label-1");
  EXPECT_EQ(key_of_image("00001_label"), "00001_image");
  EXPECT_FALSE(is_label_key("labelled/1.jpg"));
  EXPECT_FALSE(is_label_key("image-000000001"));
}

TEST(LmdbKeys, SizesAreNumbersBeforeADash) {
  EXPECT_EQ(size_in_key("256-00017"), 256U);
  for (const char* other : {"256", "256-", "-1", "a-1", "256-a", "1-2-3", "123456-1"})
    EXPECT_FALSE(size_in_key(other)) << other;
}

}  // namespace
}  // namespace doppel::dataset
