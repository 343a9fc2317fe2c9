// Which images and masks of a folder belong together.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

/// Files of one image and its mask, below the root.
struct SegmentationCase {
  std::vector<std::string> images;  ///< one; or a channel each, as nnU-Net has them
  std::string mask;
};

/// Files below a root; images and masks each below a folder of its own.
struct SegmentationFiles {
  std::filesystem::path root;
  std::string image_folder, mask_folder;   ///< below the root
  std::vector<std::string> images, masks;  ///< below the root, in order
};

/// A mask is called as its image, or with what some tools add to it. Where `case_0000` has the mask `case`,
/// `case_0001` and so on are further channels of it. Images without a mask, of which channels are missing,
/// and masks without an image are left out, with a remark. Throws Error where names don't tell which mask is
/// meant.
std::vector<SegmentationCase> segmentation_cases(const SegmentationFiles& files, Remarks& remarks);

}  // namespace doppel::dataset
