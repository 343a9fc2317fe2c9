#include "doppel/base/format_version.h"

#include <gtest/gtest.h>

#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(FormatVersion, EarlierAndPresentOnesAreRead) {
  for (const char* number : {"1", "2", "3"}) EXPECT_NO_THROW(check_format(number, 3, "file")) << number;
}

TEST(FormatVersion, ALaterOneIsNamedWithBothNumbers) {
  EXPECT_EQ(error_of([] { check_format("4", 3, "a.pack"); }),
            "a.pack: has format 4, which a later doppel made; this one reads up to 3");
}

TEST(FormatVersion, WhatIsNoNumberIsNamed) {
  for (const std::string number : {"", "0", "-1", "1.0", "1 ", " 1", "one", "1x", "99999999999"})
    EXPECT_EQ(error_of([&] { check_format(number, 3, "a.pack"); }),
              "a.pack: '" + number + "' is no number of a format");
  EXPECT_THROW(check_format("old", 1, "f"), Error);
}

}  // namespace
}  // namespace doppel::augment
