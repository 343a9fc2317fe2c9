#include "picture_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "doppel/base/error.h"
#include "doppel/dataset/sources/file_source.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// `above`: the folders that this one lies in, by their true names.
void collect(const fs::path& root, const fs::path& folder, std::vector<fs::path>& above,
             std::vector<std::string>& pictures, Remarks& remarks, const std::function<void()>& found) {
  const fs::path true_name = fs::canonical(folder);
  if (std::ranges::find(above, true_name) != above.end()) return;
  above.push_back(true_name);
  for (const fs::path& path : entries_of(folder)) {
    if (is_image_file(path)) {
      pictures.push_back(path.string().substr(root.string().size() + 1));
      if (found) found();
    } else if (std::error_code ignored; fs::is_directory(path, ignored)) {
      collect(root, path, above, pictures, remarks, found);
    } else {
      remark_unread(remarks, root, path);
    }
  }
  above.pop_back();
}

}  // namespace

bool is_leftover(std::string_view name) {
  static constexpr std::array<std::string_view, 4> kNames{"thumbs.db", "desktop.ini", "@eadir", "__macosx"};
  if (name.starts_with('.')) return true;
  // What write_dataset() says about a data set beside it.
  if (name == "augment.yaml" || name == "provenance.jsonl") return true;
  // Most names begin otherwise; millions are asked for.
  return name.size() <= 11 && std::string_view("tTdD@_").find(name[0]) != name.npos &&
         std::ranges::find(kNames, lower(name)) != kNames.end();
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) throw Error(fmt::format("can't open the folder {}: {}", folder.string(), error.message()));
  std::vector<fs::path> paths;
  for (const auto& entry : entries)
    if (!is_leftover(entry.path().filename().string())) paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

std::vector<std::string> pictures_below(const fs::path& root, const fs::path& folder, Remarks& remarks,
                                        const std::function<void()>& found) {
  std::vector<std::string> pictures;
  std::vector<fs::path> above;
  collect(root, folder, above, pictures, remarks, found);
  return pictures;
}

void remark_unread(Remarks& remarks, const fs::path& root, const fs::path& file) {
  const std::string ending = lower(file.extension().string());
  remarks.add(ending.empty() ? "files without an ending, which aren't read"
                             : fmt::format("files that aren't read ({})", ending),
              file.lexically_relative(root).string());
}

}  // namespace doppel::dataset
