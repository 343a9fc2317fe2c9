// Files that are opened to be read.
#pragma once

#include <filesystem>

namespace doppel {

/// A descriptor of a regular file, for its owner to close. Nothing else is waited for or read: a pipe would
/// hold who opens it for ever, and a device may have no end. Throws Error with the path and the reason.
int open_to_read(const std::filesystem::path& path);

}  // namespace doppel
