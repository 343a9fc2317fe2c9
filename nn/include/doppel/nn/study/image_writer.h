// Where generated images go: class folders of PNG, or a pack; with a line of provenance for each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "doppel/nn/study/image_filter.h"
#include "doppel/nn/study/run_info.h"

namespace doppel::nn {

/// Takes images of given classes, and writes a line to provenance.jsonl for each, also for those that
/// aren't kept.
class ImageWriter {
 public:
  /// How images are kept, and where they are from.
  struct Options {
    std::string gan;         ///< which state of which network made them
    std::uint64_t seed = 0;  ///< with which
    double truncation = 0;   ///< see Generator::latents(); 0: none, which isn't noted
    bool pack = false;       ///< raw pixels in indexed shards, written by finish(); until then in memory
  };
  /// Makes folders for `classes`, called as dataset::class_folders() says. `info` must outlive it. Throws
  /// Error where `out` is there and isn't empty.
  ImageWriter(std::filesystem::path out, const RunInfo& info, const std::vector<int>& classes,
              Options options);

  /// Images first, first + 1 and so on: values in [-1, 1], [C, H, W] each. `decisions` is empty where all
  /// are kept. Throws Error where they can't be written.
  void write(const std::vector<int>& labels, std::span<const float> images, std::uint64_t first,
             const std::vector<Decision>& decisions);
  /// Writes the pack; of files there is nothing left to do. Throws Error where it can't be written, or where
  /// no image was kept for it.
  void finish(const OnPhase& on_phase = {});

 private:
  std::string name_of(int label, std::uint64_t index) const;

  std::filesystem::path out_;
  const RunInfo& info_;
  Options options_;
  std::vector<std::string> folders_;  ///< of all classes
  std::ofstream provenance_;
  std::vector<unsigned char> pixels_;  ///< of a pack's images, one after the other
  std::vector<int> labels_;
  std::vector<std::string> names_;
};

}  // namespace doppel::nn
