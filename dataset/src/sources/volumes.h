// Slices out of volumes, which are large: no more of them is read than has to be.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "doppel/base/random_file.h"
#include "doppel/codec/nifti.h"
#include "unpacked_blocks.h"

namespace doppel::dataset {

/// Read by any number of threads. Of a plain file the slice's bytes alone are read; one that is packed by
/// gzip, whatever it is called, or lies in an archive is unpacked once, up to what its header promises, in
/// parts that UnpackedBlocks keeps: memory doesn't grow with what it unpacks to.
class Volumes {
 public:
  /// How many slices a file has, by its header. Throws Error with the path, also where the file is too short
  /// for them, or where there are more than a million.
  static int slices(const std::filesystem::path& file);
  /// How many volumes of a file are channels of its slices; 1: it is one alone, of numbers or of colours.
  static int bands(const std::filesystem::path& file);
  /// As stored: bytes or floats. Throws Error, also for a slice that the file doesn't have.
  cv::Mat slice(const std::filesystem::path& file, int number);

 private:
  /// One thread at a time, which others wait for.
  struct Unpacking {
    std::mutex mutex;
    std::atomic<bool> is_done = false;  ///< and the checksum was right
    std::string problem;                ///< why it can't be
  };
  struct Packed {
    std::uint64_t number = 0;  ///< among the files
    std::shared_ptr<const NiftiVolume> volume;
    std::shared_ptr<Unpacking> unpacking = std::make_shared<Unpacking>();
  };
  cv::Mat slice_of_packed(const std::filesystem::path& file, int number);
  bool read_parts(const Packed& file, std::uint64_t at, std::span<unsigned char> to);
  std::uint64_t unpack(const std::filesystem::path& path, const Packed& file, int number,
                       std::vector<unsigned char>& slice);
  static cv::Mat slice_of_plain(const RandomFile& bytes, const NiftiVolume& volume, int number);
  Packed packed(const std::filesystem::path& file);

  std::mutex mutex_;
  std::unordered_map<std::string, Packed> known_;  ///< by path
  UnpackedBlocks blocks_{std::uint64_t{1} << 28};
};

}  // namespace doppel::dataset
