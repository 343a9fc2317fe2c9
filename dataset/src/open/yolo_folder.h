// Folders of images with YOLO's texts.
#pragma once

#include "folder.h"
#include "parts.h"

namespace doppel::dataset {

/// As Layout::open.
std::optional<Parts> open_yolo(const Folder& folder, const OpenOptions& options, Remarks& remarks);

/// By a .yaml that names classes and parts. Throws Error with the file.
Parts open_yolo_yaml(const std::filesystem::path& file, const OpenOptions& options, Remarks& remarks);

}  // namespace doppel::dataset
