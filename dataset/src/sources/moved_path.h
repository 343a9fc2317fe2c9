// Paths that were written on another machine.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace doppel::dataset {

/// Where what an annotation calls `name` lies below `base`, as a path below it: as it stands, with
/// backslashes as slashes, or, of a path that is none here (absolute, with a drive, going up, or below a
/// folder that isn't there), the longest of its ends that is there; "." is the base. A file's name alone
/// counts as such an end only where the path was absolute. Empty where nothing of it is there. No result
/// leaves the base.
std::filesystem::path moved_below(const std::filesystem::path& base, std::string_view name);
/// The same where a file's name alone counts in any case: of lists and names, of which a data set has few.
std::filesystem::path list_below(const std::filesystem::path& base, std::string_view name);

/// Names that are no path below a folder: absolute ones, drives, URLs, and Label Studio's
/// /data/local-files/?d=….
bool begins_elsewhere(std::string_view name);
/// "C:/…".
bool has_drive(std::string_view path);
/// What follows that beginning, with %20 and the like read, as a path that may be below a folder.
std::string end_of_path(std::string_view name);
/// Without "./" and doubled slashes, so that an image has one name.
std::string one_name_of(std::string name);

}  // namespace doppel::dataset
