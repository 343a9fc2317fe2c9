// NumPy's .npz.
#pragma once

#include <filesystem>
#include <vector>

#include "array.h"

namespace doppel::dataset {

/// The arrays of a .npz, in order of their names: a ZIP archive of .npy. Those that are stored are read where
/// they lie, others unpacked. Throws Error, which begins with the path.
std::vector<ArrayPtr> npz_arrays(const std::filesystem::path& file);

}  // namespace doppel::dataset
