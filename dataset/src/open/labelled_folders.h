// Folders of images with the files of labelling tools and of detection data sets.
#pragma once

#include "folder.h"
#include "parts.h"

namespace doppel::dataset {

/// Each as Layout::open.
std::optional<Parts> open_labelme(const Folder& folder, const OpenOptions& options, Remarks& remarks);
std::optional<Parts> open_cvat(const Folder& folder, const OpenOptions& options, Remarks& remarks);
std::optional<Parts> open_label_studio(const Folder& folder, const OpenOptions& options, Remarks& remarks);
std::optional<Parts> open_kitti(const Folder& folder, const OpenOptions& options, Remarks& remarks);
std::optional<Parts> open_dota(const Folder& folder, const OpenOptions& options, Remarks& remarks);
std::optional<Parts> open_open_images(const Folder& folder, const OpenOptions& options, Remarks& remarks);
/// CVAT's file, by the subsets of its images where these are parts.
Parts open_cvat_file(const std::filesystem::path& xml, const OpenOptions& options, Remarks& remarks);

}  // namespace doppel::dataset
