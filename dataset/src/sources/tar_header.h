// The fields of a tar header: a block of 512 bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace doppel::dataset {

constexpr std::size_t kTarBlock = 512;
using TarBlock = std::span<const unsigned char, kTarBlock>;

bool is_zero(TarBlock block);

/// A view of a block, of the formats of POSIX (ustar), GNU and Version 7.
class TarHeader {
 public:
  explicit TarHeader(TarBlock block) : block_(block) {}
  /// The header's sum of bytes is what it says, counted with bytes as unsigned or, as old Suns did, signed.
  bool checksum_holds() const;
  /// '0' or 0: a file; '1': a hard link; and so on.
  char type() const { return static_cast<char>(block_[156]); }
  /// With POSIX's prefix.
  void name_into(std::string& name) const;
  std::string_view link() const { return text(157, 100); }
  /// GNU's format, which has other fields in the place of POSIX's prefix.
  bool is_gnu() const { return raw(257, 8) == std::string_view("ustar  \0", 8); }
  /// Bytes of content. Throws Error for what isn't a number.
  std::uint64_t size() const { return number(124, 12); }
  /// A field with its zero bytes.
  std::string_view raw(std::size_t at, std::size_t size) const {
    return {reinterpret_cast<const char*>(block_.data()) + at, size};
  }
  /// A field up to its first zero byte.
  std::string_view text(std::size_t at, std::size_t size) const;
  /// A number as octal text, or big-endian binary where the first bit is set (GNU's base 256). Throws Error.
  std::uint64_t number(std::size_t at, std::size_t size) const;

 private:
  std::optional<std::uint64_t> number_if_any(std::size_t at, std::size_t size) const;
  TarBlock block_;
};

}  // namespace doppel::dataset
