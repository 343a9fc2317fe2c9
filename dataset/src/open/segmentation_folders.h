// Folders of images with folders of masks.
#pragma once

#include "folder.h"
#include "parts.h"

namespace doppel::dataset {

/// As Layout::open: images/ and masks/, with parts in both, or pairs of folders as "train" and "train_masks".
std::optional<Parts> open_segmentation(const Folder& folder, const OpenOptions& options, Remarks& remarks);

}  // namespace doppel::dataset
