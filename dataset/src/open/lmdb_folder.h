// Folders of LMDB's databases.
#pragma once

#include "folder.h"
#include "parts.h"

namespace doppel::dataset {

/// As Layout::open. A folder that holds data.mdb is one database; else those in it that are called so
/// ("train.lmdb", "mnist_train_lmdb") are parts by their names, and several of one part without labels are a
/// class each ("bedroom_train_lmdb", "tower_train_lmdb").
std::optional<Parts> open_lmdb(const Folder& folder, const OpenOptions& options, Remarks& remarks);
/// A file by itself.
SourcePtr open_lmdb_file(const std::filesystem::path& file, const OpenOptions& options);

}  // namespace doppel::dataset
