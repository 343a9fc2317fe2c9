#include "layouts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "annotated_folders.h"
#include "array_folders.h"
#include "doppel/base/error.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/image_files.h"
#include "doppel/dataset/sources/image_folder.h"
#include "sources/picture_files.h"
#include "sources/text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// Folders called train, val, test: each a data set of its own.
std::optional<Parts> open_part_folders(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  std::map<Part, fs::path> parts;
  std::vector<std::string> others;
  for (const fs::path& path : folder.folders()) {
    const std::string name = path.filename().string();
    const auto part = part_named(name);
    if (!part)
      others.push_back(name);
    else if (!parts.emplace(*part, path).second)
      throw Error(fmt::format("{}: both {} and {} look like its {} part", folder.path().string(),
                              parts[*part].filename().string(), name, text_of(*part)));
  }
  // A folder called "test" among others is a class like them.
  if (!parts.contains(Part::Train) && (parts.empty() || !others.empty())) return {};
  Parts opened;
  for (const auto& [part, path] : parts) {
    Found found = open_folder(path, options);
    if (found.parts.size() > 1)
      throw Error(fmt::format("{} has parts of its own; open it itself", path.string()));
    remarks.add(found.remarks.list());
    opened[part] = found.parts.begin()->second;
  }
  for (const std::string& name : others) remarks.add("folders that are no part, and aren't used", name);
  for (const fs::path& file : folder.files()) remark_unread(remarks, folder.path(), file);
  return opened;
}

bool holds_pictures(const Folder& folder) { return std::ranges::any_of(folder.files(), is_image_file); }

/// What lies beside pictures with their names, by its ending, where it lies beside most of them.
std::string annotations_beside(const Folder& folder) {
  std::set<std::string> stems;
  for (const fs::path& file : folder.pictures()) stems.insert(file.stem().string());
  std::map<std::string, std::size_t> count;
  for (const fs::path& file : folder.ending({".txt", ".xml", ".json", ".csv"}))
    if (stems.contains(file.stem().string())) ++count[lower(file.extension().string())];
  for (const auto& [ending, number] : count)
    if (2 * number >= stems.size()) return ending;
  return "";
}

void check_annotations_beside(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  const std::string ending = annotations_beside(folder);
  if (ending.empty()) return;
  const std::string what = fmt::format(
      "{}: beside its pictures lie {} files with their names, which look like labels and aren't read",
      folder.path().string(), ending);
  if (!options.ignore_labels)
    throw Error(what +
                (ending == ".txt"
                     ? ": YOLO's need classes.txt or data.yaml with the class names; --ignore reads the "
                       "pictures alone"
                     : "; --ignore reads the pictures alone"));
  remarks.say(what);
}

std::optional<Parts> open_class_folders(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  if (folder.folders().empty()) return {};
  for (const fs::path& path : folder.folders()) check_annotations_beside(Folder(path), options, remarks);
  auto source = std::make_shared<ImageFolder>(folder.path(), options.progress);
  if (source->classes().size() == 1)
    remarks.say(
        fmt::format("one class alone, {}: class folders may lie one level deeper", source->classes()[0]));
  return Parts{{Part::Train, std::move(source)}};
}

std::optional<Parts> open_pictures(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  if (!holds_pictures(folder)) return {};
  check_annotations_beside(folder, options, remarks);
  for (const fs::path& file : folder.files())
    if (!is_image_file(file)) remark_unread(remarks, folder.path(), file);
  return Parts{{Part::Train, std::make_shared<ImageFiles>(folder.pictures())}};
}

/// "2 folders (annotations, train2017), 3 .npz files".
std::string seen_in(const Folder& folder) {
  std::vector<std::string> seen, names;
  for (const fs::path& path : folder.folders())
    if (names.size() < 5) names.push_back(path.filename().string());
  if (!names.empty())
    seen.push_back(fmt::format("{} folders ({})", folder.folders().size(), fmt::join(names, ", ")));
  std::map<std::string, std::size_t> endings;
  for (const fs::path& file : folder.files()) ++endings[lower(file.extension().string())];
  for (const auto& [ending, count] : endings)
    seen.push_back(fmt::format("{} {} files", count, ending.empty() ? "nameless" : ending));
  return seen.empty() ? "nothing" : fmt::format("{}", fmt::join(seen, ", "));
}

constexpr std::array kLayouts{
    Layout{"IDX", "train-images-idx3-ubyte and its like, plain or .gz, as MNIST's", open_idx},
    Layout{"CIFAR", "data_batch_1.bin … or train.bin, CIFAR's binary files", open_cifar},
    Layout{"CIFAR, Python", "data_batch_1 … or train and test, CIFAR's pickles", open_cifar_python},
    Layout{"pack", "shards that `doppel pack` wrote", open_pack},
    Layout{"WebDataset", "tar shards, all or by parts: train-000.tar, val-000.tar", open_tars},
    Layout{"COCO", "annotations/*.json, _annotations.coco.json, or result.json", open_coco},
    Layout{"Pascal VOC", "Annotations/*.xml, or an .xml beside each picture", open_voc},
    Layout{"YOLO", "data.yaml, or classes.txt and labels/*.txt, or a .txt beside each picture", open_yolo},
    Layout{"segmentation", "images/ and masks/ with a mask for each picture", open_segmentation},
    Layout{"manifest", "a .csv or .jsonl with a column of paths, as metadata.csv", open_manifest},
    Layout{"parts", "train/ with val/ or test/, each one of these", open_part_folders},
    Layout{"image folder", "a folder for each class", open_class_folders},
    Layout{"pictures", "pictures without labels", open_pictures},
};

}  // namespace

std::span<const Layout> layouts() { return kLayouts; }

Found open_folder(const fs::path& path, const OpenOptions& options) {
  const Folder folder(path);
  for (const Layout& layout : kLayouts) {
    Found found{std::string(layout.name), {}, {}};
    if (auto parts = layout.open(folder, options, found.remarks)) {
      found.parts = std::move(*parts);
      return found;
    }
  }
  std::string help;
  for (const Layout& layout : kLayouts)
    help += fmt::format("{}{} ({})", help.empty() ? "" : "; ", layout.name, layout.looks);
  throw Error(
      fmt::format("{} is no data set that doppel knows: it has no class folders, and holds {}. Known are: {}",
                  path.string(), seen_in(folder), help));
}

}  // namespace doppel::dataset
