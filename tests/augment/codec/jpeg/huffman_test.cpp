#include "codec/jpeg/huffman.h"

#include <gtest/gtest.h>

#include <string_view>

namespace doppel::augment {
namespace {

TEST(HuffmanTable, ReadsTheStandardsCodes) {
  // ISO/IEC 10918-1, tables K.3 and K.5, which are libjpeg's own.
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  jpeg.input_components = 1;
  jpeg.in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults(&jpeg);
  HuffmanTable dc, ac;
  dc.build(*jpeg.dc_huff_tbl_ptrs[0], false);
  ac.build(*jpeg.ac_huff_tbl_ptrs[0], true);
  jpeg_destroy_compress(&jpeg);
  const auto window = [](std::string_view bits) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bits.size(); ++i) value |= std::uint64_t{bits[i] == '1'} << (63 - i);
    return value;
  };
  struct Code {
    std::string_view code, value;
    int number;
    unsigned skip;
  };
  // Differences of the mean: the size's code, then as many bits.
  for (const Code& c : {Code{"00", "", 0, 1},
                        {"010", "1", 1, 1},
                        {"010", "0", -1, 1},
                        {"100", "101", 5, 1},
                        {"100", "010", -5, 1},
                        {"111111110", "11111111111", 2047, 1},
                        {"111111110", "00000000000", -2047, 1}}) {
    const std::string bits = std::string(c.code) + std::string(c.value);
    const auto entry = dc.of_any(window(bits));
    ASSERT_TRUE(entry.is_known()) << c.code;
    EXPECT_EQ(entry.bits(), bits.size()) << c.code;
    EXPECT_EQ(entry.value(window(bits)), c.number) << c.code;
    EXPECT_EQ(entry.skip(), c.skip) << c.code;
  }
  // Coefficients: 1010 ends a block, 11111111001 is sixteen zeros.
  for (const Code& c : {Code{"1010", "", 0, HuffmanTable::kEnd},
                        {"11111111001", "", 0, 16},
                        {"00", "0", -1, 1},
                        {"1100", "1", 1, 2},
                        {"1111111110000011", "1000000000", 512, 1},
                        {"1111111111111110", "0111111111", -512, 16}}) {
    const std::string bits = std::string(c.code) + std::string(c.value);
    const auto entry = ac.of_any(window(bits));
    ASSERT_TRUE(entry.is_known()) << c.code;
    EXPECT_EQ(entry.bits(), bits.size()) << c.code;
    EXPECT_EQ(entry.value(window(bits)), c.number) << c.code;
    EXPECT_EQ(entry.skip(), c.skip) << c.code;
    // What fits into the short look-up is the same by it; what doesn't is unknown to it.
    EXPECT_EQ(ac.of_short(window(bits)).is_known(), c.code.size() <= HuffmanTable::kBits) << c.code;
  }
  // All ones are no code.
  EXPECT_FALSE(dc.of_any(~std::uint64_t{0}).is_known());
  EXPECT_FALSE(ac.of_any(~std::uint64_t{0}).is_known());
}

TEST(HuffmanTable, AnotherTableTakesThePlaceOfTheFirst) {
  JHUFF_TBL first{}, second{};
  first.bits[1] = 1, first.huffval[0] = 3;    // 0: a size of 3
  second.bits[2] = 1, second.huffval[0] = 3;  // 00
  HuffmanTable table;
  table.build(first, false);
  EXPECT_EQ(table.of_any(0).bits(), 4U);
  table.build(second, false);
  EXPECT_EQ(table.of_any(0).bits(), 5U);
  // The same codes, read as a run and a size.
  second.huffval[0] = 0x23;
  table.build(second, true);
  EXPECT_EQ(table.of_any(0).bits(), 5U);
  EXPECT_EQ(table.of_any(0).skip(), 3U);
  EXPECT_FALSE(table.of_any(std::uint64_t{1} << 62).is_known());
}

}  // namespace
}  // namespace doppel::augment
