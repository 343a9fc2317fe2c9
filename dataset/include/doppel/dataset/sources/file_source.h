// Files with what is said about them: what most sources are made of.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/dataset/sources/source.h"

namespace doppel {
class Place;
}

namespace doppel::dataset {

/// Texts that stay where they are, one behind the other: millions of paths take their letters and no more.
class KeptTexts {
 public:
  std::string_view keep(std::string_view text);  ///< a copy, for as long as this lives

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;  ///< of the last block
  std::size_t left_ = 0;
};

class Volumes;

/// Image files below one folder; of a volume each slice is an image. A source of this kind fills in the list
/// and, where it knows more than a class, what is said about each image.
class FileSource : public Source {
 public:
  std::size_t size() const override { return files_.size(); }
  /// The file's bytes, or a frame's pixels, the label, and what annotate() adds. Throws Error for an
  /// unreadable or empty file, and for a volume of which it isn't known which slice is meant.
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override;
  bool is_far() const override;
  std::optional<UnreadItem> unread(std::size_t index) const override;
  std::string name(std::size_t index) const override;
  int label(std::size_t index) const override { return files_[index].label; }
  const std::vector<std::string>& classes() const override { return classes_; }
  std::vector<Remark> remarks() const override { return remarks_.list(); }

 protected:
  /// `root`: the folder that files' paths begin at.
  explicit FileSource(std::filesystem::path root);
  /// An image's file.
  struct File {
    std::string_view path;  ///< below the root; kept by keep()
    int label = -1;         ///< its class; -1 where none is known
    int frame = -1;         ///< of its frames, from 0; -1: the file is one image
  };
  /// Adds a file by its path below the root, or one of its frames.
  void keep(std::string_view path, int label = -1, int frame = -1) {
    files_.push_back({paths_.keep(path), label, frame});
  }
  /// The same, and of a volume (is_volume_file()) every slice.
  void keep_slices(std::string_view path, int label = -1);
  /// Adds a file that a table names, or one of its frames: below the root, or by an address on the network.
  /// Throws Error where it would lie outside the root.
  void add(std::string_view path, int label = -1, int frame = -1);
  /// How many slices the volume at this path below the root has. Throws Error where it can't be told.
  int slices_in(std::string_view path) const;
  /// The pixels of a frame of the file at this path below the root, as stored. Throws Error.
  cv::Mat frame_of(std::string_view path, int frame) const;
  /// The number of a class, which becomes known where it wasn't.
  int class_of(std::string_view name);
  /// Sorts the class names and renumbers the files' labels; returns each old number's new one.
  std::vector<int> sort_classes();
  /// Boxes, masks and the like of a sample whose bytes have been read.
  virtual void annotate(std::size_t /*index*/, Item& /*item*/) const {}

  std::filesystem::path root_;          ///< the folder that paths begin at
  std::shared_ptr<const Place> place_;  ///< the archive that it lies in, which stays open; null: none
  std::vector<File> files_;             ///< one for each sample
  std::vector<std::string> classes_;    ///< names, by label
  Remarks remarks_;                     ///< what was found and isn't used

 private:
  void check_one(std::string_view path) const;
  std::filesystem::path path_of(std::string_view path) const;
  KeptTexts paths_;
  std::shared_ptr<Volumes> volumes_;
  std::vector<std::shared_ptr<const Place>> far_;  ///< stores of paths on the network, which stay known
};

/// `name` below `root`. Throws Error where it's absolute, holds "..", or is empty: no path leaves its folder.
std::filesystem::path path_below(const std::filesystem::path& root, std::string_view name);

/// The height and width that an item's image will have once it's decoded, by its header alone. Throws Error
/// as facts_of() does.
Size image_size(const Item& item);

/// What is wrong with an image of one size that was annotated as another.
std::string of_other_size(const std::string& image, Size size, Size told);

/// By its ending: .jpg, .jpeg, .jpe, .jfif, .png, .webp, .ppm, .pgm, .pnm, .pam, .pfm, .bmp, .tif, .tiff,
/// .gif, .heic, .heif, .avif, .jxl, .exr, .dcm, and those of volumes, in any case.
bool is_image_file(const std::filesystem::path& path);

/// By its ending: .nii, .nii.gz, in any case. Such a file holds a slice or more.
bool is_volume_file(std::string_view path);

/// By its ending: .npy, in any case. Whether such a file is an image depends on what lies beside it.
bool is_npy_file(std::string_view path);

/// A path without what the three above go by: "a/b.nii.gz" is "a/b". Another path is
/// what it was.
std::string_view without_ending(std::string_view path);

/// The file that a sample of this name (Source::name()) is of: "a/scan.nii.gz" of "a/scan.nii.gz 17".
std::string_view path_of_name(std::string_view name);

/// What a file made of a sample of this name (Source::name()) is called by: "7" of "a/7.png", "scan_17" of
/// the slice "a/scan.nii.gz 17".
std::string stem_of_name(std::string_view name);

}  // namespace doppel::dataset
