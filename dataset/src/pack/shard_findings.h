// What packing a shard found, which goes into a report in the order of the shards, whoever packed them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "doppel/dataset/pack/pack.h"

namespace doppel::dataset::pack {

/// Mean and standard deviation of all pixels, as long as all images have as many channels.
struct PixelSums {
  /// Of an image: what its pixels and their squares are in the mean, 0 to 255.
  void add(const std::array<double, 4>& image_mean, const std::array<double, 4>& image_square,
           int image_channels, double image_pixels);
  void add(const PixelSums& other);
  void write(PackReport& report) const;

  std::array<double, 4> sums{}, squares{};
  double pixels = 0;
  int channels = 0;
  bool mixed = false;
};

/// Of one shard.
struct ShardFindings {
  /// An image, for DuplicateFinder.
  struct Shown {
    DuplicateFinder::Fingerprint print;
    std::string name;
    int label = -1;
  };
  std::uint32_t shard = 0;
  std::size_t samples = 0;
  bool kept = false;  ///< it was there already: nothing else is known of its images
  std::uint64_t bytes = 0;
  std::vector<std::string> unreadable;
  PixelSums sums;
  std::vector<Shown> shown;
};

/// For another process; findings_of() reads it. Throws Error where it isn't that.
std::string text_of(const std::vector<ShardFindings>& findings);
std::vector<ShardFindings> findings_of(const std::string& text);

}  // namespace doppel::dataset::pack
