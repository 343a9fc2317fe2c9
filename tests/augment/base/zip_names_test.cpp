#include "base/zip_names.h"

#include <gtest/gtest.h>

namespace doppel {
namespace {

TEST(ZipNames, Utf8IsKnownWithoutAMarkAndAllElseIsCodePage437) {
  EXPECT_EQ(zip_name("plain.txt", false), "plain.txt");
  EXPECT_EQ(zip_name("d\xc3\xb6g", false), "dög");
  EXPECT_EQ(zip_name("d\x94g", false), "dög");
  EXPECT_EQ(zip_name("\x80\xe1\xfb\xff", false), "Çß√\u00a0");
  EXPECT_EQ(zip_name("\xe6\x97\xa5\xf0\x9f\x90\xb1", false), "日🐱");
  EXPECT_EQ(zip_name("\xe6\x97", false), "µù");  // cut short: no UTF-8
  EXPECT_EQ(zip_name("\xe6\x97", true), "\xe6\x97");
}

TEST(ZipNames, PathsStayBelowTheArchive) {
  EXPECT_EQ(clean_zip_path("a/b.txt"), "a/b.txt");
  EXPECT_EQ(clean_zip_path(".\\a\\.\\b"), "a/b");
  EXPECT_EQ(clean_zip_path("a//b/"), "a/b/");
  EXPECT_EQ(clean_zip_path("..a/b.."), "..a/b..");
  for (const char* name : {"", "/", ".", "./", "/a", "\\a", "..", "a/..", "a/../b", "c:x", "C:/x"})
    EXPECT_FALSE(clean_zip_path(name)) << name;
  EXPECT_FALSE(clean_zip_path(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace doppel
