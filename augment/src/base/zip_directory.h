// The directory at a ZIP archive's end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "doppel/base/zip_file.h"

namespace doppel {

/// Numbers in archives: the least byte first.
std::uint64_t zip_number(const unsigned char* bytes, int size);
constexpr std::size_t kZipLocalHeader = 30;  ///< bytes before an entry's name
constexpr std::uint32_t kZipLocalMark = 0x04034b50;

/// Reads an archive's directory into it.
class ZipDirectory {
 public:
  explicit ZipDirectory(ZipFile& zip) : zip_(zip) {}
  /// Throws Error as ZipFile's constructor.
  void read();

 private:
  /// Where the directory lies, and what must be added to the places that it says.
  struct Place {
    std::uint64_t at = 0, size = 0, shift = 0, entries = 0;
    bool in_64 = false;  ///< the numbers are ZIP64's
  };
  Place find();
  Place find_64(std::uint64_t locator_at, Place place);
  /// `end`: of the directory, where what follows it begins.
  Place placed(Place place, std::uint64_t end, std::uint64_t said_at);
  void read_entries(const Place& place);
  void add(const unsigned char* header, std::uint64_t shift);
  void read_64(std::span<const unsigned char> extra, ZipFile::Record& record) const;
  void check_places();
  void sort_names();
  bool is_mark(std::uint64_t at, std::uint32_t mark) const;
  std::vector<unsigned char> bytes(std::uint64_t at, std::uint64_t count) const;
  [[noreturn]] void fail(std::string_view what) const;

  ZipFile& zip_;
};

}  // namespace doppel
