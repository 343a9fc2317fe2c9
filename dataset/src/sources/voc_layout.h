// Where a Pascal VOC data set keeps what.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

/// Folders and lists, found in any case.
struct VocLayout {
  std::filesystem::path root, annotations, images;  ///< all the root where both kinds lie side by side
  /// Lists by their names in lower case without ending, of ImageSets/Main before ImageSets/Segmentation
  /// before ImageSets.
  std::map<std::string, std::filesystem::path> lists;
  /// Further ones in ImageSets: of a name that is taken, or in another folder (ImageSets/Layout).
  std::vector<std::filesystem::path> unread_lists = {};
  /// Lists that are parts, not one class's: train, trainval, val, test; in that order.
  std::vector<std::string> part_lists() const;
  /// A file in one of the folders as people know it: "Annotations/a.xml".
  std::string below_root(const std::filesystem::path& folder, const std::string& file) const;
};
VocLayout voc_layout(const std::filesystem::path& root);
/// The entry of a folder that is called so in any case; empty where there is none.
std::filesystem::path entry_called(const std::filesystem::path& folder, std::string_view name);

/// "a/b.xml" is "a/b".
std::string path_without_ending(const std::filesystem::path& path);

/// Annotations below their folder: path without the ending .xml to path, in order.
using VocFiles = std::map<std::string, std::string>;

/// What lies below the folders.
struct VocEntries {
  VocFiles annotations;
  std::vector<std::string> images;  ///< below their folder, in order
};
/// Remarks on files and folders that aren't read.
VocEntries voc_entries(const VocLayout& layout, Remarks& remarks);

/// A line of a list that belongs to it.
struct VocListed {
  std::string name;
  std::size_t line = 0;              ///< from 1
  const std::string* key = nullptr;  ///< in the annotations; null where there is none of that name
};
/// What a list names. Lines of one class's list that end in -1 don't belong to it.
std::vector<VocListed> voc_listed(const std::filesystem::path& list, const VocLayout& layout,
                                  const VocFiles& annotations);

}  // namespace doppel::dataset
