#include "layouts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "annotated_folders.h"
#include "array_folders.h"
#include "array_parts.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/folder_identity.h"
#include "doppel/base/place.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/image_files.h"
#include "doppel/dataset/sources/image_folder.h"
#include "doppel/dataset/write/begun_folder.h"
#include "labelled_folders.h"
#include "lmdb_folder.h"
#include "record_folders.h"
#include "segmentation_folders.h"
#include "sources/listed_images.h"
#include "sources/text.h"
#include "yolo_folder.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// Folders that are parts, and those that aren't.
struct PartFolders {
  std::map<Part, fs::path> parts;
  std::vector<std::string> others;
};

bool is_zip(const fs::path& path) { return lower(path.extension().string()) == ".zip"; }

/// Folders, or in a folder without any the .zips that are parts, as Kaggle has them.
std::vector<fs::path> folders_or_zips(const Folder& folder) {
  std::vector<fs::path> found = folder.folders();
  if (found.empty())
    for (const fs::path& file : folder.ending({".zip"}))
      if (part_named(file.stem().string())) found.push_back(file);
  return found;
}

PartFolders part_folders(const Folder& folder, std::optional<Part> (*part_of)(std::string_view)) {
  PartFolders found;
  for (const fs::path& path : folders_or_zips(folder)) {
    const std::string name = is_zip(path) ? path.stem().string() : path.filename().string();
    const auto part = part_of(name);
    if (!part)
      found.others.push_back(name);
    else if (!found.parts.emplace(*part, path).second)
      throw Error(fmt::format("{}: both {} and {} look like its {} part; leave one of them there",
                              folder.path().string(), found.parts[*part].filename().string(), name,
                              text_of(*part)));
  }
  return found;
}

/// By their plain names, or else by longer ones: "seg_train" beside "seg_test".
PartFolders part_folders(const Folder& folder) {
  PartFolders plain = part_folders(folder, part_named);
  if (plain.parts.contains(Part::Train)) return plain;
  PartFolders longer = part_folders(folder, part_of_folder);
  const bool sure = longer.parts.contains(Part::Train) && (longer.parts.size() > 1 || longer.others.empty());
  return sure ? longer : plain;
}

bool holds_images(const Folder& folder) { return std::ranges::any_of(folder.files(), is_image_file); }

/// True where "train" is a class, a vehicle, among others: it has images itself, and so have they.
bool is_class_beside(const fs::path& train, const Folder& folder, const std::vector<std::string>& others) {
  return holds_images(Folder(train)) && std::ranges::any_of(others, [&](const std::string& name) {
           return holds_images(Folder(folder.path() / name));
         });
}

/// No file at any depth.
bool has_no_file(const fs::path& path, int depth = 0) {
  constexpr int kDeepest = 16;  // links may run in circles
  const Folder folder(path);
  return folder.files().empty() && depth < kDeepest &&
         std::ranges::all_of(
             folder.folders(), [&](const fs::path& below) { return has_no_file(below, depth + 1); });
}

/// Nothing is said of its images, not even by the folders that they are in.
bool is_unlabelled(const Found& found) {
  return found.layout == "images" ||
         (found.layout == "image folder" && found.parts.begin()->second->classes().empty());
}

/// Tables that look like the labels of images without any.
void check_tables_beside(const Folder& folder, const OpenOptions& options) {
  if (options.ignore_labels) return;
  std::vector<std::string> tables;
  for (const fs::path& file : folder.ending({".csv", ".tsv", ".jsonl"}))
    if (std::string name = file.filename().string(); lower(name).find("submission") == name.npos)
      tables.push_back(std::move(name));
  if (tables.empty()) return;
  throw Error(
      fmt::format("{}: the images of its parts have no labels, but {} beside them look like tables of "
                  "labels: give one as DATA; --ignore reads the images alone",
                  folder.path().string(), fmt::join(tables, ", ")));
}

