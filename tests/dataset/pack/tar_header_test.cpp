#include "pack/tar_header.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

#include "error_of.h"

namespace doppel::dataset::pack {
namespace {

TEST(PackTarHeader, IsUstarWithItsSum) {
  const auto header = tar_header("00000001.jpg", 1234);
  const auto text = [&](std::size_t at) { return std::string_view(header.data() + at); };
  EXPECT_EQ(text(0), "00000001.jpg");
  EXPECT_EQ(std::strtoul(header.data() + 124, nullptr, 8), 1234U);
  EXPECT_EQ(header[156], '0');
  EXPECT_EQ(text(257).substr(0, 5), "ustar");
  unsigned sum = 0;
  for (std::size_t i = 0; i < header.size(); ++i)
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(header[i]);
  EXPECT_EQ(std::strtoul(header.data() + 148, nullptr, 8), sum);
}

TEST(PackTarHeader, RefusesWhatUstarCannotSay) {
  EXPECT_NE(error_of([] { tar_header(std::string(101, 'a'), 1); }), "");
  EXPECT_NE(error_of([] { tar_header("a", std::uint64_t{8} << 30); }), "");
  EXPECT_EQ(error_of([] { tar_header(std::string(100, 'a'), (std::uint64_t{8} << 30) - 1); }), "");
}

}  // namespace
}  // namespace doppel::dataset::pack
