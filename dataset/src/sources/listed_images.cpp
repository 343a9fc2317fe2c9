#include "listed_images.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "doppel/base/files.h"
#include "doppel/base/folder_identity.h"
#include "doppel/dataset/sources/file_source.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// All files at any depth below `folder`; `below`: its path below the root, with a slash at its end where it
/// isn't the root itself.
class FilesBelow {
 public:
  struct Found {
    std::string below_root;
    fs::path path;
  };
  FilesBelow(const std::function<void()>& told, const fs::path& folder, const std::string& below)
      : told_(told) {
    collect(folder, below);
  }
  std::vector<std::string> images;
  std::vector<Found> arrays, others;  ///< .npy files, and what isn't read

 private:
  void collect(const fs::path& folder, const std::string& below) {
    std::string identity = folder_identity(folder);
    if (!identity.empty() && std::ranges::find(above_, identity) != above_.end()) return;
    above_.push_back(std::move(identity));
    for (const Entry& entry : listing_of(folder)) {
      const std::string& whole = entry.path.native();
      std::string name = below + whole.substr(whole.rfind('/') + 1);
      if (entry.is_folder) {
        collect(entry.path, name + '/');
      } else if (is_image_file(entry.path)) {
        images.push_back(std::move(name));
        if (told_) told_();
      } else {
        (is_npy_file(whole) ? arrays : others).push_back({std::move(name), entry.path});
      }
    }
    above_.pop_back();
  }

  const std::function<void()>& told_;
  std::vector<std::string> above_;  ///< the folders that this one lies in, by their identities
};

}  // namespace

bool is_leftover(std::string_view name) {
  static constexpr std::array<std::string_view, 7> kNames{
      "thumbs.db", "desktop.ini", "@eadir", "__macosx", "$recycle.bin", "system volume information",
      "lost+found"};
  if (name.starts_with('.')) return true;
  // What is said about images that were made, beside them.
  if (name == "augment.yaml" || name == "generate.yaml" || name == "provenance.jsonl") return true;
  // Most names begin otherwise; millions are asked for.
  return !name.empty() && std::string_view("tTdD@_$sSlL").find(name[0]) != name.npos &&
         std::ranges::find(kNames, lower(name)) != kNames.end();
}

std::vector<Entry> listing_of(const fs::path& folder) {
  std::vector<Entry> list = list_folder(folder);
  std::erase_if(list, [](const Entry& entry) {
    const std::string& whole = entry.path.native();
    return entry.is_special || is_leftover(std::string_view(whole).substr(whole.rfind('/') + 1));
  });
  // All have the same folder before their names; paths compare part by part, which takes far longer.
  std::ranges::sort(list, {}, [](const Entry& entry) -> const std::string& { return entry.path.native(); });
  return list;
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (Entry& entry : listing_of(folder)) paths.push_back(std::move(entry.path));
  return paths;
}

std::vector<std::string> images_below(const fs::path& root, const fs::path& folder, Remarks& remarks,
                                      const std::function<void()>& found) {
  const std::string below = folder.lexically_relative(root).string();
  FilesBelow files(found, folder, below == "." ? "" : below + '/');
  const bool are_arrays = files.images.empty();
  for (FilesBelow::Found& array : files.arrays)
    if (!are_arrays) {
      remark_unread(remarks, root, array.path);
    } else {
      files.images.push_back(std::move(array.below_root));
      if (found) found();
    }
  for (const FilesBelow::Found& other : files.others) remark_unread(remarks, root, other.path);
  return std::move(files.images);
}

void remark_unread(Remarks& remarks, const fs::path& root, const fs::path& file) {
  const std::string ending = lower(file.extension().string());
  remarks.add(ending.empty() ? "files without an ending, which aren't read"
                             : fmt::format("files that aren't read ({})", ending),
              file.lexically_relative(root).string());
}

}  // namespace doppel::dataset
