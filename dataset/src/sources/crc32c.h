// The checksum of TFRecord files: CRC-32C (Castagnoli), as RFC 3720, B.4 has it.
#pragma once

#include <cstdint>
#include <span>

namespace doppel::dataset {

std::uint32_t crc32c(std::span<const unsigned char> bytes);

}  // namespace doppel::dataset
