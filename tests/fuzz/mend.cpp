#include "mend.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "pack/format.h"

namespace doppel::fuzz {
namespace {

using Writable = std::span<unsigned char>;

template <class T>
T number_at(Writable bytes, std::size_t at) {
  T value{};
  if (at <= bytes.size() && sizeof(T) <= bytes.size() - at) std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}
template <class T>
void put(Writable bytes, std::size_t at, T value) {
  if (at <= bytes.size() && sizeof(T) <= bytes.size() - at) std::memcpy(bytes.data() + at, &value, sizeof(T));
}

std::uint32_t big_endian(std::uint32_t value) { return __builtin_bswap32(value); }

std::uint32_t crc_of(Writable bytes) {
  return static_cast<std::uint32_t>(crc32(0, bytes.data(), static_cast<uInt>(bytes.size())));
}

constexpr std::size_t kTarBlock = 512;

/// The size in a header, octal.
std::size_t tar_size(Writable header) {
  constexpr std::size_t kAt = 124, kDigits = 11;
  std::size_t size = 0;
  for (std::size_t i = kAt; i < kAt + kDigits; ++i)
    if (header[i] >= '0' && header[i] <= '7') size = 8 * size + (header[i] - '0');
  return size;
}

void mend_tar_header(Writable header) {
  constexpr std::size_t kAt = 148, kLength = 8;
  std::fill_n(header.begin() + kAt, kLength, ' ');
  unsigned sum = 0;
  for (const unsigned char byte : header) sum += byte;
  for (std::size_t i = 0; i < 6; ++i)
    header[kAt + i] = static_cast<unsigned char>('0' + (sum >> 3 * (5 - i) & 7));
  header[kAt + 6] = 0;
}

/// Calls f(name, content) for each member.
template <class F>
void each_member(Writable bytes, const F& f) {
  for (std::size_t at = 0; at + kTarBlock <= bytes.size();) {
    const Writable header = bytes.subspan(at, kTarBlock);
    const bool blank = std::ranges::all_of(header, [](unsigned char byte) { return byte == 0; });
    if (!blank) mend_tar_header(header);
    const std::size_t left = bytes.size() - at - kTarBlock,
                      size = blank ? 0 : std::min(tar_size(header), left);
    constexpr std::size_t kName = 100;
    const char* name = reinterpret_cast<const char*>(header.data());
    f(std::string_view(name, strnlen(name, kName)), bytes.subspan(at + kTarBlock, size));
    at += kTarBlock + (size + kTarBlock - 1) / kTarBlock * kTarBlock;
  }
}

void mend_tar(Writable bytes) {
  each_member(bytes, [](std::string_view, Writable) {});
}

/// The sums of what a shard's own members hold, which its first member tells.
void mend_shard(Writable bytes) {
  using namespace dataset::pack;
  Writable header;
  each_member(bytes, [&](std::string_view name, Writable content) {
    if (name == kHeaderName && content.size() >= sizeof(Header)) header = content.first(sizeof(Header));
  });
  if (header.empty()) return;
  const auto at = number_at<std::uint64_t>(header, offsetof(Header, index_at));
  const auto size = number_at<std::uint64_t>(header, offsetof(Header, index_bytes));
  if (at <= bytes.size() && size <= bytes.size() - at)
    put(header, offsetof(Header, index_crc), crc_of(bytes.subspan(at, size)));
  put(header, offsetof(Header, header_crc), crc_of(header.first(offsetof(Header, header_crc))));
}

void mend_png(Writable bytes) {
  constexpr std::size_t kSignature = 8, kAround = 12;
  if (bytes.size() < kSignature || bytes[1] != 'P' || bytes[2] != 'N' || bytes[3] != 'G') return;
  for (std::size_t at = kSignature; at + kAround <= bytes.size();) {
    const std::size_t length = big_endian(number_at<std::uint32_t>(bytes, at));
    if (length > bytes.size() - at - kAround) return;
    put(bytes, at + 8 + length, big_endian(crc_of(bytes.subspan(at + 4, 4 + length))));
    at += kAround + length;
  }
}

/// Of members that are stored as they are, in the central directory and before the member.
void mend_zip(Writable bytes) {
  constexpr std::array<unsigned char, 4> kEntry{'P', 'K', 1, 2};
  constexpr std::size_t kLocal = 30;
  for (auto found = bytes.begin();; ++found) {
    found = std::search(found, bytes.end(), kEntry.begin(), kEntry.end());
    if (found == bytes.end()) return;
    const auto at = static_cast<std::size_t>(found - bytes.begin());
    const std::size_t local = number_at<std::uint32_t>(bytes, at + 42),
                      size = number_at<std::uint32_t>(bytes, at + 20);
    constexpr std::uint32_t kMember = 0x04034b50;
    if (number_at<std::uint16_t>(bytes, at + 10) != 0 || number_at<std::uint32_t>(bytes, local) != kMember)
      continue;
    const std::size_t data = local + kLocal + number_at<std::uint16_t>(bytes, local + 26) +
                             number_at<std::uint16_t>(bytes, local + 28);
    if (data > bytes.size() || size > bytes.size() - data) continue;
    const std::uint32_t sum = crc_of(bytes.subspan(data, size));
    put(bytes, at + 16, sum);
    put(bytes, local + 14, sum);
  }
}

/// What says that the other speaks this, or, of messages, how long they are.
void mend_greeting(Writable bytes) {
  constexpr std::string_view kMagic = "doppel03";
  constexpr std::size_t kHead = 8;
  if (bytes.empty()) return;
  if (bytes[0] % 3 != 2 && bytes.size() > kMagic.size()) std::ranges::copy(kMagic, bytes.begin() + 1);
  if (bytes[0] % 3 != 2) return;
  for (std::size_t at = 1; at + kHead <= bytes.size();) {
    const std::size_t left = bytes.size() - at - kHead,
                      size = std::min<std::size_t>(number_at<std::uint32_t>(bytes, at + 4), left);
    put(bytes, at, number_at<std::uint32_t>(bytes, at) % 7);  // kinds of messages
    put(bytes, at + 4, static_cast<std::uint32_t>(size));
    at += kHead + size;
  }
}

/// The digits of Content-Length, as many as there are, of the first request with a body.
void mend_length(Writable bytes) {
  constexpr std::string_view kName = "Content-Length: ", kEnd = "\r\n\r\n";
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::size_t name = text.find(kName), end = text.find(kEnd);
  if (name == text.npos || end == text.npos || name + kName.size() > end) return;
  std::size_t size = bytes.size() - end - kEnd.size();
  const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(name + kName.size());
  auto digit = bytes.begin() + static_cast<std::ptrdiff_t>(text.find('\r', name + kName.size()));
  for (; digit != begin; size /= 10) *--digit = static_cast<unsigned char>('0' + size % 10);
}

}  // namespace

void mend_checksums(std::string_view reader, std::span<unsigned char> bytes) {
  if (reader == "tar") mend_tar(bytes);
  if (reader == "pack") mend_shard(bytes);
  if (reader == "image" || reader == "deep_image") mend_png(bytes);
  if (reader == "greeting") mend_greeting(bytes);
  if (reader == "http") mend_length(bytes);
  if (reader == "zip" || reader == "npz" || reader == "torch") mend_zip(bytes);
}

}  // namespace doppel::fuzz
