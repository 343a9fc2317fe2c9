#include "doppel/dataset/sources/remark.h"

#include <gtest/gtest.h>

namespace doppel::dataset {
namespace {

TEST(Remark, SaysHowOftenWithTheFirstExamples) {
  EXPECT_EQ((Remark{"x", 0, {}}).text(), "x");
  EXPECT_EQ((Remark{"x", 5, {}}).text(), "x: 5");
  EXPECT_EQ((Remark{"x", 2, {"a", "b"}}).text(), "x: 2 (a, b)");
  EXPECT_EQ((Remark{"x", 3, {"a", "b"}}).text(), "x: 3 (a, b, …)");
}

TEST(Remark, IsPrintable) {
  EXPECT_EQ((Remark{"columns", 1, {"a\x1b[2Jb"}}.text()), "columns: 1 (a\\x1b[2Jb)");
  EXPECT_EQ((Remark{"\a", 0, {}}.text()), "\\x07");
}

TEST(Remarks, CountEachKindInTheOrderInWhichTheyAreMet) {
  Remarks remarks;
  for (const char* file : {"1.gif", "2.gif", "3.gif", "4.gif"}) remarks.add("gifs", file);
  remarks.add("columns");
  remarks.say("said");
  remarks.say("said");
  remarks.add("gifs");
  ASSERT_EQ(remarks.list().size(), 3U);
  EXPECT_EQ(remarks.list()[0].text(), "gifs: 5 (1.gif, 2.gif, 3.gif, …)");
  EXPECT_EQ(remarks.list()[1].text(), "columns: 1");
  EXPECT_EQ(remarks.list()[2].text(), "said");
}

TEST(Remarks, OfSeveralPartsAddUp) {
  Remarks one, other;
  one.add("gifs", "a");
  other.add("pngs", "x");
  for (const char* file : {"b", "c", "d"}) other.add("gifs", file);
  one.add(other.list());
  ASSERT_EQ(one.list().size(), 2U);
  EXPECT_EQ(one.list()[0].text(), "gifs: 4 (a, b, c, …)");
  EXPECT_EQ(one.list()[1].text(), "pngs: 1 (x)");
  // What all parts find alike, each says once, with its count in the text.
  Remarks once;
  once.add(said_once(other.list()));
  once.add(said_once(other.list()));
  ASSERT_EQ(once.list().size(), 2U);
  EXPECT_EQ(once.list()[1].text(), "gifs: 3 (b, c, d)");
}

}  // namespace
}  // namespace doppel::dataset
