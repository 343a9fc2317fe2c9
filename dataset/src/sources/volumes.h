// Slices out of volumes, which are large: no more of them is read than has to be.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <opencv2/core/mat.hpp>
#include <string>
#include <unordered_map>

#include "doppel/codec/nifti.h"
#include "unpacked_blocks.h"

namespace doppel::dataset {

/// Read by any number of threads. Of a plain file the slice's bytes alone are read; one that is packed is
/// unpacked once, as a whole, and kept as UnpackedBlocks keeps it.
class Volumes {
 public:
  /// How many slices a file has, by its header. Throws Error with the path.
  static int slices(const std::filesystem::path& file);
  /// As stored: bytes or floats. Throws Error, also for a slice that the file doesn't have.
  cv::Mat slice(const std::filesystem::path& file, int number);

 private:
  struct Packed {
    std::uint64_t number = 0;  ///< among the blocks
    std::shared_ptr<const NiftiVolume> volume;
  };
  cv::Mat slice_of_packed(const std::filesystem::path& file, int number);
  Packed packed(const std::filesystem::path& file);

  std::mutex mutex_;
  std::unordered_map<std::string, Packed> known_;  ///< by path
  UnpackedBlocks blocks_{std::uint64_t{1} << 28};
};

}  // namespace doppel::dataset
