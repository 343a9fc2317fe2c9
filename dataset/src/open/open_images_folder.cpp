#include <fmt/format.h>

#include <algorithm>

#include "beside.h"
#include "doppel/base/error.h"
#include "doppel/dataset/sources/open_images.h"
#include "labelled_folders.h"
#include "sources/text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// "oidv6-train-annotations-bbox.csv" is of the training part.
std::optional<Part> part_of_table(const fs::path& file) {
  const std::string name = lower(file.filename().string());
  return part_in_name(name.starts_with("oid") ? name.substr(std::min(name.find('-') + 1, name.size()))
                                              : name);
}

/// Where the images of a part are.
fs::path images_of(const Folder& folder, Part part) {
  const auto within = [&](const Folder& in) {
    const auto found = std::ranges::find_if(
        in.folders(), [&](const fs::path& path) { return part_of_folder(path.filename().string()) == part; });
    return found == in.folders().end() ? fs::path() : *found;
  };
  const fs::path images = folder.image_folder(), usual = images.empty() ? folder.folder({"data"}) : images;
  if (const fs::path own = within(folder); !own.empty()) return own;
  if (usual.empty()) return folder.path();
  const fs::path own = within(Folder(usual));
  return own.empty() ? usual : own;
}

}  // namespace

std::optional<Parts> open_open_images(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  std::vector<fs::path> tables = folder.ending({".csv"});
  for (const fs::path& below : folder.folders())
    if (const std::string name = lower(below.filename().string());
        name == "labels" || name == "annotations" || name == "metadata" || name == "csv_folder")
      for (const fs::path& table : Folder(below).ending({".csv"})) tables.push_back(table);
  std::map<Part, OpenImagesFiles> files;
  fs::path names;
  std::vector<fs::path> others;
  for (const fs::path& table : tables) {
    const std::string name = lower(table.filename().string());
    const OpenImages::Table kind = OpenImages::kind_of(table);
    if (kind == OpenImages::Table::None) {
      const bool describes = name.find("class-descriptions") != name.npos || name == "classes.csv";
      if (describes && names.empty())
        names = table;
      else
        others.push_back(table);
      continue;
    }
    OpenImagesFiles& part = files[part_of_table(table).value_or(Part::Train)];
    fs::path& place = kind == OpenImages::Table::Boxes ? part.boxes : part.labels;
    if (place.empty())
      place = table;
    else
      others.push_back(table);
  }
  if (files.empty()) return {};
  for (const fs::path& table : others) remarks.add("tables that aren't read", table.filename().string());
  Parts parts;
  for (auto& [part, one] : files) {
    one.names = names;
    one.images = images_of(folder, part);
    parts[part] = std::make_shared<OpenImages>(one, options.progress);
  }
  remark_beside(folder.path(), parts, tables, "images that no row names, left out", remarks);
  return parts;
}

}  // namespace doppel::dataset
