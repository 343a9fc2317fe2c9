#include "annotated_folders.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/dataset/sources/coco.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/manifest.h"
#include "doppel/dataset/sources/pascal_voc.h"
#include "doppel/dataset/sources/segmentation_folder.h"
#include "doppel/dataset/sources/yolo.h"
#include "sources/picture_files.h"
#include "sources/text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

fs::path images_of(const Folder& folder) {
  return folder.folder({"images", "image", "imgs", "img", "jpegimages"});
}

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
  const auto has = [&](std::string_view key) { return head.find(key) != head.npos; };
  return has("\"images\"") || has("\"annotations\"") || (has("\"categories\"") && has("\"supercategory\""));
}

/// Files with a name that pictures have, and one of these endings.
std::vector<fs::path> beside_pictures(const Folder& folder, std::string_view ending) {
  std::set<std::string> stems;
  for (const fs::path& picture : folder.pictures()) stems.insert(picture.stem().string());
  std::vector<fs::path> found;
  for (const fs::path& file : folder.ending({ending}))
    if (stems.contains(file.stem().string())) found.push_back(file);
  return found;
}

bool has_file_ending(const fs::path& folder, std::string_view ending) {
  return !folder.empty() && !Folder(folder).ending({ending}).empty();
}

/// Whether a folder, or a part's folder in it, has pictures.
bool has_pictures(const fs::path& path) {
  if (path.empty()) return false;
  const Folder folder(path);
  if (!folder.pictures().empty()) return true;
  return std::ranges::any_of(folder.folders(),
                             [](const fs::path& below) { return !Folder(below).pictures().empty(); });
}

}  // namespace

std::optional<Parts> open_coco(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  std::map<Part, std::vector<fs::path>> files;
  std::vector<fs::path> all = folder.ending({".json"});
  if (const fs::path below = folder.folder({"annotations"}); !below.empty())
    for (const fs::path& file : Folder(below).ending({".json"})) all.push_back(file);
  for (const fs::path& file : all)
    if (is_coco(file)) files[part_in_name(file.filename().string()).value_or(Part::Train)].push_back(file);
  if (files.empty()) return {};
  if (!files.contains(Part::Train)) files = {{Part::Train, files.begin()->second}};
  Parts parts;
  for (auto& [part, several] : files) {
    // COCO has a file for boxes, one for keypoints and one for captions of the same pictures.
    std::ranges::stable_sort(several, {}, [](const fs::path& file) {
      return !lower(file.filename().string()).starts_with("instances");
    });
    parts[part] = std::make_shared<Coco>(several[0], fs::path(), options.progress);
    for (std::size_t i = 1; i < several.size(); ++i)
      remarks.add(fmt::format("annotation files beside {}, which aren't read; give one as DATA",
                              several[0].filename().string()),
                  several[i].filename().string());
  }
  return parts;
}

std::optional<Parts> open_voc(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
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
  return parts;
}

namespace {

/// Where data.yaml's parts are: below its root, below its own folder, or, as some exports have it, one above
/// too many.
fs::path place_of(const YoloConfig& config, const std::string& part, std::string name) {
  std::ranges::replace(name, '\\', '/');
  const fs::path file(config.file), path = fs::path(name).lexically_normal();
  for (const fs::path& base : {config.root, file.parent_path()}) {
    fs::path below =
        path.is_absolute() ? path.lexically_relative(fs::absolute(base).lexically_normal()) : path;
    while (!below.empty() && *below.begin() == "..") below = below.lexically_relative("..");
    if (!below.empty() && fs::exists(base / below)) return base / below;
  }
  throw Error(fmt::format("{}: its {} part, {}, isn't there", config.file, part, name));
}

std::optional<YoloConfig> yolo_config(const Folder& folder) {
  for (const fs::path& file : folder.ending({".yaml", ".yml"}))
    if (const std::string text = read_text(file);
        text.starts_with("names:") || text.find("\nnames:") != text.npos)
      return YoloConfig::from_yaml(file);
  for (const fs::path& file : {folder.file({"classes.txt", "obj.names", "labels.txt"})})
    if (!file.empty()) return YoloConfig::from_names(file, folder.path());
  if (const fs::path labels = folder.folder({"labels"}); !labels.empty())
    if (const fs::path names = Folder(labels).file({"classes.txt"}); !names.empty())
      return YoloConfig::from_names(names, folder.path());
  return {};
}

/// What looks like YOLO's text files: labels/ with some, at most one folder deeper, or beside the pictures.
bool has_yolo_texts(const Folder& folder) {
  const fs::path labels = folder.folder({"labels"});
  if (has_file_ending(labels, ".txt") || !beside_pictures(folder, ".txt").empty()) return true;
  for (const fs::path& below : labels.empty() ? folder.folders() : Folder(labels).folders()) {
    const Folder part(below);
    if (has_file_ending(part.folder({"labels"}), ".txt") || !beside_pictures(part, ".txt").empty())
      return true;
    if (!labels.empty() && !part.ending({".txt"}).empty()) return true;
  }
  return false;
}

/// Parts as folders: images/train, train/images, or train/ with texts beside; else the whole.
std::map<Part, std::vector<fs::path>> yolo_folders(const Folder& folder) {
  std::map<Part, std::vector<fs::path>> parts;
  const fs::path images = images_of(folder);
  for (const fs::path& below : images.empty() ? folder.folders() : Folder(images).folders())
    if (const auto part = part_named(below.filename().string())) {
      const fs::path inside = images.empty() ? images_of(Folder(below)) : fs::path();
      parts[*part].push_back(inside.empty() ? below : inside);
    }
  if (parts.contains(Part::Train)) return parts;
  return {{Part::Train, {images.empty() ? folder.path() : images}}};
}

}  // namespace

