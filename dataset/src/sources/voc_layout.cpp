#include "voc_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/folder_identity.h"
#include "doppel/dataset/sources/file_source.h"
#include "listed_images.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

fs::path folder_called(const fs::path& folder, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (fs::path found = entry_called(folder, name); !found.empty() && is_folder(found)) return found;
  return {};
}

bool ends_in(const fs::path& file, std::string_view ending) {
  return lower(file.extension().string()) == ending;
}

/// Files at any depth, as paths below `root`, in order. `above`: the folders that this one lies in, by their
/// identities.
void collect_files(const fs::path& root, const fs::path& folder, std::vector<std::string>& above,
                   std::vector<std::string>& files) {
  std::string identity = folder_identity(folder);
  if (!identity.empty() && std::ranges::find(above, identity) != above.end()) return;
  above.push_back(std::move(identity));
  for (const fs::path& path : entries_of(folder)) {
    if (is_folder(path))
      collect_files(root, path, above, files);
    else
      files.push_back(path.lexically_relative(root).generic_string());
  }
  above.pop_back();
}

std::vector<std::string> files_below(const fs::path& folder) {
  std::vector<std::string> files;
  std::vector<std::string> above;
  collect_files(folder, folder, above, files);
  return files;
}

void add_annotation(VocFiles& annotations, const std::string& file, const VocLayout& layout) {
  if (!annotations.emplace(path_without_ending(file), file).second)
    throw Error(fmt::format("{} holds '{}' twice, with endings of another case", layout.annotations.string(),
                            path_without_ending(file)));
}

/// Entries of the root that are none of the known folders.
void remark_on_others(const VocLayout& layout, Remarks& remarks) {
  for (const fs::path& path : entries_of(layout.root)) {
    if (!is_folder(path))
      remark_unread(remarks, layout.root, path);
    else if (path != layout.annotations && path != layout.images &&
             lower(path.filename().string()) != "imagesets")
      remarks.add("folders beside the annotations that aren't read", path.filename().string());
  }
}

/// Whether each line ends in -1, 0 or 1 beside a name.
bool has_class_column(const std::vector<std::string_view>& lines, const VocFiles& annotations) {
  bool any = false;
  for (const std::string_view line : lines) {
    const std::vector<std::string_view> words = words_of(line);
    if (words.empty()) continue;
    const auto last = whole_number(words.back());
    if (words.size() < 2 || !last || *last < -1 || *last > 1) return false;
    if (annotations.contains(std::string(trimmed(line)))) return false;
    any = true;
  }
  return any;
}

/// The annotation that a list calls so: by its path without ending, with one, or below the root.
const std::string* annotation_named(std::string name, const VocLayout& layout, const VocFiles& annotations) {
  std::ranges::replace(name, '\\', '/');
  if (const auto found = annotations.find(name); found != annotations.end()) return &found->first;
  const bool has_ending = ends_in(name, ".xml") || is_image_file(name);
  const std::string stem = has_ending ? path_without_ending(name) : name;
  if (const auto found = annotations.find(stem); found != annotations.end()) return &found->first;
  const fs::path below = (layout.root / stem).lexically_normal().lexically_relative(layout.annotations);
  const auto found = annotations.find(below.generic_string());
  return found == annotations.end() ? nullptr : &found->first;
}

}  // namespace

std::string path_without_ending(const fs::path& path) {
  return (path.parent_path() / path.stem()).generic_string();
}

fs::path entry_called(const fs::path& folder, std::string_view name) {
  if (is_there(folder / name)) return folder / name;
  if (!is_folder(folder)) return {};
  const std::string small = lower(name);
  for (const fs::path& path : entries_of(folder))
    if (lower(path.filename().string()) == small) return path;
  return {};
}

std::vector<std::string> VocLayout::part_lists() const {
  std::vector<std::string> parts;
  for (const char* name : {"train", "trainval", "val", "test"})
    if (lists.contains(name)) parts.emplace_back(name);
  return parts;
}

std::string VocLayout::below_root(const fs::path& folder, const std::string& file) const {
  return (folder / file).lexically_relative(root).generic_string();
}

VocLayout voc_layout(const fs::path& given) {
  // "d/" and "d" are one folder.
  const fs::path root = given.has_filename() ? given : given.parent_path();
  VocLayout layout{.root = root,
                   .annotations = folder_called(root, {"Annotations"}),
                   .images = folder_called(root, {"JPEGImages", "images"}),
                   .lists = {}};
  if (layout.annotations.empty()) layout.annotations = root;
  if (layout.images.empty()) layout.images = root;
  const fs::path sets = folder_called(root, {"ImageSets"});
  if (sets.empty()) return layout;
  for (const fs::path& folder :
       {folder_called(sets, {"Main"}), folder_called(sets, {"Segmentation"}), sets}) {
    if (folder.empty()) continue;
    for (const fs::path& file : entries_of(folder))
      if (ends_in(file, ".txt") && !is_folder(file)) layout.lists.emplace(lower(file.stem().string()), file);
  }
  std::set<fs::path> read;
  for (const auto& [name, file] : layout.lists) read.insert(file);
  for (const std::string& file : files_below(sets))
    if (ends_in(file, ".txt") && !read.contains(sets / file)) layout.unread_lists.push_back(sets / file);
  return layout;
}

VocEntries voc_entries(const VocLayout& layout, Remarks& remarks) {
  VocEntries entries;
  const bool together = layout.annotations == layout.images;
  for (const std::string& file : files_below(layout.annotations)) {
    if (lower(file).starts_with("imagesets/")) continue;
    if (ends_in(file, ".xml"))
      add_annotation(entries.annotations, file, layout);
    else if (together && is_image_file(file))
      entries.images.push_back(file);
    else if (layout.annotations != layout.root || together)
      remark_unread(remarks, layout.annotations, layout.annotations / file);
  }
  if (!together) {
    for (const std::string& file : files_below(layout.images)) {
      if (is_image_file(file))
        entries.images.push_back(file);
      else if (layout.images != layout.root)
        remark_unread(remarks, layout.images, layout.images / file);
    }
  }
  if (layout.annotations != layout.root && layout.images != layout.root) remark_on_others(layout, remarks);
  return entries;
}

std::vector<VocListed> voc_listed(const fs::path& list, const VocLayout& layout,
                                  const VocFiles& annotations) {
  const std::string text = read_text(list);
  const std::vector<std::string_view> lines = lines_of(text);
  const bool one_class = has_class_column(lines, annotations);
  std::vector<VocListed> listed;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view name = trimmed(lines[i]);
    if (name.empty()) continue;
    if (one_class) {
      const std::string_view last = words_of(name).back();
      if (whole_number(last) == -1) continue;
      name = trimmed(name.substr(0, name.size() - last.size()));
    }
    listed.push_back({std::string(name), i + 1, annotation_named(std::string(name), layout, annotations)});
  }
  return listed;
}

}  // namespace doppel::dataset
