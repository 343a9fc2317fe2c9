#include "yolo_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "beside.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/dataset/sources/yolo.h"
#include "sources/listed_images.h"
#include "sources/moved_path.h"
#include "sources/text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// What a .yaml has to do with a data set.
enum class Yaml { DataSet, NamesParts, NamesClasses, Other };

Yaml kind_of_yaml(const fs::path& file) {
  const std::string text = text_in(read_file(file));
  bool names = false, parts = false;
  for (const std::string_view line : lines_of(text)) {
    if (line.starts_with("backbone:")) return Yaml::Other;  // a network's, which names classes too
    names = names || line.starts_with("names:");
    parts = parts || line.starts_with("train:") || line.starts_with("val:") || line.starts_with("path:");
  }
  if (!names) return Yaml::Other;
  const std::string stem = lower(file.stem().string());
  if (stem == "data" || stem == "dataset") return Yaml::DataSet;
  return parts ? Yaml::NamesParts : Yaml::NamesClasses;
}

/// The one that says most; others are remarked on.
std::optional<fs::path> yaml_in(const Folder& folder, Remarks& remarks) {
  std::vector<std::pair<Yaml, fs::path>> files;
  for (const fs::path& file : folder.ending({".yaml", ".yml"}))
    if (const Yaml kind = kind_of_yaml(file); kind != Yaml::Other) files.emplace_back(kind, file);
  if (files.empty()) return {};
  std::ranges::sort(files);
  for (std::size_t i = 1; i < files.size(); ++i)
    remarks.add(fmt::format("files like {}, which aren't read; give one as DATA",
                            files[0].second.filename().string()),
                files[i].second.filename().string());
  return files[0].second;
}

/// Where tools put the names that belong to the texts of one folder.
fs::path names_beside_texts(const Folder& folder) {
  const auto names_in = [](const Folder& one) {
    return one.file({"classes.txt", "predefined_classes.txt", "_darknet.labels"});
  };
  if (const fs::path names = names_in(folder); !names.empty()) return names;
  const fs::path labels = folder.folder({"labels"});
  return labels.empty() ? fs::path() : names_in(Folder(labels));
}

/// classes.txt of each part, which must be the same.
fs::path names_in_parts(const Folder& folder) {
  const fs::path labels = folder.folder({"labels"});
  fs::path found;
  for (const fs::path& below : labels.empty() ? folder.folders() : Folder(labels).folders()) {
    if (!part_of_folder(below.filename().string())) continue;
    const fs::path names = names_beside_texts(Folder(below));
    if (!found.empty() && !names.empty() && filled_lines(read_text(found)) != filled_lines(read_text(names)))
      throw Error(
          fmt::format("{} and {} name other classes, or in another order: numbers of the one mean "
                      "others in the other",
                      found.string(), names.string()));
    if (found.empty()) found = names;
  }
  return found;
}

std::optional<YoloConfig> yolo_config(const Folder& folder, Remarks& remarks) {
  if (const auto yaml = yaml_in(folder, remarks)) return YoloConfig::from_yaml(*yaml);
  for (const fs::path& file : folder.ending({".data"}))
    if (const std::string text = text_in(read_file(file)); text.find("names") != text.npos)
      return YoloConfig::from_darknet(file);
  for (const fs::path& file :
       {folder.file({"classes.txt", "obj.names", "predefined_classes.txt", "_darknet.labels", "labels.txt"}),
        names_beside_texts(folder)})
    if (!file.empty()) return YoloConfig::from_names(file, folder.path());
  if (const fs::path names = names_in_parts(folder); !names.empty())
    return YoloConfig::from_names(names, folder.path());
  return {};
}

/// The names of the data set that a folder is a part of: `data.yaml` above train/images and train/labels.
std::optional<YoloConfig> config_above(const Folder& folder, Remarks& remarks) {
  const fs::path above = true_path(folder.path()).parent_path();
  if (above.empty()) return {};
  Remarks others;
  const auto yaml = yaml_in(Folder(above), others);
  if (!yaml) return {};
  YoloConfig config = YoloConfig::from_yaml(*yaml);
  config.root = folder.path();
  config.parts.clear();
  remarks.say(fmt::format("class names are those of {}", yaml->string()));
  return config;
}

enum class Look { AtParts, Everywhere };

/// What looks like YOLO's text files: labels/ with some, at most one folder deeper, or beside the images.
bool has_yolo_texts(const Folder& folder, Look look) {
  const fs::path labels = folder.folder({"labels"});
  if (has_file(labels, ".txt") || !folder.beside_images(".txt").empty()) return true;
  for (const fs::path& below : labels.empty() ? folder.folders() : Folder(labels).folders()) {
    if (labels.empty() && look == Look::AtParts && !part_of_folder(below.filename().string())) continue;
    const Folder part(below);
    if (has_file(part.folder({"labels"}), ".txt") || !part.beside_images(".txt").empty()) return true;
    if (!labels.empty() && !part.ending({".txt"}).empty()) return true;
  }
  return false;
}

