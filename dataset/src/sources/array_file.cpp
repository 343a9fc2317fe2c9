#include "array_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "doppel/base/error.h"
#include "hdf5.h"
#include "npy.h"
#include "npz.h"
#include "text.h"

namespace doppel::dataset {

bool is_array_file(const std::filesystem::path& file) {
  static constexpr std::array<std::string_view, 6> kEndings{".npy", ".npz", ".h5", ".hdf5", ".hdf", ".he5"};
  return std::ranges::find(kEndings, lower(file.extension().string())) != kEndings.end();
}

std::vector<ArrayPtr> arrays_in(const std::filesystem::path& file) {
  const std::string ending = lower(file.extension().string());
  if (ending == ".npy") return {npy_array(file)};
  if (ending == ".npz") return npz_arrays(file);
  return hdf5_arrays(file);
}

}  // namespace doppel::dataset
