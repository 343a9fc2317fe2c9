// HDF5's arrays.
#pragma once

#include <filesystem>
#include <vector>

#include "array.h"

namespace doppel::dataset {

/// All arrays of an HDF5 file, in any group. What isn't packed, or by deflate, LZF and shuffle alone, is read
/// beside the library, by any number of threads; else they wait for each other. Throws Error, which begins
/// with the path: without the plug-in, for a damaged file, for MATLAB's.
std::vector<ArrayPtr> hdf5_arrays(const std::filesystem::path& file);

}  // namespace doppel::dataset
