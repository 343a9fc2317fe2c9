// The sources.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "doppel/dataset/source.h"

namespace doppel::dataset {

/// A folder of class folders: `root/cat/1.jpg`. Classes are the folders' names in order; images lie at any
/// depth below them (.jpg, .jpeg, .png, .webp, any case; hidden files left out).
class ImageFolder final : public Source {
 public:
  /// Throws Error where the folder is missing, has no class folders, or a class is empty.
  explicit ImageFolder(const std::filesystem::path& root);
  std::size_t size() const override { return files_.size(); }
  Item read(std::size_t index) const override;
  std::string name(std::size_t index) const override;
  int label(std::size_t index) const override { return files_[index].label; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  struct File {
    std::filesystem::path path;
    int label;
  };
  std::vector<File> files_;
  std::vector<std::string> classes_;
};

/// Image files without labels, by their paths.
class ImageFiles final : public Source {
 public:
  explicit ImageFiles(std::vector<std::filesystem::path> files) : files_(std::move(files)) {}
  std::size_t size() const override { return files_.size(); }
  Item read(std::size_t index) const override;
  std::string name(std::size_t index) const override { return files_[index].string(); }
  int label(std::size_t) const override { return -1; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  std::vector<std::filesystem::path> files_;
  std::vector<std::string> classes_;
};

/// A pair of IDX files (LeCun's format: big-endian header, then bytes), plain or .gz: images [N, H, W],
/// labels [N].
class IdxFiles final : public Source {
 public:
  /// Throws Error where a header lies about its count or size, or a label is not below `classes` (0: as many
  /// as occur).
  IdxFiles(const std::filesystem::path& images, const std::filesystem::path& labels, int classes = 0);
  std::size_t size() const override { return labels_.size(); }
  Item read(std::size_t index) const override;
  std::string name(std::size_t index) const override { return stem_ + " " + std::to_string(index); }
  int label(std::size_t index) const override { return labels_[index]; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  std::string stem_;
  std::vector<unsigned char> pixels_, labels_;
  int height_ = 0, width_ = 0;
  std::vector<std::string> classes_;
};

/// Samples that are in memory.
class InMemory final : public Source {
 public:
  /// Throws Error where a label is outside the classes.
  InMemory(std::vector<augment::Sample> samples, std::vector<std::string> classes);
  std::size_t size() const override { return samples_.size(); }
  Item read(std::size_t index) const override { return {{}, samples_[index]}; }
  std::string name(std::size_t index) const override { return "sample " + std::to_string(index); }
  int label(std::size_t index) const override { return samples_[index].label; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  std::vector<augment::Sample> samples_;
  std::vector<std::string> classes_;
};

/// Some samples of another source, in a given order.
class Subset final : public Source {
 public:
  /// Throws UsageError where an index is outside the source.
  Subset(SourcePtr source, std::vector<std::size_t> indices);
  std::size_t size() const override { return indices_.size(); }
  Item read(std::size_t index) const override { return source_->read(indices_[index]); }
  std::string name(std::size_t index) const override { return source_->name(indices_[index]); }
  int label(std::size_t index) const override { return source_->label(indices_[index]); }
  const std::vector<std::string>& classes() const override { return source_->classes(); }

 private:
  SourcePtr source_;
  std::vector<std::size_t> indices_;
};

/// A data set as people name it: what to train on, and what to test with where it comes along.
struct OpenedData {
  std::string name;
  SourcePtr train;
  SourcePtr test;  ///< null where there is none
};

/// Recognises DATA by itself: `sample:digits`, `sample:photos`, a folder of IDX files, a folder of class
/// folders, a folder with `train` and `test` (or `val`) folders of either kind, or a folder of images without
/// classes. Throws Error that says what was looked for.
OpenedData open_data(const std::string& data);

/// Where the embedded sample lies: $DOPPEL_SAMPLE, beside the installed program, in the source tree. Throws
/// Error.
std::filesystem::path sample_folder();

bool is_image_file(const std::filesystem::path& path);

}  // namespace doppel::dataset
