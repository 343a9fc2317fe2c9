// Which files of a folder are images, and what of the others people should know.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/base/files.h"
#include "doppel/base/progress.h"
#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

/// What systems and editors leave behind, which is nobody's data: names that begin with a dot (macOS' ._
/// files, .ipynb_checkpoints), Thumbs.db, desktop.ini, @eaDir, __MACOSX, $RECYCLE.BIN, System Volume
/// Information, lost+found; and what is said about images that were made, beside them (augment.yaml,
/// generate.yaml, provenance.jsonl).
bool is_leftover(std::string_view name);

using Entry = FolderEntry;
/// Entries of a folder in the order of their names, but for leftovers and what is neither file nor folder
/// (pipes, sockets, devices). Throws Error as list_folder().
std::vector<Entry> listing_of(const std::filesystem::path& folder);
/// The same without their kinds.
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder);

/// Images at any depth below `folder`, in order, as paths below `root`; links are followed, a folder that
/// is met again inside itself isn't. Where there is no other, .npy files are images. Others are remarked on.
/// `found`: told of each image.
std::vector<std::string> images_below(const std::filesystem::path& root, const std::filesystem::path& folder,
                                      Remarks& remarks, const std::function<void()>& found = {});

/// Remarks on a file that isn't read, by its ending.
void remark_unread(Remarks& remarks, const std::filesystem::path& root, const std::filesystem::path& file);

}  // namespace doppel::dataset
