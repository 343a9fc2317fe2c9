// Folders whose files hold records: tables and databases of encoded pictures.
#pragma once

#include "folder.h"
#include "parts.h"

namespace doppel::dataset {

/// Each as Layout::open.
std::optional<Parts> open_parquet(const Folder& folder, const OpenOptions& options, Remarks& remarks);
/// A file by itself.
SourcePtr open_parquet_file(const std::filesystem::path& file, const OpenOptions& options);

/// Throws Error that names it where one of several files called NAME-00000-of-00003.ENDING isn't there, is
/// there twice, or they say different numbers of files.
void check_numbered(const std::vector<std::filesystem::path>& files);

}  // namespace doppel::dataset
