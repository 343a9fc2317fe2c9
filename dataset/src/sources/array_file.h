// Files of arrays, by their endings.
#pragma once

#include <filesystem>
#include <vector>

#include "array.h"

namespace doppel::dataset {

/// .npy, .npz, .h5, .hdf5, .hdf, .he5, in any case.
bool is_array_file(const std::filesystem::path& file);
/// All arrays of one, in order. Throws Error, which begins with the path.
std::vector<ArrayPtr> arrays_in(const std::filesystem::path& file);

}  // namespace doppel::dataset
