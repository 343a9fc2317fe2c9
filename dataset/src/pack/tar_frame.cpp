#include "tar_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "doppel/base/error.h"
#include "tar_header.h"

namespace doppel::dataset::pack {
namespace {

using Block = std::array<unsigned char, kTarBlock>;

/// Whether it's zeros from `at` to `end`.
bool is_empty(const RandomFile& file, std::uint64_t at, std::uint64_t end) {
  Block part;
  for (; at < end; at += part.size()) {
    const std::size_t size = std::min<std::uint64_t>(part.size(), end - at);
    file.read(at, {part.data(), size});
    if (!std::all_of(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(size),
                     [](unsigned char byte) { return byte == 0; }))
      return false;
  }
  return true;
}

/// Throws Error where the header isn't one of ours.
TarMember read_tar_header(const Block& block, std::uint64_t at) {
  constexpr std::size_t kNameBytes = 100, kSizeAt = 124, kSizeDigits = 11;
  TarMember member;
  const auto* text = reinterpret_cast<const char*>(block.data());
  member.name.assign(text, strnlen(text, kNameBytes));
  const auto [end, error] = std::from_chars(text + kSizeAt, text + kSizeAt + kSizeDigits, member.size, 8);
  const bool is_read = error == std::errc() && end == text + kSizeAt + kSizeDigits && !member.name.empty();
  if (!is_read || std::memcmp(tar_header(member.name, member.size).data(), text, kTarBlock) != 0)
    throw Error(fmt::format("the tar header at byte {} is damaged", at));
  return member;
}

}  // namespace

void walk_tar(const RandomFile& file, std::uint64_t at, std::uint64_t end,
              const std::function<void(const TarMember&)>& see) {
  while (at < end) {
    if (end - at < kTarBlock) throw Error("the tar ends within a block");
    Block block;
    file.read(at, block);
    if (block[0] == 0) {
      if (!is_empty(file, at, end))
        throw Error(fmt::format("something else than zeros lies behind byte {}", at));
      return;
    }
    TarMember member = read_tar_header(block, at);
    member.at = at + kTarBlock;
    if (member.size > end - member.at) throw Error(fmt::format("{} lies beyond its place", member.name));
    see(member);
    const std::uint64_t content_end = member.at + member.size;
    at = std::min(end, (content_end + kTarBlock - 1) / kTarBlock * kTarBlock);
    if (!is_empty(file, content_end, at))
      throw Error(fmt::format("something else than zeros lies behind {}", member.name));
  }
}

}  // namespace doppel::dataset::pack