using Places = std::map<Part, std::vector<fs::path>>;

/// Parts as folders: images/train, train/images, or train/ with texts beside; else the whole.
Places yolo_places(const Folder& folder) {
  Places parts;
  const fs::path images = folder.image_folder();
  for (const fs::path& below : images.empty() ? folder.folders() : Folder(images).folders())
    if (const auto part = part_of_folder(below.filename().string())) {
      const fs::path inside = images.empty() ? Folder(below).image_folder() : fs::path();
      parts[*part].push_back(inside.empty() ? below : inside);
    }
  if (parts.contains(Part::Train)) return parts;
  return {{Part::Train, {images.empty() ? folder.path() : images}}};
}

/// Why it isn't looked for where the file says.
std::string says_elsewhere(const YoloConfig& config) {
  if (config.path.empty() || !is_folder(config.path)) return "";
  return fmt::format(
      " (`path` names {}, but no path leaves the folder that is given as DATA: put the file there)",
      config.path);
}

/// Whether any of a path's steps is called as a part is.
bool names_part(std::string path) {
  std::ranges::replace(path, '\\', '/');
  return std::ranges::any_of(
      fs::path(path), [](const fs::path& step) { return part_of_folder(step.stem().string()).has_value(); });
}

/// Parts by the config, below its root or else its file's folder, whichever has the first of them: paths are
/// of the machine that it was written on, or, as some exports have it, go one folder up too many. `ignore`: a
/// part to measure with may be missing.
Places named_places(YoloConfig& config, bool ignore, Remarks& remarks) {
  if (config.parts.empty()) return {};
  const fs::path beside = fs::path(config.file).parent_path();
  const auto is_here = [&](const std::string& name) { return !list_below(config.root, name).empty(); };
  const bool any =
      std::ranges::any_of(config.parts, [&](const auto& part) { return is_here(part.second[0]); });
  if (!any) config.root = beside;
  Places places;
  for (const auto& [key, names] : config.parts)
    for (const std::string& name : names) {
      const Part part = part_named(key).value_or(Part::Train);
      fs::path below = list_below(config.root, name);
      // Of "valid/images" the end "images" may be the folder of all the others.
      if (part != Part::Train && names_part(name) && !names_part(below.string())) below.clear();
      if (!below.empty())
        places[part].push_back(below == "." ? config.root : config.root / below);
      else if (part == Part::Train || !ignore)
        throw Error(fmt::format("{}: its {} part, {}, isn't there: it must lie below {}{}{}", config.file,
                                key, name, config.root.string(), says_elsewhere(config),
                                part == Part::Train ? "" : "; --ignore goes on without it"));
      else
        remarks.add(fmt::format("parts that {} names and that aren't there", config.file), key + ": " + name);
    }
  return places;
}

constexpr std::string_view kUnnamedPart = "parts that data.yaml doesn't name, and that aren't used";

void remark_parts(const Places& places, const Folder& folder, Remarks& remarks) {
  for (const auto& [part, paths] : places)
    if (part != Part::Train && places.contains(Part::Train) && paths == places.at(Part::Train))
      remarks.say(
          fmt::format("the {} part is the training part itself: what is measured there says nothing "
                      "of other images",
                      text_of(part)));
  for (const auto& [part, paths] : yolo_places(folder))
    if (part != Part::Train && !places.contains(part))
      remarks.add(kUnnamedPart, paths[0].lexically_relative(folder.path()).string());
  for (const fs::path& list : folder.ending({".txt"}))
    if (const auto part = part_named(list.stem().string()); part && !places.contains(*part))
      remarks.add(kUnnamedPart, list.filename().string());
}

/// Names that a file beside data.yaml has otherwise.
void remark_other_names(const YoloConfig& config, const Folder& folder, Remarks& remarks) {
  for (const fs::path& file :
       {folder.file({"classes.txt"}), folder.file({"obj.names"}), names_beside_texts(folder)})
    if (!file.empty() && file.string() != config.file && filled_lines(read_text(file)) != config.classes)
      return remarks.add(fmt::format("files whose class names aren't those of {}, which are used",
                                     fs::path(config.file).filename().string()),
                         file.lexically_relative(folder.path()).string());
}