/// Folders called train, val, test: each a data set of its own.
std::optional<Parts> open_part_folders(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  const auto [parts, others] = part_folders(folder);
  // A folder called "test" among others is a class like them.
  if (!parts.contains(Part::Train) && (parts.empty() || !others.empty())) return {};
  if (parts.size() == 1 && is_class_beside(parts.begin()->second, folder, others)) return {};
  Parts opened;
  bool has_labels = false;
  for (const auto& [part, path] : parts) {
    const PlacedPath in = placed(path);  // stays open meanwhile
    if (in.place)
      for (const auto& [what, name] : in.place->unread()) remarks.add(what, name);
    if (has_no_file(path)) {
      if (part == Part::Train) throw Error(fmt::format("{} is empty", path.string()));
      remarks.add("parts without a file, which aren't used", path.filename().string());
      continue;
    }
    Found found = open_folder(path, options);
    if (found.parts.size() > 1)
      throw Error(fmt::format("{} has parts of its own; open it itself", path.string()));
    remarks.add(found.remarks.list());
    has_labels = has_labels || !is_unlabelled(found);
    opened[part] = found.parts.begin()->second;
  }
  if (!has_labels) check_tables_beside(folder, options);
  for (const std::string& name : others) remarks.add("folders that are no part, and aren't used", name);
  for (const fs::path& file : folder.files())
    if (std::ranges::none_of(parts, [&](const auto& part) { return part.second == file; }))
      remark_unread(remarks, folder.path(), file);
  return opened;
}

/// What lies beside images with their names, by its ending, where it lies beside most of them: the first.
fs::path annotations_beside(const Folder& folder) {
  const std::vector<fs::path> others = folder.ending({".txt", ".xml", ".json", ".csv"});
  if (others.empty()) return {};
  std::unordered_set<std::string> stems;
  for (const fs::path& file : folder.images()) stems.insert(file.stem().string());
  std::map<std::string, std::vector<fs::path>> found;
  for (const fs::path& file : others)
    if (stems.contains(file.stem().string())) found[lower(file.extension().string())].push_back(file);
  for (const auto& [ending, files] : found)
    if (2 * files.size() >= stems.size()) return files[0];
  return {};
}

/// Files that are called as labels are and that nobody reads.
void check_called_labels(const Folder& folder, const OpenOptions& options) {
  if (options.ignore_labels) return;
  for (const fs::path& file : folder.ending(
           {".xml", ".json", ".csv", ".tsv", ".jsonl", ".txt", ".mat", ".npy", ".npz", ".pkl", ".xlsx"})) {
    const std::string name = lower(file.filename().string());
    for (const std::string_view word :
         {"label", "annotation", "groundtruth", "ground_truth", "classes", "via_"})
      if (name.find(word) != name.npos)
        throw Error(
            fmt::format("{} looks like the labels of its images, which are read without any: it is "
                        "no file that doppel reads; --ignore goes on without it",
                        file.string()));
  }
}

/// Lists as Caffe had them, "1.jpg 0" a line, which nobody reads.
void check_lists_of_images(const Folder& folder, const OpenOptions& options) {
  const std::vector<fs::path> texts = folder.ending({".txt", ".lst"});
  if (options.ignore_labels || texts.empty()) return;
  std::unordered_set<std::string> names;
  for (const fs::path& image : folder.images()) names.insert(image.filename().string());
  constexpr std::size_t kHead = 1 << 12;
  for (const fs::path& file : texts) {
    const std::string text = text_in(read_head(file, kHead));
    const std::vector<std::string_view> lines = lines_of(text);
    const auto words = words_of(lines.empty() ? std::string_view() : lines[0]);
    if (words.size() > 1 && names.contains(fs::path(words[0]).filename().string()))
      throw Error(
          fmt::format("{} names images and says something of each, which isn't read: make it a table, a .csv "
                      "with a header line (path,label); --ignore reads the images alone",
                      file.string()));
  }
}

void check_annotations_beside(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  const fs::path first = annotations_beside(folder);
  if (first.empty()) return;
  const std::string ending = lower(first.extension().string());
  const std::string what = fmt::format(
      "{}: beside its images lie {} files with their names ({} …), which look like labels and aren't read",
      folder.path().string(), ending, first.filename().string());
  if (!options.ignore_labels)
    throw Error(what +
                (ending == ".txt"
                     ? ": YOLO's need classes.txt or data.yaml with the class names; --ignore reads the "
                       "images alone"
                     : "; --ignore reads the images alone"));
  remarks.say(what);
}

