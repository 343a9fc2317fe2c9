// Blocks that were packed by one of the usual codecs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace doppel::dataset {

enum class Packing { None, Snappy, Gzip, Zstd, Lz4 };

/// Unpacks a whole block. Throws Error where it's damaged, doesn't become exactly `size` bytes, or this build
/// lacks the library: then with Debian's package that brings it. Takes no more memory than what `size`, or
/// the packed bytes at the codec's best rate, make of it; blocks that become more than 2^28 bytes, and more
/// than 32 times what they are, are refused: images hardly pack, and zeros do.
std::vector<unsigned char> unpacked(Packing packing, std::span<const unsigned char> packed,
                                    std::uint64_t size);

/// Snappy's compressors pack 64 KiB at a time without looking further back, so any such piece can be unpacked
/// alone. Where in a block each piece begins, and behind the last one the end; nothing where the block isn't
/// made so.
inline constexpr std::uint32_t kSnappyPiece = 1 << 16;
std::vector<std::uint32_t> snappy_pieces(std::span<const unsigned char> packed);
/// Some whole pieces of a block that lie side by side, behind kSnappyRoom bytes that are written to. `into`
/// has the size of what comes out. Throws Error.
inline constexpr std::size_t kSnappyRoom = 8;
void unpack_pieces(std::span<unsigned char> pieces, std::span<unsigned char> into);

}  // namespace doppel::dataset
