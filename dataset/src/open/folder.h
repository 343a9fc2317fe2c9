// A folder's entries, asked for by the names that people give them.
#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

/// Listed once; leftovers of systems and editors aren't there (see is_leftover()).
class Folder {
 public:
  /// Throws Error where it can't be listed.
  explicit Folder(std::filesystem::path path);
  const std::filesystem::path& path() const { return path_; }
  const std::vector<std::filesystem::path>& folders() const& { return folders_; }  ///< in order
  const std::vector<std::filesystem::path>& files() const& { return files_; }      ///< in order
  std::vector<std::filesystem::path> folders() && { return std::move(folders_); }  ///< of a temporary
  std::vector<std::filesystem::path> files() && { return std::move(files_); }      ///< of a temporary
  /// The first of these folders that there is, in any case; empty where there is none.
  std::filesystem::path folder(std::initializer_list<std::string_view> names) const;
  std::filesystem::path file(std::initializer_list<std::string_view> names) const;  ///< the same of files
  /// Files with one of these endings (".csv"), in any case.
  std::vector<std::filesystem::path> ending(std::initializer_list<std::string_view> endings) const;
  /// Files that are images by their ending.
  std::vector<std::filesystem::path> images() const;
  /// Files with one ending and the name of an image.
  std::vector<std::filesystem::path> beside_images(std::string_view ending) const;
  /// The folder in it that is called as images' folders are: images, image, imgs, img, JPEGImages, KITTI's
  /// image_2.
  std::filesystem::path image_folder() const;
  /// The same, or as Cityscapes calls it: leftImg8bit.
  std::filesystem::path images_to_mask() const;

 private:
  std::filesystem::path path_;
  std::vector<std::filesystem::path> folders_, files_;
};

/// Remarks on files that aren't `used`, as it's told by their names in lower case, and on all folders.
void remark_others(const Folder& folder, const std::function<bool(const std::string&)>& used,
                   Remarks& remarks);

/// Whether a folder, which may be empty for none, holds a file with this ending.
bool has_file(const std::filesystem::path& folder, std::string_view ending);

}  // namespace doppel::dataset
