#include "codec/tiff_block.h"

#include <gtest/gtest.h>

#include <vector>

namespace doppel {
namespace {

/// A block of two directories: tag 256 is the short 7, tag 258 the three shorts 8, 9 and 10 beyond the
/// directory, tag 259 a long.
std::vector<unsigned char> two_directories(bool little) {
  std::vector<unsigned char> bytes{'I', 'I'};
  if (!little) bytes = {'M', 'M'};
  const auto number = [&](unsigned value, int size) {
    for (int i = 0; i < size; ++i)
      bytes.push_back(static_cast<unsigned char>(value >> (8 * (little ? i : size - 1 - i))));
  };
  const auto entry = [&](unsigned tag, unsigned kind, unsigned count, unsigned value, int size) {
    number(tag, 2), number(kind, 2), number(count, 4), number(value, size);
    for (int i = size; i < 4; ++i) bytes.push_back(0);
  };
  number(42, 2), number(8, 4), number(3, 2);  // at 8 a directory of three
  entry(256, 3, 1, 7, 2);
  entry(258, 3, 3, 50, 4);
  entry(259, 4, 1, 70000, 4);
  number(56, 4);  // where the next one is
  number(8, 2), number(9, 2), number(10, 2);
  number(1, 2);
  entry(256, 3, 1, 11, 2);
  number(0, 4);
  return bytes;
}

TEST(TiffBlock, TagsOfEitherByteOrderAreRead) {
  for (const bool little : {true, false}) {
    const auto bytes = two_directories(little);
    const auto block = TiffBlock::open(bytes);
    ASSERT_TRUE(block);
    const std::size_t first = block->first_directory();
    EXPECT_EQ(first, 8U);
    EXPECT_EQ(block->number_of(first, 256, 0), 7U);
    EXPECT_EQ(block->number_of(first, 259, 0), 70000U);
    EXPECT_EQ(block->number_of(first, 257, 3), 3U);
    EXPECT_EQ(block->numbers_of(first, 258), (std::vector<std::uint32_t>{8, 9, 10}));
    EXPECT_EQ(block->numbers_of(first, 258, 2), (std::vector<std::uint32_t>{8, 9}));
    const std::size_t second = block->next_directory(first);
    EXPECT_EQ(second, 56U);
    EXPECT_EQ(block->number_of(second, 256, 0), 11U);
    EXPECT_EQ(block->next_directory(second), 0U);
  }
}

TEST(TiffBlock, WhatLiesBeyondTheEndIsNotThere) {
  const auto bytes = two_directories(true);
  EXPECT_FALSE(TiffBlock::open({}));
  EXPECT_FALSE(TiffBlock::open(std::span(bytes).subspan(1)));
  for (std::size_t size = 8; size < 56; ++size) {
    const auto block = TiffBlock::open(std::span(bytes).first(size));
    if (!block) continue;
    const auto numbers = block->numbers_of(8, 258);
    EXPECT_EQ(numbers.size(), size < 50 ? 0 : (size - 50) / 2) << size;
    for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], 8 + i);
  }
}

}  // namespace
}  // namespace doppel
