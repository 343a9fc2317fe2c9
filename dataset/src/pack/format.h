// The numbers of docs/pack-format.md. Little-endian, as every machine that we run on is.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace doppel::dataset::pack {

static_assert(std::endian::native == std::endian::little);

inline constexpr std::string_view kMagic = "DOPLPACK";
/// Of shards with tables of tiles; of others with maps or outlines; and of all others, which are what they
/// were before there was any of that.
inline constexpr std::uint32_t kTiledVersion = 3, kMapsVersion = 2, kPlainVersion = 1;
inline constexpr std::string_view kHeaderName = "doppel-pack-header", kIndexName = "doppel-pack-index",
                                  kTilesName = "doppel-pack-tiles", kFactsName = "doppel-pack-facts";
inline constexpr std::uint32_t kNone = 0xffffffffU;

/// The content of a shard's first member.
struct Header {
  std::array<char, 8> magic{'D', 'O', 'P', 'L', 'P', 'A', 'C', 'K'};
  std::uint32_t version = kPlainVersion, samples = 0;
  std::uint64_t index_at = 0, index_bytes = 0;  ///< of the index' content, in the file
  std::uint32_t index_crc = 0;
  std::uint32_t shard = 0, shards = 0;  ///< this one's number, and how many there are
  std::uint32_t header_crc = 0;         ///< of all bytes before it
};
static_assert(sizeof(Header) == 48);

enum class Codec : std::uint32_t { Jpeg, Png, Webp, Ppm, Pgm, Tiff };

/// One sample.
struct Record {
  std::uint64_t at = 0;             ///< of the image, in the file
  std::uint32_t size = 0, crc = 0;  ///< of the image's bytes
  std::int32_t label = -1;
  std::uint32_t width = 0, height = 0;  ///< of the upright image
  Codec codec = Codec::Jpeg;
  std::uint32_t name = kNone, note = kNone;  ///< where in the strings: the sample's name, its JSON
  std::uint32_t source = 0;                  ///< its place in the data set that was packed
  /// From version 3 on, where in the tables of tiles its own begins, kNone for none; before, 0.
  std::uint32_t tiles = 0;
};
static_assert(sizeof(Record) == 48);

/// The index is this, from version 3 on where the tables of tiles are, the records, and the strings (each
/// ends with a 0 byte; the first is the classes as JSON).
struct IndexHeader {
  std::uint32_t version = kPlainVersion, records = 0;
  std::uint64_t strings = 0;  ///< bytes
};
static_assert(sizeof(IndexHeader) == 16);

/// Where the content of the member with the tables of tiles lies: apart from the index, since only who reads
/// parts of files needs it.
struct TilesPlace {
  std::uint64_t at = 0, size = 0;  ///< in the file, bytes
  std::uint32_t crc = 0, reserved = 0;
};
static_assert(sizeof(TilesPlace) == 24);

/// zlib's CRC-32.
std::uint32_t crc_of(const void* data, std::size_t size);

}  // namespace doppel::dataset::pack