/// Images that lists name twice, and texts of images that none names.
void remark_unlisted(const std::vector<std::shared_ptr<const Yolo>>& sources, const fs::path& root,
                     Remarks& remarks) {
  std::set<std::string> images, texts, unused;
  for (const auto& source : sources) {
    for (std::size_t i = 0; i < source->size(); ++i) {
      const fs::path image(source->name(i));
      if (!images.insert(image.string()).second)
        remarks.add("images that lists name more than once", image.lexically_relative(root).string());
    }
    texts.insert(source->texts().begin(), source->texts().end());
    unused.insert(source->unused_texts().begin(), source->unused_texts().end());
  }
  for (const std::string& text : unused)
    if (!texts.contains(text)) remarks.add("text files of images that no list names", text);
}

/// Files at the top that say something of the whole, or are what trainers keep there.
bool is_yolo_file(const fs::path& file) {
  const std::string ending = lower(file.extension().string()), stem = lower(file.stem().string());
  static constexpr std::array<std::string_view, 6> kRead{".yaml", ".yml",   ".names",
                                                         ".data", ".cache", ".labels"};
  if (std::ranges::find(kRead, std::string_view(ending)) != kRead.end()) return true;
  return ending == ".txt" &&
         (stem.find("classes") != stem.npos || stem == "labels" || part_in_name(stem).has_value());
}

/// What is neither in a part's folder nor named by a list. Of the folders of parts their sources say it.
void remark_rest(const Places& places, const std::vector<std::shared_ptr<const Yolo>>& sources,
                 const Folder& folder, const Parts& parts, Remarks& remarks) {
  std::vector<fs::path> read;
  bool lists = false;
  for (const auto& [part, paths] : places)
    for (const fs::path& path : paths) {
      if (path.lexically_normal() == folder.path().lexically_normal()) return;
      lists = lists || !is_folder(path);
      read.push_back(path);
    }
  for (const auto& [part, paths] : yolo_places(folder))
    if (!places.contains(part)) read.insert(read.end(), paths.begin(), paths.end());
  for (const auto& source : sources)
    for (const auto* texts : {&source->texts(), &source->unused_texts()})
      for (const std::string& text : *texts)
        if (!text.empty()) read.push_back(source->root() / text);
  std::ranges::copy_if(folder.files(), std::back_inserter(read), is_yolo_file);
  remark_beside(folder.path(), parts, read,
                lists ? "images that no list names" : "images beside the parts' folders, which aren't used",
                remarks);
}

Parts open_with(YoloConfig config, const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  Places places = named_places(config, options.ignore_labels, remarks);
  if (places.empty()) places = yolo_places(folder);
  if (!places.contains(Part::Train) && places.size() == 1) places = {{Part::Train, places.begin()->second}};
  Parts parts;
  std::vector<std::shared_ptr<const Yolo>> sources;
  bool lists = false;
  for (const auto& [part, paths] : places) {
    auto source = std::make_shared<Yolo>(config, paths, options.progress);
    if (part == Part::Train && source->size() == 0)
      throw Error(fmt::format("{}: {} holds no images", config.file, paths[0].string()));
    if (part == Part::Train && source->labelled() == 0 && !options.ignore_labels)
      throw Error(fmt::format(
          "{}: none of the {} images in {} has a text file with labels, in labels/ or beside it; --ignore "
          "reads them all as background",
          config.file, source->size(), paths[0].string()));
    sources.push_back(source);
    lists = lists || std::ranges::any_of(paths, [](const fs::path& path) { return !is_folder(path); });
    if (source->size() == 0)
      remarks.add("parts without an image, which aren't used", paths[0].string());
    else
      parts[part] = std::move(source);
  }
  if (lists) remark_unlisted(sources, config.root, remarks);
  remark_parts(places, folder, remarks);
  remark_other_names(config, folder, remarks);
  remark_rest(places, sources, folder, parts, remarks);
  return parts;
}

}  // namespace

std::optional<Parts> open_yolo(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  auto config = yolo_config(folder, remarks);
  if (!config && !has_yolo_texts(folder, Look::AtParts)) return {};
  if (!config) config = config_above(folder, remarks);
  if (!config) {
    if (options.ignore_labels) return {};
    for (const fs::path& file : folder.ending({".yaml", ".yml"}))
      if (const std::string stem = lower(file.stem().string()); stem == "data" || stem == "dataset")
        (void)YoloConfig::from_yaml(file);  // throws what it lacks
    throw Error(fmt::format(
        "{} looks like YOLO, with labels as text files, but has neither data.yaml nor classes.txt for "
        "the class names; --ignore reads the images alone",
        folder.path().string()));
  }
  if (config->parts.empty() && !has_yolo_texts(folder, Look::Everywhere)) return {};
  return open_with(*config, folder, options, remarks);
}

Parts open_yolo_yaml(const fs::path& file, const OpenOptions& options, Remarks& remarks) {
  const fs::path folder = file.parent_path().empty() ? "." : file.parent_path();
  return open_with(YoloConfig::from_yaml(folder / file.filename()), Folder(folder), options, remarks);
}

}  // namespace doppel::dataset
