#include "doppel/base/utf8.h"

#include <gtest/gtest.h>

namespace doppel {
namespace {

TEST(Utf8, WholeCharactersAreKnown) {
  for (const char* text : {"", "cat", "caf\xc3\xa9", "\xe7\x8c\xab", "\xf0\x9f\x90\xb1"})
    EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* text : {"caf\xe9", "\xc3", "\xc3(", "\xe7\x8c", "\x80", "\xff", "\xc0\x80"})
    EXPECT_FALSE(is_utf8(text));
}

TEST(Utf8, Latin1BecomesIt) {
  EXPECT_EQ(utf8_of_latin1("caf\xe9 \xff"), "caf\xc3\xa9 \xc3\xbf");
  EXPECT_EQ(utf8_of_latin1("cat"), "cat");
  std::string text;
  append_utf8(text, 0x732b);
  EXPECT_EQ(text, "\xe7\x8c\xab");
}

}  // namespace
}  // namespace doppel
