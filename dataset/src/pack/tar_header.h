// A tar's headers as they are written.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace doppel::dataset::pack {

/// Contents begin and end at multiples of this.
inline constexpr std::size_t kTarBlock = 512;

/// A ustar header of a plain file. Throws Error for a name beyond 100 bytes and for 8 GiB.
std::array<char, kTarBlock> tar_header(const std::string& name, std::uint64_t size);

}  // namespace doppel::dataset::pack
