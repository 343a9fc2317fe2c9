// Folders whose files hold records: tables and databases of encoded images.
#pragma once

#include "folder.h"
#include "parts.h"

namespace doppel::dataset {

/// Each as Layout::open.
std::optional<Parts> open_tfrecords(const Folder& folder, const OpenOptions& options, Remarks& remarks);
std::optional<Parts> open_mds(const Folder& folder, const OpenOptions& options, Remarks& remarks);
std::optional<Parts> open_parquet(const Folder& folder, const OpenOptions& options, Remarks& remarks);
/// metadata.parquet, a table of images beside it, that holds none.
bool is_metadata(const std::filesystem::path& file);
/// Files by themselves.
SourcePtr open_parquet_file(const std::filesystem::path& file, const OpenOptions& options);
SourcePtr open_tfrecord_file(const std::filesystem::path& file, const OpenOptions& options);
/// By its name: ".tfrecord", ".tfrecords", ".tfrec", ".record", before a number, too
/// ("a.tfrecord-00000-of-00010"), or "train-00000-of-01024" without an ending. In any case.
bool is_tfrecord(const std::filesystem::path& file);

/// Throws Error that names it where one of several files called NAME-00000-of-00003.ENDING isn't there, is
/// there twice, or they say different numbers of files.
void check_numbered(const std::vector<std::filesystem::path>& files);

}  // namespace doppel::dataset
