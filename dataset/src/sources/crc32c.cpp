#include "crc32c.h"

#include <array>

#include "doppel/base/byte_reader.h"

namespace doppel::dataset {
namespace {

/// Of a byte that is followed by k others that are 0, for eight bytes at a time.
constexpr std::array<std::array<std::uint32_t, 256>, 8> checksum_tables() {
  constexpr std::uint32_t kPolynomial = 0x82f63b78;
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t sum = byte;
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? kPolynomial : 0);
    tables[0][byte] = sum;
  }
  for (std::size_t k = 1; k < 8; ++k)
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = before >> 8 ^ tables[0][before & 255];
    }
  return tables;
}
constexpr auto kChecksumTables = checksum_tables();

}  // namespace

std::uint32_t crc32c(std::span<const unsigned char> bytes) {
  std::uint32_t sum = 0xffffffff;
  ByteReader in(bytes);
  while (in.left() >= 8) {
    const std::uint64_t word = in.little<std::uint64_t>() ^ sum;
    sum = 0;
    for (std::size_t k = 0; k < 8; ++k) sum ^= kChecksumTables[7 - k][word >> 8 * k & 255];
  }
  while (in.left() > 0) sum = sum >> 8 ^ kChecksumTables[0][(sum ^ in.byte()) & 255];
  return ~sum;
}

}  // namespace doppel::dataset
