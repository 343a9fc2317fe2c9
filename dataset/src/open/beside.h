// What lies beside the images of a data set and belongs to no part of it.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "parts.h"

namespace doppel::dataset {

/// Remarks on what of a folder, and of the folders below it that hold images of `parts`, is neither such an
/// image nor one of `read`: on images as `unnamed` has it, on other files by their endings, on folders.
/// `read`: files and folders; of a folder all that is in it.
void remark_beside(const std::filesystem::path& folder, const Parts& parts,
                   const std::vector<std::filesystem::path>& read, std::string_view unnamed,
                   Remarks& remarks);

/// The same of images alone, where `file` was given and not its folder: of those in the folders that hold
/// images of `parts`.
void remark_unnamed(const std::filesystem::path& file, const Parts& parts, std::string_view unnamed,
                    Remarks& remarks);

}  // namespace doppel::dataset
