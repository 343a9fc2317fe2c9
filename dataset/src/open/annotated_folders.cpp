#include "annotated_folders.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "beside.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/dataset/sources/coco.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/manifest.h"
#include "doppel/dataset/sources/pascal_voc.h"
#include "sources/listed_images.h"
#include "sources/text.h"
#include "sources/voc_layout.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

bool is_coco_name(const std::string& name) {
  return name.starts_with("instances") || name.starts_with("person_keypoints") ||
         name.find("coco") != name.npos || name == "result.json";
}

/// By its name, or by the keys that it begins with.
bool is_coco(const fs::path& file) {
  if (is_coco_name(lower(file.filename().string()))) return true;
  constexpr std::size_t kHead = 1 << 14;
  const std::vector<unsigned char> bytes = read_head(file, kHead);
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (const std::string_view text = trimmed(head); text.starts_with('[')) return false;  // CreateML's list
  const auto has = [&](std::string_view key) { return head.find(key) != head.npos; };
  return has("\"images\"") || has("\"annotations\"") || (has("\"categories\"") && has("\"supercategory\""));
}

}  // namespace

std::optional<Parts> open_coco(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  std::map<Part, std::vector<fs::path>> files;
  std::vector<fs::path> all = folder.ending({".json"});
  const std::vector<fs::path> of_images = folder.beside_images(".json");  // one each, as LabelMe's
  std::erase_if(all, [&](const fs::path& file) { return std::ranges::binary_search(of_images, file); });
  if (const fs::path below = folder.folder({"annotations"}); !below.empty())
    for (const fs::path& file : Folder(below).ending({".json"})) all.push_back(file);
  std::erase_if(all, [](const fs::path& file) { return !is_coco(file); });
  for (const fs::path& file : all)
    files[part_in_name(file.filename().string()).value_or(Part::Train)].push_back(file);
  if (files.empty()) return {};
  Parts parts;
  for (auto& [part, several] : files) {
    // COCO has a file for boxes, one for keypoints and one for captions of the same images.
    std::ranges::stable_sort(several, {}, [](const fs::path& file) {
      return !lower(file.filename().string()).starts_with("instances");
    });
    parts[part] = std::make_shared<Coco>(several[0], fs::path(), options.progress);
    for (std::size_t i = 1; i < several.size(); ++i)
      remarks.add(fmt::format("annotation files beside {}, which aren't read; give one as DATA",
                              several[0].filename().string()),
                  several[i].filename().string());
  }
  remark_beside(folder.path(), parts, all, "images that no annotation file names, left out", remarks);
  return parts;
}

std::optional<Parts> open_voc(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  if (folder.folders().empty() && folder.ending({".xml"}).empty()) return {};  // quicker than to look at each
  if (!PascalVoc::is_voc(folder.path())) return {};
  const std::vector<std::string> names = PascalVoc::parts(folder.path());
  const bool has_train = std::ranges::find(names, "train") != names.end();
  Parts parts;
  for (const std::string& name : names) {
    if (name == "trainval" && has_train) continue;  // train and val together
    const Part part = name == "trainval" ? Part::Train : part_named(name).value_or(Part::Train);
    if (!parts.emplace(part, std::make_shared<PascalVoc>(folder.path(), name, options.progress)).second)
      remarks.add("lists that aren't used", name);
  }
  if (!parts.contains(Part::Train))
    parts = {{Part::Train, std::make_shared<PascalVoc>(folder.path(), "", options.progress)}};
  const VocLayout layout = voc_layout(folder.path());
  for (const auto& [name, list] : layout.lists)
    if (std::ranges::find(names, name) == names.end())
      remarks.add("lists that aren't used", list.lexically_relative(layout.root).string());
  for (const fs::path& list : layout.unread_lists)
    remarks.add("lists that aren't used", list.lexically_relative(layout.root).string());
  std::vector<fs::path> of_parts;
  for (const std::string& name : names)
    if (fs::path path = folder.folder({name}); !path.empty()) of_parts.push_back(std::move(path));
  if (of_parts.size() == names.size() && !names.empty())  // each says what is in it
    remark_beside(folder.path(), parts, of_parts, "images beside the parts' folders, left out", remarks);
  return parts;
}

