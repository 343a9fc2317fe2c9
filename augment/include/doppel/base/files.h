// Whole files, read and written so that nothing is lost.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace doppel {

/// All bytes of a file. Throws Error with the path and the reason.
std::vector<unsigned char> read_file(const std::filesystem::path& path);
/// Up to `size` of its first bytes; none where it can't be read.
std::vector<unsigned char> read_head(const std::filesystem::path& path, std::size_t size);
/// Asks the system to read a file into its cache, and returns at once.
void fetch_file(const std::filesystem::path& path);

/// The same, unpacked where the file is gzip; at most `limit` bytes are unpacked.
std::vector<unsigned char> read_file_or_gzip(const std::filesystem::path& path,
                                             std::size_t limit = std::size_t{1} << 34);

/// Writes beside the file, flushes to disk, and renames: whatever happens, the old file or the new one is
/// there, whole. Throws Error with the reason ("No space left on device"); the old file is then untouched.
void write_file(const std::filesystem::path& path, std::span<const unsigned char> bytes);
/// The same of text.
void write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace doppel
