// Arrays of images, with their labels, as the parts of a data set.
#pragma once

#include <filesystem>

#include "folder.h"
#include "parts.h"

namespace doppel::dataset {

/// As Layout::open: .npy, .npz and HDF5 files in a folder without images.
std::optional<Parts> open_arrays(const Folder& folder, const OpenOptions& options, Remarks& remarks);
/// True of a .npy of numbers with two axes, rows and columns, or up to `most_axes`.
bool is_image_array(const std::filesystem::path& file, std::size_t most_axes = 2);
/// One such file of several. A .npy's labels are looked for beside it.
Parts open_array_file(const std::filesystem::path& file, const OpenOptions& options, Remarks& remarks);

}  // namespace doppel::dataset
