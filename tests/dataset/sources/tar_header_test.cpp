#include "sources/tar_header.h"

#include <gtest/gtest.h>

#include "dataset/sources/tar_bytes.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

TarHeader header_view(const std::string& header) {
  return TarHeader(std::span(reinterpret_cast<const unsigned char*>(header.data()), 512).first<512>());
}

std::uint64_t size_with(const std::string& field) {
  const std::string header =
      tar_header("a", 0, '0', [&](std::string& h) { h.replace(124, field.size(), field); });
  return header_view(header).size();
}

TEST(TarHeader, SizesAreOctalWithBlanksOrBase256) {
  EXPECT_EQ(size_with("00000000017\0"), 15U);
  EXPECT_EQ(size_with(std::string("      17 \0\0\0", 12)), 15U);
  EXPECT_EQ(size_with("777777777777"), 0xfffffffffU) << "twelve digits, as some writers fill the field";
  EXPECT_EQ(size_with(std::string("\x80\0\0\0\0\0\0\x02\0\0\0\x05", 12)), 0x200000005U);
  EXPECT_EQ(size_with(std::string(12, '\0')), 0U);
  EXPECT_NE(error_of([] { size_with("0000000009x"); }).find("no number"), std::string::npos);
  EXPECT_NE(error_of([] { size_with(std::string(12, '\xff')); }).find("no number"), std::string::npos);
  EXPECT_NE(error_of([] { size_with("\x80" + std::string(11, '\x7f')); }).find("no number"),
            std::string::npos);
}

TEST(TarHeader, SumsOfSignedBytesHoldToo) {
  std::string header = tar_header("caf\xc3\xa9.png", 3, '0');
  EXPECT_TRUE(header_view(header).checksum_holds());
  int sum = 0;
  header.replace(148, 8, "        ");
  for (const char c : header) sum += static_cast<signed char>(c);
  std::snprintf(header.data() + 148, 8, "%06o", sum);
  EXPECT_TRUE(header_view(header).checksum_holds());
  header[0] = 'C';
  EXPECT_FALSE(header_view(header).checksum_holds());
}

TEST(TarHeader, APrefixIsPosixsAlone) {
  const auto named = [](std::string_view magic) {
    const std::string header = tar_header("a.png", 0, '0', [&](std::string& h) {
      h.replace(257, 8, magic);
      h.replace(345, 3, "dir");
    });
    std::string name;
    header_view(header).name_into(name);
    return name;
  };
  EXPECT_EQ(named(std::string_view("ustar\00000", 8)), "dir/a.png");
  EXPECT_EQ(named(std::string_view("ustar  \0", 8)), "a.png") << "GNU has a time there";
  EXPECT_EQ(named(std::string_view("\0\0\0\0\0\0\0\0", 8)), "a.png");
}

}  // namespace
}  // namespace doppel::dataset
