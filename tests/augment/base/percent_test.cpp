#include "doppel/base/percent.h"

#include <gtest/gtest.h>

namespace doppel {
namespace {

TEST(Percent, TwoDigitsAreAByteAndAllElseStays) {
  EXPECT_EQ(percent_decoded("a%20b%2Fc%2fd"), "a b/c/d");
  EXPECT_EQ(percent_decoded("%c3%A4"), "\xc3\xa4");
  EXPECT_EQ(percent_decoded("%2525"), "%25") << "once";
  EXPECT_EQ(percent_decoded("a+b"), "a+b");
  for (const char* text : {"", "%", "%2", "100%", "%zz", "%2z", "%-1", "% 1"})
    EXPECT_EQ(percent_decoded(text), text);
  EXPECT_EQ(percent_decoded("%00").size(), 1U);
}

}  // namespace
}  // namespace doppel