/// An image at any depth.
bool has_image(const fs::path& path, int depth = 0) {
  constexpr int kDeepest = 16;  // links may run in circles
  const Folder folder(path);
  return holds_images(folder) ||
         (depth < kDeepest &&
          std::ranges::any_of(
              folder.folders(), [&](const fs::path& in) { return has_image(in, depth + 1); }));
}

/// The only folder with a file in it, or else the only one with an image; empty where there are more.
fs::path only_folder_with_data(const Folder& folder) {
  std::vector<fs::path> folders = folder.folders();
  const auto the_one = [&](auto has) {
    std::vector<fs::path> found;
    for (const fs::path& path : folders) {
      if (has(path)) found.push_back(path);
      if (found.size() > 1) return fs::path();
    }
    return found.empty() ? fs::path() : found[0];
  };
  const fs::path only = the_one([](const fs::path& path) { return !has_no_file(path); });
  return only.empty() ? the_one([](const fs::path& path) { return has_image(path); }) : only;
}

/// Whether a folder is one of those that its path leads through: by a link that goes round in a circle.
bool leads_back(const fs::path& folder) {
  const std::string identity = folder_identity(folder);
  if (identity.empty()) return false;
  for (fs::path above = folder.parent_path(); !above.empty(); above = above.parent_path()) {
    if (folder_identity(above) == identity) return true;
    if (above == above.root_path()) return false;
  }
  return false;
}

/// The data set in a folder of one that is around it; nothing where it is a class, or the way back.
std::optional<Found> open_inside(const Folder& folder, const OpenOptions& options) {
  const fs::path inside = only_folder_with_data(folder);
  if (inside.empty() || leads_back(inside)) return {};
  Found found = open_folder(inside, options);
  if (is_unlabelled(found) && inside != folder.image_folder()) return {};
  const bool is_by_classes = found.layout == "image folder" || found.layout == "parts";
  found.remarks.say(fmt::format("read from {}, the only folder with data in it{}", inside.string(),
                                is_by_classes ? ": as one class there would be nothing to learn" : ""));
  for (const fs::path& path : folder.folders())
    if (path != inside)
      found.remarks.add("folders without images, which aren't used", path.filename().string());
  for (const fs::path& file : folder.files()) remark_unread(found.remarks, folder.path(), file);
  return found;
}

/// Whether a class folder holds images and nothing that could say something of them; of millions this is
/// quick.
bool is_plain_class(const fs::path& folder) {
  bool plain = true;
  each_entry(folder, [&](std::string_view name, bool is_folder) {
    static constexpr std::array<std::string_view, 4> kImages{".jpg", ".png", ".jpeg", ".webp"};
    plain = !is_folder && std::ranges::any_of(kImages, [&](auto ending) { return name.ends_with(ending); });
    return plain;
  });
  return plain;
}

/// Parts within each class: cat/train, cat/test. Class folder to its part's folder; empty where they aren't
/// parts. Throws Error where labels lie beside the images of a class.
std::map<Part, std::map<fs::path, fs::path>> parts_in_classes(const Folder& folder,
                                                              const OpenOptions& options, Remarks& remarks) {
  std::map<Part, std::map<fs::path, fs::path>> parts;
  fs::path with, without;
  for (const fs::path& path : folder.folders()) {
    if (is_plain_class(path)) {
      without = path;
      continue;
    }
    const Folder inside(path);
    check_annotations_beside(inside, options, remarks);
    const PartFolders own = inside.folders().empty() ? PartFolders() : part_folders(inside, part_named);
    const bool has_parts = own.parts.contains(Part::Train) && own.parts.size() > 1;
    (has_parts ? with : without) = path;
    if (!has_parts && own.parts.contains(Part::Test))
      remarks.add("folders called as parts are within a class, which are read as all others",
                  own.parts.at(Part::Test).lexically_relative(folder.path()).string());
    if (!has_parts) continue;
    if (const fs::path& train = own.parts.at(Part::Train);
        !holds_images(Folder(train)) && !Folder(train).folders().empty())
      throw Error(fmt::format("{} has parts of its own, with folders in them: give it as DATA, not {}",
                              path.string(), folder.path().string()));
    for (const auto& [part, place] : own.parts) parts[part][path] = place;
    for (const std::string& name : own.others)
      remarks.add("folders that are no part, and aren't used", (path.filename() / name).string());
    for (const fs::path& image : inside.images())
      remarks.add("images beside the parts' folders, which aren't used",
                  image.lexically_relative(folder.path()).string());
  }
  if (!with.empty() && !without.empty())
    throw Error(
        fmt::format("{} is divided in parts, but {} isn't: put train and test above the classes, or "
                    "into each of them",
                    with.string(), without.string()));
  for (auto& [part, places] : parts)
    for (const fs::path& path : folder.folders()) places.try_emplace(path);
  return parts;
}

