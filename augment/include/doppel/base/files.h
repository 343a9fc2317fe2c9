// What lies at a path, on the disk or in an archive that the path runs through; whole files, read and written
// so that nothing is lost.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace doppel {

// A path may run through a ZIP archive: "photos.zip/train/1.jpg" is a file in it, and "photos.zip" the folder
// that holds all of them. All that follows takes such paths, but for write_file(); see place.h.

/// Whether something is there; false where that can't be told.
bool is_there(const std::filesystem::path& path);
/// Whether it's a regular file, or a link to one.
bool is_file(const std::filesystem::path& path);
/// Whether it's a folder, a link to one, or an archive.
bool is_folder(const std::filesystem::path& path);
/// Throws Error where something is there that isn't a file: a pipe would let its opener wait for ever.
void check_no_pipe(const std::filesystem::path& path);
/// In bytes. Throws Error with the path and the reason.
std::uint64_t size_of_file(const std::filesystem::path& path);
/// The same path without links, "." and "..". Throws Error with the reason where it leads nowhere.
std::filesystem::path true_path(const std::filesystem::path& path);

/// What a folder holds.
struct FolderEntry {
  std::filesystem::path path;  ///< begins as the folder's does
  bool is_folder = false;      ///< or a link to one; an archive is a file
  bool is_special = false;     ///< neither file nor folder: a pipe, socket or device
};
/// In any order. A link that leads nowhere is a file. Throws Error with the path and the reason.
std::vector<FolderEntry> list_folder(const std::filesystem::path& folder);

/// The same without paths, which take longer than all else: of each entry its name and whether it is a
/// folder, until `show` says false.
void each_entry(const std::filesystem::path& folder,
                const std::function<bool(std::string_view name, bool is_folder)>& show);

/// All bytes of a file. Throws Error with the path and the reason.
std::vector<unsigned char> read_file(const std::filesystem::path& path);
/// Up to `size` of its first bytes; none where it can't be read.
std::vector<unsigned char> read_head(const std::filesystem::path& path, std::size_t size);
/// Asks the system to read a file into its cache, and returns at once.
void fetch_file(const std::filesystem::path& path);

/// Up to `size` of its first bytes, unpacked where the file is gzip; fewer where it can't be read.
std::vector<unsigned char> read_head_or_gzip(const std::filesystem::path& path, std::size_t size);

/// All bytes, unpacked where the file is gzip; at most `limit` bytes are unpacked.
std::vector<unsigned char> read_file_or_gzip(const std::filesystem::path& path,
                                             std::size_t limit = std::size_t{1} << 34);

class ByteStream;

/// A file from its beginning to its end.
class FileStream {
 public:
  /// Throws Error with the path and the reason.
  explicit FileStream(const std::filesystem::path& path);
  ~FileStream();
  FileStream(FileStream&&) noexcept;             ///< goes on where the other one was
  FileStream& operator=(FileStream&&) noexcept;  ///< the same
  /// The next bytes; fewer than asked for at the end alone. Throws Error as the constructor does.
  std::size_t read(std::span<unsigned char> into);

 private:
  std::unique_ptr<ByteStream> bytes_;
};

/// Makes a folder, and those above it, where it isn't there. Throws UsageError where a file is in the way,
/// else Error with the path and the reason.
void make_folder(const std::filesystem::path& folder);

/// Writes beside the file, flushes to disk, and renames: whatever happens, the old file or the new one is
/// there, whole. Throws Error with the reason ("No space left on device"); the old file is then untouched.
void write_file(const std::filesystem::path& path, std::span<const unsigned char> bytes);
/// The same of text.
void write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace doppel
