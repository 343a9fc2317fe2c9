#include "sources/base64.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace doppel::dataset {
namespace {

std::string plain_of(std::string_view text) {
  const std::vector<unsigned char> bytes = bytes_from_base64(text);
  return {bytes.begin(), bytes.end()};
}

TEST(Base64, IsRead) {
  // RFC 4648, section 10.
  EXPECT_EQ(plain_of(""), "");
  EXPECT_EQ(plain_of("Zg=="), "f");
  EXPECT_EQ(plain_of("Zm8="), "fo");
  EXPECT_EQ(plain_of("Zm9vYmFy"), "foobar");
  EXPECT_EQ(plain_of("Zm9v\nYmE"), "fooba");
  EXPECT_EQ(plain_of("data:image/png;base64,Zm8="), "fo");
  EXPECT_EQ(bytes_from_base64("+/8="), (std::vector<unsigned char>{0xfb, 0xff}));
}

TEST(Base64, OtherLettersAreErrors) {
  for (const char* text : {"Zm9v!", "Zg==Zg", "\xff"})
    EXPECT_EQ(error_of([&] { bytes_from_base64(text); }), "damaged base64") << text;
}

}  // namespace
}  // namespace doppel::dataset
