#include "png_chunks.h"

#include <zlib.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "doppel/base/deflate.h"
#include "doppel/base/error.h"
#include "exif.h"
#include "numbers.h"

namespace doppel {
namespace {

using Bytes = std::span<const unsigned char>;

/// What comes after a text chunk's keyword and its zero, where it's that of an EXIF profile.
std::optional<Bytes> exif_profile(Bytes content) {
  using namespace std::literals;
  for (const auto keyword : {"Raw profile type exif\0"sv, "Raw profile type APP1\0"sv})
    if (as_text(content).starts_with(keyword)) return content.subspan(keyword.size());
  return {};
}

/// At most `most` bytes of a zlib stream, as far as it's whole.
std::vector<unsigned char> inflated(Bytes packed, std::size_t most) {
  std::vector<unsigned char> out(most);
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return {};
  stream.next_in = const_cast<unsigned char*>(packed.data());
  stream.avail_in = static_cast<unsigned>(packed.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<unsigned>(out.size());
  ::inflate(&stream, Z_FINISH);
  out.resize(most - stream.avail_out);
  inflateEnd(&stream);
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// ImageMagick's profiles: a name, the number of bytes, and these as hexadecimal digits, on lines of their
/// own.
std::vector<unsigned char> profile_bytes(std::string_view text) {
  constexpr std::string_view kSpace = " \n\r\t";
  for (int word = 0; word < 2; ++word) {
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    text.remove_prefix(std::min(text.find_first_of(kSpace), text.size()));
  }
  std::vector<unsigned char> bytes;
  int high = -1;
  for (const char c : text) {
    const int digit = hex_digit(c);
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<unsigned char>(high * 16 + digit));
      high = -1;
    }
  }
  return bytes;
}

/// Of a tEXt or zTXt chunk; nothing where it's another text.
std::optional<int> orientation_of_text(Bytes content, bool packed) {
  const auto profile = exif_profile(content);
  if (!profile) return {};
  if (!packed) return exif_orientation(profile_bytes(as_text(*profile)));
  if (profile->empty() || (*profile)[0] != 0) return {};  // zlib is method 0
  constexpr std::size_t kMost = 1 << 20;
  return exif_orientation(profile_bytes(as_text(inflated(profile->subspan(1), kMost))));
}

}  // namespace

PngChunks png_chunks(Bytes png) {
  PngChunks found;
  std::optional<int> exif, text;
  bool animated = false, pixels = false, first_is_animated = false;
  constexpr std::size_t kSignature = 8, kAround = 12;  // a chunk's length, name and check sum
  for (std::size_t at = kSignature; at + kAround <= png.size();) {
    const std::size_t length = number_at(png, at, 4, ByteOrder::Big);
    const std::string_view name = as_text(png.subspan(at + 4, 4));
    found.breaks_off = length > png.size() - at - kAround && name != "IDAT";
    if (length > png.size() - at - kAround) break;
    const Bytes content = png.subspan(at + 8, length);
    if (name == "IEND") {
      constexpr std::uint32_t kCrcOfEnd = 0xae426082;
      found.has_end = length == 0 && number_at(png, at + 8, 4, ByteOrder::Big) == kCrcOfEnd;
      break;
    }
    if (name == "eXIf" && !exif) exif = exif_orientation(content);
    if ((name == "tEXt" || name == "zTXt") && !text) text = orientation_of_text(content, name == "zTXt");
    if (name == "acTL" && length >= 8) {
      animated = true;
      found.frames = static_cast<int>(std::min(number_at(content, 0, 4, ByteOrder::Big), 0x7fffffffU - 1));
    }
    if (name == "fcTL" && !pixels) first_is_animated = true;
    if (name == "IDAT") pixels = true;
    at += kAround + length;
  }
  if (animated && !first_is_animated) ++found.frames;
  found.orientation = exif.value_or(text.value_or(1));
  return found;
}

std::vector<unsigned char> png_without_texts(Bytes png) {
  constexpr std::size_t kSignature = 8, kAround = 12, kFew = 1 << 16;
  std::vector<Bytes> kept{png.first(std::min(kSignature, png.size()))};
  std::vector<Bytes> texts;
  std::size_t at = kSignature, packed = 0;
  bool breaks_off = false;
  while (at + kAround <= png.size()) {
    const std::size_t length = number_at(png, at, 4, ByteOrder::Big);
    const std::string_view name = as_text(png.subspan(at + 4, 4));
    if (length > png.size() - at - kAround) {
      breaks_off = name != "IDAT";
      break;
    }
    const Bytes chunk = png.subspan(at, kAround + length);
    const bool is_text = name == "zTXt" || name == "iTXt" || name == "iCCP";
    (is_text ? texts : kept).push_back(chunk);
    if (is_text) packed += length;
    at += chunk.size();
  }
  if (packed <= kFew && !breaks_off) return {};
  for (const Bytes& chunk : texts)
    if (crc32_of(chunk.subspan(4, chunk.size() - 8)) != number_at(chunk, chunk.size() - 4, 4, ByteOrder::Big))
      throw Error("not a whole PNG: a checksum doesn't fit what it's of");
  if (!breaks_off && at < png.size()) kept.push_back(png.subspan(at));
  std::vector<unsigned char> rest;
  for (const Bytes& part : kept) rest.insert(rest.end(), part.begin(), part.end());
  return rest;
}

}  // namespace doppel
