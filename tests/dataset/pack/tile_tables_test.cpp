#include "pack/tile_tables.h"

#include <gtest/gtest.h>

#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "error_of.h"

namespace doppel::dataset::pack {
namespace {

std::vector<unsigned char> bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

/// 5 x 3 tiles.
JpegTileTable some_table() {
  JpegTileTable table{.size = {300, 45}, .tile = {64, 16}, .channels = 3, .starts = {700}};
  for (std::uint32_t k = 0; k < 15; ++k) table.starts.push_back(table.starts.back() + 100 + 40 * k);
  return table;
}

TEST(TileTables, ComeBackAsTheyWereWritten) {
  const JpegTileTable table = some_table();
  auto bytes = bytes_of(written(table));
  EXPECT_LT(bytes.size(), 5 + 2 * 15U + 2);
  bytes.push_back(99);  // the next one's
  EXPECT_EQ(read_tile_table(bytes, 300, 45, table.starts.back()), table);
  EXPECT_EQ(read_tile_table(bytes, 300, 45, ~std::uint64_t{0}), table);
}

TEST(TileTables, WhatCannotBeOneIsAnError) {
  const JpegTileTable table = some_table();
  const auto good = bytes_of(written(table));
  const auto fails = [](std::span<const unsigned char> bytes, std::uint32_t width, std::uint32_t height,
                        std::uint64_t size) {
    return error_of([&] { (void)read_tile_table(bytes, width, height, size); }) ==
           "its table of tiles is damaged";
  };
  EXPECT_FALSE(fails(good, 300, 45, 10'000));
  EXPECT_TRUE(fails(good, 300, 45, table.starts.back() - 1));  // beyond the file
  EXPECT_TRUE(fails(good, 300, 45, 600));                      // even the header
  EXPECT_TRUE(fails(good, 300, 45, 0));
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_TRUE(fails(std::span(good).first(size), 300, 45, 10'000)) << size;
  for (const std::uint32_t side : {0U, 65'536U, 0xffffffffU}) {
    EXPECT_TRUE(fails(good, side, 45, 10'000));
    EXPECT_TRUE(fails(good, 300, side, 10'000));
  }
  // More tiles than there are bytes, or than their file has: no memory is taken for them.
  EXPECT_TRUE(fails(good, 65'535, 65'535, ~std::uint64_t{0}));
  JpegTileTable tiny = table;
  tiny.tile = {1, 1};
  EXPECT_TRUE(fails(bytes_of(written(tiny)), 65'535, 65'535, ~std::uint64_t{0}));
  // One tile alone, of more pixels than are decoded.
  JpegTileTable huge{.size = {60'000, 60'000}, .tile = {1 << 20, 1 << 20}, .starts = {9, 90}};
  EXPECT_TRUE(fails(bytes_of(written(huge)), 60'000, 60'000, 10'000));
  for (const cv::Size tile : {cv::Size(0, 16), cv::Size(64, 0), cv::Size(1 << 25, 16)}) {
    JpegTileTable odd = table;
    odd.tile = tile;
    EXPECT_TRUE(fails(bytes_of(written(odd)), 300, 45, 10'000));
  }
  JpegTileTable colored = table;
  colored.channels = 2;
  EXPECT_TRUE(fails(bytes_of(written(colored)), 300, 45, 10'000));
  JpegTileTable empty = table;
  empty.starts[4] = empty.starts[3] + 2;  // a marker alone
  EXPECT_TRUE(fails(bytes_of(written(empty)), 300, 45, 10'000));
  // Numbers that don't end, or don't fit.
  EXPECT_TRUE(fails(std::vector<unsigned char>(64, 0xff), 300, 45, 10'000));
  EXPECT_TRUE(fails(std::vector<unsigned char>{0xff, 0xff, 0xff, 0xff, 0x7f}, 300, 45, 10'000));
}

TEST(TileTables, AnyBytesAreAnErrorOrATableWithinTheFile) {
  for (std::uint64_t k = 0; k < 3000; ++k) {
    auto bytes = bytes_of(written(some_table()));
    for (std::uint64_t i = 0; i < 1 + k % 4; ++i) {
      const Stream place = Stream{.seed = 2, .index = k}.split("byte", i);
      bytes[static_cast<std::size_t>(place.integer("at", 0, static_cast<int>(bytes.size()) - 1))] =
          static_cast<unsigned char>(place.integer("value", 0, 255));
    }
    try {
      const JpegTileTable table = read_tile_table(bytes, 300, 45, 10'000);
      ASSERT_EQ(table.starts.size(),
                static_cast<std::size_t>(table.columns()) * static_cast<std::size_t>(table.rows()) + 1);
      for (std::size_t i = 1; i < table.starts.size(); ++i) ASSERT_GT(table.starts[i], table.starts[i - 1]);
      ASSERT_LE(table.starts.back(), 10'000U);
    } catch (const Error&) {}
  }
}

}  // namespace
}  // namespace doppel::dataset::pack