namespace {

/// Whether one of a table's first lines holds the path of an image that is there.
bool names_images(const fs::path& table) {
  constexpr std::size_t kHead = 1 << 14, kLines = 4;
  const std::string text = text_in(read_head(table, kHead));
  const std::vector<std::string_view> lines = lines_of(text);
  for (std::size_t i = 0; i < std::min(kLines, lines.size()); ++i) {
    std::string_view line = lines[i];
    while (!line.empty()) {
      const std::size_t end = std::min(line.find_first_of(",;\t\""), line.size());
      const fs::path path(trimmed(line.substr(0, end)));
      if (is_image_file(path) && path.is_relative() && is_file(table.parent_path() / path)) return true;
      line.remove_prefix(std::min(end + 1, line.size()));
    }
  }
  return false;
}

/// The tables of a folder by their parts.
std::map<Part, fs::path> tables_in(const Folder& folder, Remarks& remarks, std::vector<fs::path>& read) {
  std::map<Part, fs::path> files;
  const fs::path metadata = folder.file({"metadata.csv", "metadata.jsonl", "metadata.parquet"});
  if (!metadata.empty()) {
    read = {metadata};
    return {{Part::Train, metadata}};
  }
  const bool beside_images = !folder.images().empty() || !folder.image_folder().empty();
  // Beside several folders, which may be classes, it must be called so.
  const bool among_folders = !beside_images && folder.folders().size() != 1;
  for (const fs::path& file : folder.ending({".csv", ".tsv", ".jsonl", ".ndjson"})) {
    if (among_folders && lower(file.stem().string()) != "manifest") continue;
    if (!beside_images && !names_images(file)) continue;
    read.push_back(file);
    if (lower(file.filename().string()).find("submission") != std::string::npos) {
      remarks.add("tables that aren't read", file.filename().string());  // what Kaggle wants back
      continue;
    }
    const auto part = part_in_name(file.filename().string());
    if (!files.emplace(part.value_or(Part::Train), file).second)
      throw Error(fmt::format("{} has several tables, {} and {}; give one of them as DATA",
                              folder.path().string(), files[part.value_or(Part::Train)].filename().string(),
                              file.filename().string()));
  }
  return files;
}

/// The images of each table, and of the parts that a column of it names.
bool has_class(const Source& source, std::string_view name) {
  return std::ranges::find(source.classes(), name) != source.classes().end();
}

/// -1 is none in all tables where one of them has a class 0.
void settle_minus_one(std::map<Part, Parts>& opened, const std::map<Part, fs::path>& files,
                      OpenOptions options) {
  const auto any_has = [&](std::string_view name) {
    return std::ranges::any_of(opened, [&](const auto& own) {
      return std::ranges::any_of(own.second, [&](const auto& one) { return has_class(*one.second, name); });
    });
  };
  if (!any_has("0") || !any_has("-1")) return;
  options.table.minus_one_is_none = true;
  for (auto& [part, own] : opened) own = open_table(files.at(part), options);
}

Parts open_tables(const std::map<Part, fs::path>& files, const OpenOptions& options, Remarks& remarks) {
  std::map<Part, Parts> opened;
  for (const auto& [part, file] : files) opened[part] = open_table(file, options);
  settle_minus_one(opened, files, options);
  Parts parts;
  for (const auto& [part, file] : files) {
    Parts own = std::move(opened[part]);
    if (files.size() == 1) return own;
    parts[part] = std::move(own[Part::Train]);
    own.erase(Part::Train);
    for (auto& [other, source] : own)
      if (files.contains(other))
        for (std::size_t i = 0; i < source->size(); ++i)
          remarks.add(fmt::format("images of the {} part in {}, not used beside that part's own table",
                                  text_of(other), file.filename().string()),
                      source->name(i));
      else
        parts[other] = std::move(source);
  }
  return parts;
}

}  // namespace

std::optional<Parts> open_manifest(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  std::vector<fs::path> read;
  const std::map<Part, fs::path> files = tables_in(folder, remarks, read);
  if (files.empty()) return {};
  try {
    Parts parts = open_tables(files, options, remarks);
    remark_beside(folder.path(), parts, read, "images that no table names, left out", remarks);
    return parts;
  } catch (const Error& error) {
    const std::string what = error.what();
    if (!options.ignore_labels)
      throw Error(what.find("--ignore") == what.npos ? what + "; --ignore reads the images alone" : what);
    remarks.say(error.what());
    return {};
  }
}

Parts open_table(const fs::path& file, const OpenOptions& options) {
  ManifestOptions of_all = options.table;
  of_all.ignore_labels = options.ignore_labels;
  auto whole = std::make_shared<Manifest>(file, options.progress, of_all);
  const std::vector<std::string> names = whole->parts();
  if (names.empty()) return {{Part::Train, std::move(whole)}};
  Parts parts;
  for (const std::string& name : names) {
    ManifestOptions of_part = of_all;
    of_part.part = name;
    parts[part_named(name).value_or(Part::Train)] =
        std::make_shared<Manifest>(file, options.progress, of_part);
  }
  if (parts.contains(Part::Train)) return parts;
  // All of one part is what somebody wants to measure with; but nothing that is called test is learned from.
  if (parts.size() == 1 && parts.begin()->second->size() == whole->size())
    return {{Part::Train, std::move(whole)}};
  throw Error(
      fmt::format("{}: its column of parts says {}, but of no image train: call those to learn from so, or "
                  "name another column (part=…)",
                  file.string(), fmt::join(names, ", ")));
}

}  // namespace doppel::dataset
