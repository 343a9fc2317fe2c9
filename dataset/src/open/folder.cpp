#include "folder.h"

#include <algorithm>
#include <unordered_set>

#include "doppel/dataset/sources/file_source.h"
#include "sources/listed_images.h"
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
  for (Entry& entry : listing_of(path_))
    (entry.is_folder ? folders_ : files_).push_back(std::move(entry.path));
}

fs::path Folder::folder(std::initializer_list<std::string_view> names) const {
  return first_named(folders_, names);
}
fs::path Folder::file(std::initializer_list<std::string_view> names) const {
  return first_named(files_, names);
}

std::vector<fs::path> Folder::ending(std::initializer_list<std::string_view> endings) const {
  std::vector<fs::path> found;
  std::string small;
  for (const fs::path& file : files_) {
    // On the text: a path's parts are slow to take.
    const std::string& whole = file.native();
    const std::size_t dot = whole.rfind('.');
    if (dot == whole.npos) continue;
    small = lower(std::string_view(whole).substr(dot));
    if (std::ranges::find(endings, std::string_view(small)) != endings.end()) found.push_back(file);
  }
  return found;
}

std::vector<fs::path> Folder::images() const {
  std::vector<fs::path> found;
  std::ranges::copy_if(files_, std::back_inserter(found), is_image_file);
  return found;
}

std::vector<fs::path> Folder::beside_images(std::string_view of_ending) const {
  std::vector<fs::path> found = ending({of_ending});
  if (found.empty()) return found;  // as nearly always: images' names are worth no set of them
  std::unordered_set<std::string> stems;
  for (const fs::path& image : images()) stems.insert(image.stem().string());
  std::erase_if(found, [&](const fs::path& file) { return !stems.contains(file.stem().string()); });
  return found;
}

fs::path Folder::image_folder() const {
  return folder({"images", "image", "imgs", "img", "jpegimages", "image_2"});
}

fs::path Folder::images_to_mask() const {
  const fs::path usual = image_folder();
  return usual.empty() ? folder({"leftimg8bit"}) : usual;
}

bool has_file(const fs::path& folder, std::string_view ending) {
  return !folder.empty() && !Folder(folder).ending({ending}).empty();
}

void remark_others(const Folder& folder, const std::function<bool(const std::string&)>& used,
                   Remarks& remarks) {
  for (const fs::path& file : folder.files())
    if (!used(lower(file.filename().string()))) remark_unread(remarks, folder.path(), file);
  for (const fs::path& path : folder.folders())
    remarks.add("folders that aren't read", path.filename().string());
}

}  // namespace doppel::dataset