std::optional<Parts> open_yolo(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  const auto config = yolo_config(folder);
  if (!config && !has_yolo_texts(folder)) return {};
  if (!config) {
    if (options.ignore_labels) return {};
    throw Error(fmt::format(
        "{} looks like YOLO, with labels as text files, but has neither data.yaml nor classes.txt for "
        "the class names; --ignore reads the pictures alone",
        folder.path().string()));
  }
  if (config->parts.empty() && !has_yolo_texts(folder)) return {};
  std::map<Part, std::vector<fs::path>> from;
  for (const auto& [name, places] : config->parts)
    for (const std::string& place : places)
      from[part_named(name).value_or(Part::Train)].push_back(place_of(*config, name, place));
  if (from.empty()) from = yolo_folders(folder);
  if (!from.contains(Part::Train)) from = {{Part::Train, from.begin()->second}};
  Parts parts;
  for (const auto& [part, places] : from) {
    auto source = std::make_shared<Yolo>(*config, places, options.progress);
    if (part == Part::Train && source->labelled() == 0 && !options.ignore_labels)
      throw Error(fmt::format(
          "{}: none of the {} pictures in {} has a text file with labels, in labels/ or beside it; --ignore "
          "reads them all as background",
          config->file, source->size(), places[0].string()));
    parts[part] = std::move(source);
  }
  for (const auto& [part, places] : yolo_folders(folder))
    if (part != Part::Train && !from.contains(part))
      remarks.add("parts that data.yaml doesn't name, and that aren't used",
                  places[0].lexically_relative(folder.path()).string());
  return parts;
}

std::optional<Parts> open_segmentation(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  const fs::path images = images_of(folder), masks = SegmentationFolder::mask_folder(folder.path());
  if (images.empty() || masks.empty() || !has_pictures(images) || !has_pictures(masks)) return {};
  Parts parts;
  for (const fs::path& below : Folder(images).folders())
    if (const auto part = part_named(below.filename().string())) {
      const fs::path other = Folder(masks).folder({lower(below.filename().string())});
      if (other.empty())
        throw Error(fmt::format("{} has pictures, but there is no {}", below.string(),
                                (masks / below.filename()).string()));
      parts[*part] = std::make_shared<SegmentationFolder>(folder.path(), below, other, options.progress);
    }
  if (!parts.contains(Part::Train))
    parts = {
        {Part::Train, std::make_shared<SegmentationFolder>(folder.path(), images, masks, options.progress)}};
  for (const fs::path& path : folder.folders())
    if (path != images && path != masks) remarks.add("folders that aren't read", path.filename().string());
  for (const fs::path& file : folder.files()) remark_unread(remarks, folder.path(), file);
  return parts;
}

std::optional<Parts> open_manifest(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  std::map<Part, fs::path> files;
  if (const fs::path metadata = folder.file({"metadata.csv", "metadata.jsonl"}); !metadata.empty())
    files[Part::Train] = metadata;
  else if (!folder.pictures().empty() || !images_of(folder).empty())
    for (const fs::path& file : folder.ending({".csv", ".tsv", ".jsonl", ".ndjson"})) {
      const auto part = part_in_name(file.filename().string());
      if (!files.emplace(part.value_or(Part::Train), file).second)
        throw Error(fmt::format("{} has several tables, {} and {}; give one of them as DATA",
                                folder.path().string(), files[part.value_or(Part::Train)].filename().string(),
                                file.filename().string()));
    }
  if (files.empty()) return {};
  if (!files.contains(Part::Train)) files = {{Part::Train, files.begin()->second}};
  Parts parts;
  for (const auto& [part, file] : files) try {
      if (files.size() == 1) return open_table(file, options);
      parts[part] = std::make_shared<Manifest>(file, options.progress, options.table);
    } catch (const Error& error) {
      if (!options.ignore_labels)
        throw Error(fmt::format("{}; --ignore reads the pictures alone", error.what()));
      remarks.say(error.what());
      return {};
    }
  return parts;
}

Parts open_table(const fs::path& file, const OpenOptions& options) {
  auto whole = std::make_shared<Manifest>(file, options.progress, options.table);
  const std::vector<std::string> names = whole->parts();
  if (std::ranges::find(names, "train") == names.end()) return {{Part::Train, std::move(whole)}};
  Parts parts;
  for (const std::string& name : names) {
    ManifestOptions of_part = options.table;
    of_part.part = name;
    parts[part_named(name).value_or(Part::Train)] =
        std::make_shared<Manifest>(file, options.progress, of_part);
  }
  return parts;
}

}  // namespace doppel::dataset
