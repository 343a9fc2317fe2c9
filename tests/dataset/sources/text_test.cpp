#include "sources/text.h"

#include <gtest/gtest.h>

#include <limits>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(Text, IsUtf8WhateverTheFileWasWrittenIn) {
  const TemporaryFolder folder;
  const auto read = [&](std::string_view bytes) {
    write_file(folder.path() / "t.txt", bytes);
    return read_text(folder.path() / "t.txt");
  };
  using namespace std::literals;
  EXPECT_EQ(read("plain"), "plain");
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("\xef\xbb\xbf\xc3\xa4"), "\xc3\xa4");
  EXPECT_EQ(read("\xff\xfe\xe4\0\xac\x20"sv), "\xc3\xa4\xe2\x82\xac");  // ä, the euro sign
  EXPECT_EQ(read("\xfe\xff\0\xe4\x20\xac"sv), "\xc3\xa4\xe2\x82\xac");
  EXPECT_EQ(read("\xfe\xff\xd8\x3d\xde\x00"sv), "\xf0\x9f\x98\x80");  // U+1F600, of two units
  EXPECT_EQ(read("\xfe\xff\xd8\x3d\0\x41"sv), "\xef\xbf\xbd\x41");    // half of it
  EXPECT_EQ(read("\xff\xfe\x41"), "");                                // half a unit
  EXPECT_NE(error_of([] { read_text("/no/such.txt"); }).find("/no/such.txt"), std::string::npos);
}

TEST(Text, LinesEndAsAnySystemEndsThem) {
  using Lines = std::vector<std::string_view>;
  EXPECT_EQ(lines_of("a\nb\r\nc\rd"), (Lines{"a", "b", "c", "d"}));
  EXPECT_EQ(lines_of("a\n"), (Lines{"a"}));
  EXPECT_EQ(lines_of("\n\r\n\r"), (Lines{"", "", ""}));
  EXPECT_EQ(lines_of("a\n\rb"), (Lines{"a", "", "b"}));
  EXPECT_TRUE(lines_of("").empty());
  EXPECT_EQ(filled_lines(" a \r\n\t\r\n\xc2\xa0"
                         "b c\xc2\xa0\n"),
            (std::vector<std::string>{"a", "b c"}));
  EXPECT_EQ(words_of(" a\t b\v\fc  "), (Lines{"a", "b", "c"}));
  EXPECT_TRUE(words_of(" \t ").empty());
}

TEST(Text, TrimsBlanksOfAllKindsAndNothingElse) {
  EXPECT_EQ(trimmed(" \t\r\n a b \v\f"), "a b");
  EXPECT_EQ(trimmed("\xc2\xa0 \xc2\xa0x \xc2\xa0"), "x");
  EXPECT_EQ(trimmed(std::string_view("x\0\0", 3)), "x");
  EXPECT_EQ(trimmed("  "), "");
  EXPECT_EQ(trimmed("\xc3\xa0"), "\xc3\xa0");  // à ends as a no-break space does
  EXPECT_EQ(without_mark("\xef\xbb\xbfx"), "x");
  EXPECT_EQ(without_mark("\xef\xbb"), "\xef\xbb");
  EXPECT_EQ(lower("AbC\xc3\x84"), "abc\xc3\x84");  // letters beyond ASCII stay
}

TEST(Text, NumbersMayHaveAnyUsualForm) {
  EXPECT_EQ(real_number(" +0.5 "), 0.5);
  EXPECT_EQ(real_number("-1e-3"), -0.001);
  EXPECT_EQ(real_number(".5"), 0.5);
  for (const char* none :
       {"", " ", "1,5", "0x10", "1 2", "nan", "inf", "1e999", "+-1", "++1", "--1", "3px", "e5"}) {
    EXPECT_FALSE(real_number(none)) << none;
    EXPECT_FALSE(whole_number(none)) << none;
  }
  for (const char* three : {"3", "+3", "3.0", "3.", "3e0", "0.3e1", "\t3\r"})
    EXPECT_EQ(whole_number(three), 3) << three;
  EXPECT_FALSE(whole_number("3.5"));
  EXPECT_EQ(whole_number("-0"), 0);
  EXPECT_EQ(whole_number("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_FALSE(whole_number("9223372036854775808"));  // as a double it is another number
}

}  // namespace
}  // namespace doppel::dataset
