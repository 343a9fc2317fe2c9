// A ZIP archive whose files are read in any order by any number of threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/base/random_file.h"

namespace doppel {

/// What an archive's directory says of one file or folder.
struct ZipEntry {
  std::string_view name;   ///< in UTF-8, with slashes; a folder's ends in one. As long as the ZipFile lives
  std::uint64_t size = 0;  ///< bytes, unpacked
  std::uint64_t packed_size = 0;  ///< bytes, as they lie in the archive
  std::uint64_t at = 0;           ///< of its header in the archive
  std::uint32_t crc = 0;          ///< CRC-32 of what is unpacked
  std::uint16_t method = 0;       ///< how it's packed: 0 stored, 8 Deflate
  bool encrypted = false;         ///< by whatever method
};

/// PKWARE's APPNOTE 6.3: with ZIP64, data descriptors, a comment, and bytes before the archive. Names are
/// UTF-8 where they are marked so or can be read so, else code page 437; backslashes are slashes. Memory: 40
/// bytes and the name for each entry; what is read is as large as the entry is, whatever the directory says.
class ZipFile {
 public:
  static constexpr std::uint16_t kStored = 0;   ///< ZipEntry::method of what is as it was
  static constexpr std::uint16_t kDeflate = 8;  ///< of what zlib unpacks
  /// An entry that isn't listed: a link, or one whose name leaves the archive.
  struct LeftOut {
    std::string name;      ///< as the archive has it, in UTF-8
    std::string_view why;  ///< "links, which aren't followed"
  };

  /// Reads the directory. Throws Error with the path where the file is no archive, is one of several volumes,
  /// is damaged, holds two files of one name, or entries that lie over each other.
  explicit ZipFile(const std::filesystem::path& path);
  const std::filesystem::path& path() const { return file_.path(); }  ///< the archive's
  std::size_t size() const { return records_.size(); }                ///< of entries
  ZipEntry operator[](std::size_t index) const;  ///< by their names in order, byte by byte
  /// The first entry whose name is not before this one; size() where there is none.
  std::size_t first_from(std::string_view name) const;
  /// The entry that is called so; size() where there is none.
  std::size_t find(std::string_view name) const;
  const std::vector<LeftOut>& left_out() const { return left_out_; }  ///< in the directory's order

  /// All of an entry, with its CRC-32 checked. Throws Error with the archive's path and the entry's name
  /// where it's encrypted, packed otherwise than by Deflate, damaged, or larger than `limit` bytes.
  std::vector<unsigned char> read(std::size_t index, std::uint64_t limit = std::uint64_t{1} << 34) const;
  /// Up to `size` of its first bytes. Throws Error as read() does.
  std::vector<unsigned char> head(std::size_t index, std::size_t size) const;
  /// Where its bytes, packed as they are, begin in the archive. Throws Error where its header isn't there.
  std::uint64_t data_at(std::size_t index) const;
  /// The archive itself: a stored entry lies there from data_at() on.
  const RandomFile& file() const { return file_; }
  /// Empty where read() can unpack it; else why not ("it is encrypted").
  std::string why_unread(std::size_t index) const;
  /// Throws Error that names the archive and the entry.
  [[noreturn]] void fail(std::size_t index, std::string_view what) const;

 private:
  friend class ZipDirectory;
  struct Record {
    std::uint64_t at = 0, size = 0, packed_size = 0;
    std::uint32_t name_at = 0, name_size = 0, crc = 0;
    std::uint16_t method = 0;
    bool encrypted = false;
  };
  std::string_view name_of(const Record& record) const {
    return std::string_view(names_).substr(record.name_at, record.name_size);
  }

  RandomFile file_;
  std::string names_;  ///< all of them, one after another
  std::vector<Record> records_;
  std::vector<LeftOut> left_out_;
  std::uint64_t entries_end_ = 0;  ///< where the directory begins
};

/// One entry from its beginning to its end, in the memory of a window. For one thread.
class ZipStream {
 public:
  /// `archive` must live longer. Throws Error as ZipFile::read() does.
  ZipStream(const ZipFile& archive, std::size_t index);
  ~ZipStream();
  ZipStream(const ZipStream&) = delete;
  ZipStream& operator=(const ZipStream&) = delete;
  /// The next bytes; fewer than asked for at the end alone. At the end the CRC-32 is checked.
  std::size_t read(std::span<unsigned char> into);
  /// All bytes of a deflated entry of which none was read yet, at once.
  std::vector<unsigned char> all();

 private:
  struct Inflater;
  std::size_t stored(std::span<unsigned char> into);
  std::size_t inflated(std::span<unsigned char> into);
  void refill();

  const ZipFile& archive_;
  std::size_t index_;
  ZipEntry entry_;
  std::vector<unsigned char> window_;        ///< of packed bytes
  std::size_t from_ = 0;                     ///< in the window: the first that isn't used yet
  std::uint64_t next_ = 0, packed_end_ = 0;  ///< in the archive: behind the window; the entry's end
  std::uint64_t given_ = 0;                  ///< bytes that were handed out
  std::uint32_t crc_ = 0;
  std::unique_ptr<Inflater> inflater_;
};

}  // namespace doppel
