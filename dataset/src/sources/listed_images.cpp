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

/// `below`: the folder's path below the root, with a slash at its end where it isn't the root itself;
/// `above`: the folders that this one lies in, by their identities.
void collect(const fs::path& root, const fs::path& folder, const std::string& below,
             std::vector<std::string>& above, std::vector<std::string>& images, Remarks& remarks,
             const std::function<void()>& found) {
  std::string identity = folder_identity(folder);
  if (!identity.empty() && std::ranges::find(above, identity) != above.end()) return;
  above.push_back(std::move(identity));
  for (const Entry& entry : listing_of(folder)) {
    const std::string& whole = entry.path.native();
    if (entry.is_folder) {
      collect(root, entry.path, below + whole.substr(whole.rfind('/') + 1) + '/', above, images, remarks,
              found);
    } else if (is_image_file(entry.path)) {
      images.push_back(below + whole.substr(whole.rfind('/') + 1));
      if (found) found();
    } else {
      remark_unread(remarks, root, entry.path);
    }
  }
  above.pop_back();
}

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
  std::vector<std::string> images;
  std::vector<std::string> above;
  const std::string below = folder.lexically_relative(root).string();
  collect(root, folder, below == "." ? "" : below + '/', above, images, remarks, found);
  return images;
}

void remark_unread(Remarks& remarks, const fs::path& root, const fs::path& file) {
  const std::string ending = lower(file.extension().string());
  remarks.add(ending.empty() ? "files without an ending, which aren't read"
                             : fmt::format("files that aren't read ({})", ending),
              file.lexically_relative(root).string());
}

}  // namespace doppel::dataset
