// The sources.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/dataset/combinators.h"
#include "doppel/dataset/file_source.h"
#include "doppel/dataset/progress.h"
#include "doppel/dataset/source.h"

namespace doppel::dataset {

/// A folder of class folders: `root/cat/1.jpg`. Classes are the folders' names in order; images lie at any
/// depth below them (.jpg, .jpeg, .png, .webp, .ppm, .pgm, .bmp, .tif, .tiff, any case; hidden files left
/// out). Links are followed, a folder that is met again inside itself is not.
class ImageFolder final : public FileSource {
 public:
  /// Throws Error where the folder is missing, has no class folders, or a class is empty. `progress` gets the
  /// pictures found, of nobody knows how many.
  explicit ImageFolder(const std::filesystem::path& root, const OnProgress& progress = {});
};

/// Image files without labels, by their paths.
class ImageFiles final : public FileSource {
 public:
  explicit ImageFiles(const std::vector<std::filesystem::path>& files);
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

/// A data set as people name it: what to train on, and what to test with where it comes along.
struct OpenedData {
  std::string name;
  SourcePtr train;
  SourcePtr test;  ///< null where there is none
};

/// Recognises DATA by itself:
///   sample:digits, sample:photos             the embedded samples
///   a folder of IDX or CIFAR files           MNIST and its like; CIFAR-10, CIFAR-100
///   a .csv or .jsonl file                    a manifest
///   a .json file                             COCO
///   a folder with Annotations/               Pascal VOC
///   a folder with images/, labels/ and data.yaml or classes.txt      YOLO
///   a folder with images/ and masks/         segmentation
///   a .tar file, a folder of them, or a pattern: shards-{000..031}.tar     WebDataset shards
///   a folder of class folders, with `train` and `test` (or `val`) folders of either kind, or of images
/// Throws Error that says what was looked for. `progress` gets the pictures found while folders are listed,
/// of nobody knows how many, and the shards and annotations read, of those that there are.
OpenedData open_data(const std::string& data, const OnProgress& progress = {});

/// Where the embedded sample lies: $DOPPEL_SAMPLE, beside the installed program, in the source tree. Throws
/// Error.
std::filesystem::path sample_folder();

bool is_image_file(const std::filesystem::path& path);

}  // namespace doppel::dataset
