// Names in ZIP archives, as they are and as they should be.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace doppel {

/// An entry's name in UTF-8: as it is where it is marked as UTF-8 or is valid UTF-8, as many programs write
/// it without the mark; else from code page 437. Bytes of a marked name that are no UTF-8 stay as they are.
std::string zip_name(std::string_view raw, bool marked_as_utf8);

/// A path below the archive, with slashes and without "." and empty parts; a folder's ends in a slash.
/// Nothing where it's absolute, has a drive, goes up, holds a zero byte, or is none.
std::optional<std::string> clean_zip_path(std::string_view name);

}  // namespace doppel
