// Where generated images go: class folders of PNG, or a pack; with a line of provenance for each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "doppel/base/settings.h"
#include "doppel/dataset/write/line_journal.h"
#include "doppel/nn/gan/generator.h"
#include "doppel/nn/study/image_filter.h"
#include "doppel/nn/study/run_info.h"

namespace doppel::nn {

/// Takes images of given classes, and writes a line to provenance.jsonl for each, also for those that
/// aren't kept. Killed at any time, another one with the same settings goes on.
class ImageWriter {
 public:
  /// How images are kept, and where they are from.
  struct Options {
    std::string gan;                       ///< which state of which network made them
    std::uint64_t seed = 0;                ///< with which
    double truncation = 0;                 ///< see Generator::latents(); 0: none, which isn't noted
    std::shared_ptr<Generator> pack = {};  ///< raw pixels in indexed shards, made by it once more in finish()
    std::vector<SettingText> settings = {};  ///< what else images follow from, for generate.yaml
  };
  /// Goes on with `out`, or makes it, with folders for `classes`, called as dataset::class_folders() says.
  /// `info` must outlive it. Throws UsageError where `out` has something else in it or was begun with other
  /// settings: see dataset::begin_folder().
  ImageWriter(std::filesystem::path out, const RunInfo& info, const std::vector<int>& classes,
              Options options);

  /// Whether nothing is left to be done.
  bool is_finished() const { return finished_; }
  /// How many images, from the first, an earlier writer wrote, or dropped.
  std::size_t known() const { return known_.size(); }
  /// What it found of the next ones, in place of write(); empty where all were kept. Throws Error where they
  /// weren't of these classes.
  std::vector<Decision> skip(const std::vector<int>& labels);
  /// Images first, first + 1 and so on: values in [-1, 1], [C, H, W] each, which a pack doesn't need.
  /// `decisions` is empty where all are kept. What is known of these and later ones is forgotten. Throws
  /// Error where they can't be written.
  void write(const std::vector<int>& labels, std::span<const float> images, std::uint64_t first,
             const std::vector<Decision>& decisions);
  /// Writes the pack, and provenance.jsonl. Throws Error where they can't be written, or where no image was
  /// kept for a pack.
  void finish(const OnPhase& on_phase = {});

 private:
  /// What is said of an image.
  struct Known {
    std::uint64_t index = 0;
    std::string class_name;
    std::optional<Decision> decision;  ///< none: it's kept
    bool is_kept() const { return !decision || decision->dropped.empty(); }
  };
  std::filesystem::path hidden() const { return out_ / ".generate"; }
  void go_on(const std::vector<int>& classes);
  bool holds(const std::string& line);
  std::string name_of(int label, std::uint64_t index) const;
  std::string line_of(int label, const Known& image) const;
  void write_files(const std::vector<int>& labels, std::span<const float> images, std::uint64_t first,
                   const std::vector<Decision>& decisions) const;

  std::filesystem::path out_;
  const RunInfo& info_;
  Options options_;
  std::vector<std::string> folders_;  ///< of all classes
  bool finished_ = false;
  std::unique_ptr<dataset::LineJournal> journal_;
  std::vector<Known> known_;
  std::size_t at_ = 0;                  ///< images that were written or skipped
  std::vector<int> labels_;             ///< of a pack's images
  std::vector<std::uint64_t> numbers_;  ///< which they are
};

}  // namespace doppel::nn
