// Files that are begun anew.
#pragma once

#include <filesystem>

namespace doppel {

/// Opens a file to be written that wasn't there, for who renames it once it's whole: what lies at its path, a
/// link too, is removed first, and never followed. Gives a descriptor, or -1 and the reason in errno.
int open_new_file(const std::filesystem::path& path);

}  // namespace doppel