std::optional<Parts> open_parts_in_classes(const Folder& folder, const OpenOptions& options,
                                           Remarks& remarks) {
  const auto folders = parts_in_classes(folder, options, remarks);
  if (folders.empty()) return {};
  Parts parts;
  for (const auto& [part, places] : folders)
    parts[part] = std::make_shared<ImageFolder>(folder.path(), places, options.progress);
  remarks.say("parts are those in each class's folder");
  for (const fs::path& file : folder.files()) remark_unread(remarks, folder.path(), file);
  return parts;
}

std::optional<Parts> open_class_folders(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  if (folder.folders().empty()) return {};
  if (auto parts = open_parts_in_classes(folder, options, remarks)) return parts;
  auto source = std::make_shared<ImageFolder>(folder.path(), options.progress);
  if (source->classes().size() == 1) remarks.say(fmt::format("one class alone, {}", source->classes()[0]));
  return Parts{{Part::Train, std::move(source)}};
}

std::optional<Parts> open_plain_images(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  const bool are_arrays = !holds_images(folder);
  const std::vector<fs::path> images = are_arrays ? folder.ending({".npy"}) : folder.images();
  constexpr std::size_t kMostAxes = 3;  // rows, columns and channels
  if (images.empty() || (are_arrays && !is_image_array(images[0], kMostAxes))) return {};
  check_annotations_beside(folder, options, remarks);
  check_called_labels(folder, options);
  check_lists_of_images(folder, options);
  for (const fs::path& file : folder.files())
    if (are_arrays ? !is_npy_file(file.native()) : !is_image_file(file))
      remark_unread(remarks, folder.path(), file);
  return Parts{{Part::Train, std::make_shared<ImageFiles>(images)}};
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

/// Where there is nothing but archives, they are what was meant.
void check_zips_alone(const Folder& folder) {
  const std::vector<fs::path> zips = folder.ending({".zip"});
  if (zips.empty() || !folder.folders().empty() || zips.size() != folder.files().size()) return;
  const bool within = placed(folder.path()).place != nullptr;
  throw Error(fmt::format("{} holds nothing but {}{}: {}", folder.path().string(),
                          zips[0].filename().string(),
                          zips.size() > 1 ? fmt::format(" and {} other .zip files", zips.size() - 1) : "",
                          within ? "an archive within an archive isn't opened; unpack the outer one"
                                 : "give one as DATA, or call them train.zip and test.zip"));
}

std::optional<Parts> opened_as(const Layout& layout, const Folder& folder, const OpenOptions& options,
                               Remarks& remarks, Remarks& ignored) {
  try {
    return layout.open(folder, options, remarks);
  } catch (const Error& error) {
    if (!options.ignore_labels || !layout.labels_apart) throw;
    ignored.say(fmt::format("labels that aren't read ({}): {}", layout.name, error.what()));
    return {};
  }
}

constexpr std::array kLayouts{
    Layout{"IDX", "train-images-idx3-ubyte and its like, plain or .gz, as MNIST's", open_idx},
    Layout{"CIFAR", "data_batch_1.bin … or train.bin, CIFAR's binary files", open_cifar},
    Layout{"CIFAR, Python", "data_batch_1 … or train and test, CIFAR's pickles", open_cifar_python},
    Layout{"arrays", "x_train and y_train, images and labels, as .npy, in a .npz or in HDF5 (.h5)",
           open_arrays},
    Layout{"pack", "shards that `doppel pack` wrote", open_pack},
    Layout{"WebDataset", "tar shards, all or by parts: train-000.tar, val-000.tar", open_tars},
    Layout{"LabelMe", "LabelMe's .json beside each image, or in annotations/", open_labelme, true},
    Layout{"CVAT", "annotations.xml of CVAT for images 1.1", open_cvat, true},
    Layout{"Label Studio", "a .json with a list of tasks, as Label Studio exports it", open_label_studio,
           true},
    Layout{"KITTI", "training/ with image_2/ and label_2/*.txt", open_kitti, true},
    Layout{"DOTA", "images/ and labelTxt/*.txt", open_dota, true},
    Layout{"Open Images", "train-annotations-bbox.csv and its like, class-descriptions-boxable.csv",
           open_open_images, true},
    Layout{"Parquet", "*.parquet, also in data/ and by parts, as Hugging Face's `datasets` writes them",
           open_parquet},
    Layout{"TFRecord", "*.tfrecord, *.tfrecords or train-00000-of-00010, by parts", open_tfrecords},
    Layout{"MDS", "index.json and shard.00000.mds …, as Mosaic Streaming writes them", open_mds},
    Layout{"LMDB", "data.mdb, or train.lmdb and test.lmdb, as Caffe, LSUN and text recognition have them",
           open_lmdb},
    Layout{"COCO", "annotations/*.json, _annotations.coco.json, or result.json", open_coco, true},
    Layout{"Pascal VOC", "Annotations/*.xml, or an .xml beside each image", open_voc, true},
    Layout{"YOLO", "data.yaml, or classes.txt and labels/*.txt, or a .txt beside each image", open_yolo,
           true},
    Layout{"segmentation", "images/ and masks/ with a mask for each image", open_segmentation},
    Layout{"manifest", "a .csv or .jsonl with a column of paths, as metadata.csv, or metadata.parquet",
           open_manifest},
    Layout{"parts", "train/ with val/ or test/, each one of these, or train.zip with test.zip",
           open_part_folders},
    Layout{"image folder", "a folder for each class", open_class_folders},
    Layout{"images", "images without labels", open_plain_images},
};

}  // namespace

