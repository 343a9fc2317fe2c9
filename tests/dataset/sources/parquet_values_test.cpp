#include "sources/parquet_values.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace doppel::dataset {
namespace {

void append_varint(std::vector<unsigned char>& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<unsigned char>(number | 0x80));
  bytes.push_back(static_cast<unsigned char>(number));
}

/// Numbers that grow by `step`, in blocks of 128 whose differences take no bits.
void append_steps(std::vector<unsigned char>& bytes, std::uint64_t first, std::uint64_t step,
                  std::size_t count) {
  for (const std::uint64_t number : {std::uint64_t{128}, std::uint64_t{1}, std::uint64_t{count}, first << 1})
    append_varint(bytes, number);
  for (std::size_t done = 1; done < count; done += 128) {
    append_varint(bytes, step << 1);
    bytes.push_back(0);
  }
}

/// Values of 100, 200, 300 … bytes, each of which begins with the one before it.
std::vector<unsigned char> growing_values(std::size_t count) {
  std::vector<unsigned char> bytes;
  append_steps(bytes, 0, 100, count);
  append_steps(bytes, 100, 0, count);
  for (std::size_t i = 0; i < count; ++i) bytes.insert(bytes.end(), 100, static_cast<unsigned char>(i));
  return bytes;
}

TEST(ParquetValues, OnesThatRepeatBeginningsArePutTogether) {
  std::vector<unsigned char> body = growing_values(300);
  const std::vector<ParquetSlot> slots = byte_slots(body, 0, 300, ParquetEncoding::DeltaBytes);
  ASSERT_EQ(slots.size(), 300U);
  EXPECT_EQ(slots[299].size, 30'000U);
  for (const std::size_t i : {0U, 150U, 299U})
    EXPECT_EQ(body[slots[299].at + 100 * i + 50], static_cast<unsigned char>(i));
}

TEST(ParquetValues, OnesThatBecomeGigabytesAreRefused) {
  // 50 · 2,400² bytes are more than 2^28, of 240,000.
  std::vector<unsigned char> body = growing_values(2'400);
  const std::string said = error_of([&] { (void)byte_slots(body, 0, 2'400, ParquetEncoding::DeltaBytes); });
  EXPECT_EQ(said.find("values of more than 268435456 bytes in a page of 24"), 0U) << said;
}

TEST(ParquetValues, DifferencesAreNoMoreNumbersThanPromised) {
  std::vector<unsigned char> bytes;
  append_steps(bytes, 7, 2, 1'000);
  ByteReader whole(bytes);
  const std::vector<std::int64_t> numbers = delta_numbers(whole, 1'000);
  ASSERT_EQ(numbers.size(), 1'000U);
  EXPECT_EQ(numbers[999], 7 + 2 * 999);
  ByteReader more(bytes);
  EXPECT_EQ(error_of([&] { (void)delta_numbers(more, 999); }), "1000 numbers where 999 were promised");
}

}  // namespace
}  // namespace doppel::dataset
