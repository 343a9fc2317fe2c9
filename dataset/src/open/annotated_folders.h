// Folders of images with annotations beside them.
#pragma once

#include "folder.h"
#include "parts.h"

namespace doppel::dataset {

/// Each as Layout::open.
std::optional<Parts> open_coco(const Folder& folder, const OpenOptions& options, Remarks& remarks);
std::optional<Parts> open_voc(const Folder& folder, const OpenOptions& options, Remarks& remarks);
std::optional<Parts> open_manifest(const Folder& folder, const OpenOptions& options, Remarks& remarks);
/// A manifest's parts, by its column of parts where it has one.
Parts open_table(const std::filesystem::path& file, const OpenOptions& options);

}  // namespace doppel::dataset