std::span<const Layout> layouts() { return kLayouts; }

void check_labels_beside(const Folder& folder, const Found& found, const OpenOptions& options) {
  const bool one_class = found.layout == "image folder" && found.parts.size() == 1 &&
                         found.parts.begin()->second->classes().size() == 1;
  if (one_class || is_unlabelled(found)) check_called_labels(folder, options);
}

Found open_folder(const fs::path& path, const OpenOptions& options) {
  const Folder folder(path);
  Remarks ignored;
  for (const Layout& layout : kLayouts) {
    if (layout.open == open_class_folders)
      if (auto inside = open_inside(folder, options)) return std::move(*inside);
    Found found{std::string(layout.name), {}, {}};
    if (auto parts = opened_as(layout, folder, options, found.remarks, ignored)) {
      found.parts = std::move(*parts);
      if (const std::string command = unfinished_command(path); !command.empty())
        found.remarks.say(fmt::format("doppel {} was stopped here: the same command goes on", command));
      found.remarks.add(ignored.list());
      return found;
    }
  }
  if (folder.files().empty() && folder.folders().empty())
    throw Error(fmt::format("{} is empty", path.string()));
  check_zips_alone(folder);
  std::string help;
  for (const Layout& layout : kLayouts)
    help += fmt::format("{}{} ({})", help.empty() ? "" : "; ", layout.name, layout.looks);
  throw Error(
      fmt::format("{} is no data set that doppel knows: it has no class folders, and holds {}. Known are: {}",
                  path.string(), seen_in(folder), help));
}

}  // namespace doppel::dataset
