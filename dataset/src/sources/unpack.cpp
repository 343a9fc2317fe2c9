#include "unpack.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#ifdef DOPPEL_HAS_SNAPPY
#include <snappy.h>
#endif
#ifdef DOPPEL_HAS_ZSTD
#include <zstd.h>
#endif
#ifdef DOPPEL_HAS_LZ4
#include <lz4.h>
#endif

#include "doppel/base/byte_reader.h"
#include "doppel/base/deflate.h"
#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

using PackedBytes = std::span<const unsigned char>;

[[noreturn]] void fail_to_unpack(std::string_view codec) {
  throw Error(fmt::format("its {} block is damaged, or has another size than it says", codec));
}

[[noreturn, maybe_unused]] void fail_without(std::string_view codec, std::string_view package) {
  throw Error(fmt::format("this build reads no {}: install {} and build again", codec, package));
}

/// Room for what comes out, if so much can: `rate` is the most that a packed byte can become.
std::vector<unsigned char> unpacking_room(PackedBytes packed, std::uint64_t size, std::uint64_t rate,
                                          std::string_view codec) {
  constexpr std::uint64_t kUsual = 1 << 28, kTimes = 32;
  if (size / rate > packed.size() + 64) fail_to_unpack(codec);
  if (size > std::max(kUsual, kTimes * packed.size()))
    throw Error(fmt::format("a block of {} bytes becomes {}; up to {}, or {} times its bytes, are read",
                            packed.size(), size, kUsual, kTimes));
  return std::vector<unsigned char>(size);
}

std::vector<unsigned char> unpacked_gzip(PackedBytes packed, std::uint64_t size) {
  std::vector<unsigned char> out = unpacking_room(packed, size, kMostInflation, "gzip");
  // Members may follow each other; what is called so may have zlib's header, too.
  const auto form = !packed.empty() && packed[0] == 0x1f ? DeflateForm::Gzip : DeflateForm::Zlib;
  std::size_t at = 0, used = 0, got = 0;
  do {
    if (inflate_into(form, packed, std::span(out).subspan(at), used, got) != Inflated::Whole)
      fail_to_unpack("gzip");
    packed = packed.subspan(used);
    at += got;
  } while (!packed.empty() && at < out.size());
  if (at != out.size()) fail_to_unpack("gzip");
  return out;
}

void unpack_snappy([[maybe_unused]] PackedBytes packed, [[maybe_unused]] std::span<unsigned char> into) {
#ifdef DOPPEL_HAS_SNAPPY
  const char* from = reinterpret_cast<const char*>(packed.data());
  std::size_t said = 0;
  if (!snappy::GetUncompressedLength(from, packed.size(), &said) || said != into.size() ||
      !snappy::RawUncompress(from, packed.size(), reinterpret_cast<char*>(into.data())))
    fail_to_unpack("Snappy");
#else
  fail_without("Snappy", "libsnappy-dev");
#endif
}

std::vector<unsigned char> unpacked_snappy(PackedBytes packed, std::uint64_t size) {
  constexpr std::uint64_t kRate = 22;  // 64 bytes by a copy of three
  std::vector<unsigned char> out = unpacking_room(packed, size, kRate, "Snappy");
  unpack_snappy(packed, out);
  return out;
}

std::vector<unsigned char> unpacked_zstd([[maybe_unused]] PackedBytes packed,
                                         [[maybe_unused]] std::uint64_t size) {
#ifdef DOPPEL_HAS_ZSTD
  constexpr std::uint64_t kRate = 1 << 15;  // a block of 128 KiB of one byte takes four
  std::vector<unsigned char> out = unpacking_room(packed, size, kRate, "Zstandard");
  const std::size_t got = ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) || got != size) fail_to_unpack("Zstandard");
  return out;
#else
  fail_without("Zstandard", "libzstd-dev");
#endif
}

std::vector<unsigned char> unpacked_lz4([[maybe_unused]] PackedBytes packed,
                                        [[maybe_unused]] std::uint64_t size) {
#ifdef DOPPEL_HAS_LZ4
  constexpr std::uint64_t kRate = 256;
  constexpr std::uint64_t kMost = LZ4_MAX_INPUT_SIZE;
  if (packed.size() > kMost || size > kMost) fail_to_unpack("LZ4");
  std::vector<unsigned char> out = unpacking_room(packed, size, kRate, "LZ4");
  const int got =
      LZ4_decompress_safe(reinterpret_cast<const char*>(packed.data()), reinterpret_cast<char*>(out.data()),
                          static_cast<int>(packed.size()), static_cast<int>(size));
  if (got < 0 || static_cast<std::uint64_t>(got) != size) fail_to_unpack("LZ4");
  return out;
#else
  fail_without("LZ4", "liblz4-dev");
#endif
}

}  // namespace

std::vector<unsigned char> unpacked(Packing packing, PackedBytes packed, std::uint64_t size) {
  switch (packing) {
    case Packing::None:
      if (packed.size() != size) fail_to_unpack("plain");
      return {packed.begin(), packed.end()};
    case Packing::Snappy:
      return unpacked_snappy(packed, size);
    case Packing::Gzip:
      return unpacked_gzip(packed, size);
    case Packing::Zstd:
      return unpacked_zstd(packed, size);
    case Packing::Lz4:
      return unpacked_lz4(packed, size);
  }
  return {};
}

std::vector<std::uint32_t> snappy_pieces(PackedBytes packed) try {
  ByteReader bytes(packed);
  const std::uint64_t whole = bytes.varint();
  std::vector<std::uint32_t> pieces;
  std::uint64_t out = 0;
  while (bytes.left() > 0) {
    const std::uint64_t in_piece = out % kSnappyPiece;
    if (in_piece == 0) pieces.push_back(static_cast<std::uint32_t>(packed.size() - bytes.left()));
    const unsigned char tag = bytes.byte();
    std::uint64_t size = (tag >> 2) + 1U, back = 0;
    if ((tag & 3) == 0 && size > 60) {  // the length follows, in one to four bytes
      const auto more = bytes.take(size - 60);
      size = 1;
      for (std::size_t i = 0; i < more.size(); ++i) size += static_cast<std::uint64_t>(more[i]) << 8 * i;
    }
    switch (tag & 3) {
      case 0:
        (void)bytes.take(size);
        break;
      case 1:
        size = (tag >> 2 & 7) + 4U;
        back = static_cast<std::uint64_t>(tag >> 5) << 8 | bytes.byte();
        break;
      case 2:
        back = bytes.little<std::uint16_t>();
        break;
      default:
        back = bytes.little<std::uint32_t>();
    }
    if (back > in_piece || in_piece + size > kSnappyPiece) return {};
    out += size;
  }
  if (out != whole) return {};
  pieces.push_back(static_cast<std::uint32_t>(packed.size()));
  return pieces;
} catch (const Error&) { return {}; }

void unpack_pieces(std::span<unsigned char> pieces, std::span<unsigned char> into) {
  // With their length before them they are a block.
  std::size_t begin = kSnappyRoom;
  for (std::uint64_t rest = into.size(); rest > 0 || begin == kSnappyRoom; rest >>= 7) --begin;
  std::size_t at = begin;
  for (std::uint64_t rest = into.size(); at < kSnappyRoom; rest >>= 7, ++at)
    pieces[at] = static_cast<unsigned char>((rest & 0x7f) | (at + 1 < kSnappyRoom ? 0x80 : 0));
  unpack_snappy(pieces.subspan(begin), into);
}

}  // namespace doppel::dataset
