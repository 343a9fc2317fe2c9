// Files that should be one picture each.
#pragma once

#include <filesystem>
#include <vector>

namespace doppel {

/// All bytes of such a file. Throws Error before it's read: where it's larger than 4 GiB, which no picture
/// needs, and where it's of more than 16 MB and begins as no picture does; as read_file() else.
std::vector<unsigned char> read_picture(const std::filesystem::path& path);

}  // namespace doppel
