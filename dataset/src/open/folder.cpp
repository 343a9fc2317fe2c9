#include "folder.h"

#include <algorithm>

#include "doppel/dataset/sources/file_source.h"
#include "sources/picture_files.h"
#include "sources/text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

fs::path first_named(const std::vector<fs::path>& paths, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    for (const fs::path& path : paths)
      if (const std::string own = path.filename().string(); own.size() == name.size() && lower(own) == name)
        return path;
  return {};
}

}  // namespace

Folder::Folder(fs::path path) : path_(std::move(path)) {
  for (fs::path& entry : entries_of(path_)) {
    std::error_code ignored;
    // A picture's ending is quicker than asking the system; a million files are usual.
    const bool is_folder = !is_image_file(entry) && fs::is_directory(entry, ignored);
    (is_folder ? folders_ : files_).push_back(std::move(entry));
  }
}

fs::path Folder::folder(std::initializer_list<std::string_view> names) const {
  return first_named(folders_, names);
}
fs::path Folder::file(std::initializer_list<std::string_view> names) const {
  return first_named(files_, names);
}

std::vector<fs::path> Folder::ending(std::initializer_list<std::string_view> endings) const {
  std::vector<fs::path> found;
  for (const fs::path& file : files_)
    if (std::ranges::find(endings, std::string_view(lower(file.extension().string()))) != endings.end())
      found.push_back(file);
  return found;
}

std::vector<fs::path> Folder::pictures() const {
  std::vector<fs::path> found;
  std::ranges::copy_if(files_, std::back_inserter(found), is_image_file);
  return found;
}

}  // namespace doppel::dataset
