// Tables of tiles as a shard holds them: where in a JPEG each of its restart intervals lies.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "doppel/codec/jpeg_tiles.h"

namespace doppel::dataset::pack {

/// One after another, in seven bits a byte of which the lowest come first (LEB128): width and height of a
/// tile, channels, bytes of the header, and then each tile's, its marker with it.
std::string written(const JpegTileTable& table);

/// The table that `bytes` begin with, of an image of that size whose file has `file_size` bytes. Throws Error
/// where it can't be one. What it takes is bounded by the file's size and by `bytes`, whatever they claim.
JpegTileTable read_tile_table(std::span<const unsigned char> bytes, std::uint32_t width, std::uint32_t height,
                              std::uint64_t file_size);

}  // namespace doppel::dataset::pack
