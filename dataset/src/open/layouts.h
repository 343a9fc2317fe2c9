// The kinds of folders that are data sets: one row each, which recognises and opens it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "folder.h"
#include "parts.h"

namespace doppel::dataset {

/// What a folder was opened as.
struct Found {
  std::string layout;
  Parts parts;
  Remarks remarks;  ///< but for those of the parts' sources
};

/// One kind of folder.
struct Layout {
  std::string_view name, looks;  ///< "Pascal VOC"; how one is recognised, for help and errors
  /// Its parts; nothing where the folder is another kind. Throws Error where it is this kind and can't be
  /// read.
  std::optional<Parts> (*open)(const Folder& folder, const OpenOptions& options, Remarks& remarks);
  /// Files or folders beside images, which can be read without them: where OpenOptions::ignore_labels is
  /// set and they can't be read, the folder is taken for another kind, and a remark says why.
  bool labels_apart = false;
};

/// In the order in which they are tried.
std::span<const Layout> layouts();

/// Throws Error where images were found without labels, or of one class, and a file beside them is called
/// as labels are ("imagelabels.mat", "annotations.xml").
void check_labels_beside(const Folder& folder, const Found& found, const OpenOptions& options);

/// As the first kind that it is. Throws Error that says what was seen.
Found open_folder(const std::filesystem::path& path, const OpenOptions& options);

}  // namespace doppel::dataset
