#include "doppel/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

#include "doppel/base/error.h"

namespace doppel {
namespace {

TEST(Utf8, WholeCharactersAreKnown) {
  for (const char* text : {"", "cat", "caf\xc3\xa9", "\xe7\x8c\xab", "\xf0\x9f\x90\xb1"})
    EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* text : {"caf\xe9", "\xc3", "\xc3(", "\xe7\x8c", "\x80", "\xff", "\xc0\x80"})
    EXPECT_FALSE(is_utf8(text));
}

TEST(Utf8, PrintableTextMovesNoCursor) {
  for (const char* text :
       {"", "cat\\x1b", "a\tb", "caf\xc3\xa9", "\xe7\x8c\xab", "\xf0\x9f\x90\xb1", "\xc2\xa0"})
    EXPECT_EQ(printable(text), text);
  EXPECT_EQ(printable("\x1b[2Jred\r\n"), "\\x1b[2Jred\\x0d\\x0a");
  EXPECT_EQ(printable(std::string_view("a\0b\x7f", 4)), "a\\x00b\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m");  // a terminal's CSI in two bytes
  EXPECT_EQ(printable("caf\xe9 \xe7\x8c"), "caf\\xe9 \\xe7\\x8c");
  const std::string once = printable("\x1b\xff");
  EXPECT_EQ(printable(once), once);
}

TEST(Utf8, ErrorsArePrintable) {
  EXPECT_STREQ(Error("a\x1b[31mb").what(), "a\\x1b[31mb");
  EXPECT_STREQ(UsageError("two\nlines").what(), "two\\x0alines");
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
