#include "codec/jpeg/lanes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace doppel::augment {
namespace {

/// Two small tables, and what reads them. Sizes: 00 is 0, 01 is 1, 10 is 2. Runs and sizes: 00 is 0/1, 01 is
/// 1/1, 100 ends the block, 101 is sixteen zeros, 110 is 15/1. 111 is no code.
class JpegLanes : public testing::Test {
 protected:
  JpegLanes() {
    JHUFF_TBL sizes{}, runs{};
    sizes.bits[2] = 3;
    for (int i = 0; i < 3; ++i) sizes.huffval[i] = static_cast<UINT8>(i);
    runs.bits[2] = 2, runs.bits[3] = 3;
    const UINT8 symbols[] = {0x01, 0x11, 0x00, 0xf0, 0xf1};
    std::copy(std::begin(symbols), std::end(symbols), runs.huffval);
    dc_.build(sizes, false);
    ac_.build(runs, true);
    kind_ = {&dc_, &ac_, 0, &kind_};
  }
  /// Bits as a lane reads them; `bytes` keeps them.
  JpegLane lane(const std::string& bits, std::size_t blocks, std::vector<unsigned char>& bytes,
                std::vector<JCOEF>& out) const {
    bytes.assign(bits.size() / 8 + 1 + 8 + JpegLane::kBeyond, 0);
    for (std::size_t i = 0; i < bits.size(); ++i)
      if (bits[i] == '1') bytes[i / 8] = static_cast<unsigned char>(bytes[i / 8] | 128 >> i % 8);
    out.assign(64 * blocks, 0);
    return {.next = bytes.data(),
            .limit = bytes.data() + bits.size() / 8 + 9,
            .out = out.data(),
            .left = blocks,
            .kind = &kind_};
  }
  HuffmanTable dc_, ac_;
  JpegBlockKind kind_;
};

TEST_F(JpegLanes, CoefficientsStandWhereTheZigzagPutsThem) {
  std::vector<unsigned char> bytes;
  std::vector<JCOEF> out;
  // Mean +3; +1; after one zero -1; end. Mean -1 below the last; sixteen zeros, then +1; end. Nothing new.
  JpegLane one = lane(
      "10"
      "11"
      "00"
      "1"
      "01"
      "0"
      "100"
      "01"
      "0"
      "101"
      "00"
      "1"
      "100"
      "00"
      "100",
      3, bytes, out);
  read_blocks(one);
  EXPECT_FALSE(one.bad);
  EXPECT_EQ(one.left, 0U);
  std::vector<JCOEF> expected(3 * 64);
  expected[0] = 3;
  expected[1] = 1;    // to the right of the first
  expected[16] = -1;  // the third of the zigzag: two below the first
  expected[64] = 2;
  expected[64 + 19] = 1;  // the seventeenth: row 2, column 3
  expected[128] = 2;
  EXPECT_EQ(out, expected);
}

TEST_F(JpegLanes, ABlockMayEndWithItsLastCoefficient) {
  std::vector<unsigned char> bytes;
  std::vector<JCOEF> out;
  // Three times sixteen zeros, fourteen single ones, and the last: no code says that the block ends.
  std::string bits =
      "00"
      "101"
      "101"
      "101";
  for (int i = 0; i < 14; ++i) bits += "001";
  bits +=
      "000"
      "00"
      "100";
  JpegLane one = lane(bits, 2, bytes, out);
  read_blocks(one);
  EXPECT_FALSE(one.bad);
  EXPECT_EQ(out[63], -1);
  EXPECT_EQ(out[62], 1);
  EXPECT_EQ(std::count(out.begin(), out.end(), 1), 14);
  EXPECT_EQ(std::count_if(out.begin() + 64, out.end(), [](JCOEF c) { return c != 0; }), 0);
}

TEST_F(JpegLanes, TwoAreReadAsEachAlone) {
  std::vector<unsigned char> bytes_a, bytes_b;
  std::vector<JCOEF> out_a, out_b, alone_a, alone_b;
  std::string short_bits, long_bits;
  for (int i = 0; i < 3; ++i)
    short_bits +=
        "01"
        "1"
        "00"
        "1"
        "01"
        "1"
        "100";
  for (int i = 0; i < 40; ++i)
    long_bits += i % 3 == 0 ? "10"
                              "00"
                              "110"
                              "1"
                              "001"
                              "100"
                            : "01"
                              "0"
                              "00"
                              "0"
                              "100";
  JpegLane a = lane(short_bits, 3, bytes_a, alone_a), b = lane(long_bits, 40, bytes_b, alone_b);
  read_blocks(a);
  read_blocks(b);
  for (const bool turned : {false, true}) {
    a = lane(short_bits, 3, bytes_a, out_a);
    b = lane(long_bits, 40, bytes_b, out_b);
    turned ? read_blocks(b, a) : read_blocks(a, b);
    EXPECT_EQ(a.left, 0U);
    EXPECT_GT(b.left, 0U);  // the other is anywhere, and goes on from there
    read_blocks(b);
    EXPECT_EQ(out_a, alone_a);
    EXPECT_EQ(out_b, alone_b);
  }
}

TEST_F(JpegLanes, WhatIsNoCodeStopsTheLane) {
  for (const char* bits : {"11",
                           "00"
                           "111",
                           "01"
                           "0"
                           "001"
                           "111"}) {
    std::vector<unsigned char> bytes;
    std::vector<JCOEF> out;
    JpegLane one = lane(bits, 5, bytes, out);
    read_blocks(one);
    EXPECT_TRUE(one.bad) << bits;
    EXPECT_EQ(one.left, 0U) << bits;
  }
}

}  // namespace
}  // namespace doppel::augment
