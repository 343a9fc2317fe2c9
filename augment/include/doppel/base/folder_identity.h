// Which folder it is, by whatever path.
#pragma once

#include <filesystem>
#include <string>

namespace doppel {

/// The same text for the same folder of the disk, reached through links or not: who goes down into folders
/// knows by it where he has been. Empty where that can't be told, and within archives and stores, which have
/// no links. Takes one look, however deep the folder lies.
std::string folder_identity(const std::filesystem::path& folder);

}  // namespace doppel
