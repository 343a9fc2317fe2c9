#include "labelled_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "beside.h"
#include "doppel/base/error.h"
#include "doppel/dataset/sources/cvat.h"
#include "doppel/dataset/sources/dota.h"
#include "doppel/dataset/sources/kitti.h"
#include "doppel/dataset/sources/label_studio.h"
#include "doppel/dataset/sources/labelme.h"
#include "sources/text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// Folders in one that are parts by their names.
std::map<Part, fs::path> parts_in(const Folder& folder) {
  std::map<Part, fs::path> parts;
  for (const fs::path& path : folder.folders())
    if (const auto part = part_of_folder(path.filename().string()))
      if (!parts.emplace(*part, path).second)
        throw Error(fmt::format("both {} and {} look like its {} part; leave one of them there",
                                parts[*part].string(), path.string(), text_of(*part)));
  return parts;
}

/// The lists that say which images of KITTI are of which part.
std::map<Part, fs::path> kitti_lists(const Folder& folder, Remarks& remarks) {
  std::map<Part, fs::path> lists;
  const fs::path sets = folder.folder({"imagesets"});
  if (sets.empty()) return lists;
  for (const fs::path& file : Folder(sets).ending({".txt"})) {
    const auto part = part_named(file.stem().string());
    if (!part || *part == Part::Test || !lists.emplace(*part, file).second)
      remarks.add("lists that aren't used", file.filename().string());
  }
  if (!lists.contains(Part::Train)) lists.clear();
  return lists;
}

/// DOTA's texts: in labelTxt, or in the only folder in it.
fs::path dota_labels(const Folder& folder, Remarks& remarks) {
  fs::path found;
  for (const fs::path& path : folder.folders()) {
    if (!lower(path.filename().string()).starts_with("labeltxt")) continue;
    if (found.empty())
      found = path;
    else
      remarks.add("folders of texts beside the first, which aren't read", path.filename().string());
  }
  if (found.empty() || has_file(found, ".txt")) return found;
  const Folder inside(found);
  return inside.folders().size() == 1 && has_file(inside.folders()[0], ".txt") ? inside.folders()[0] : found;
}

}  // namespace

std::optional<Parts> open_labelme(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  fs::path files = folder.path();
  if (!LabelMe::is_labelme(folder.path())) {
    files = folder.folder({"annotations", "annotation", "labels", "label", "labelme", "json", "jsons"});
    // Or in folders of images, as one looks like; parts are opened each by itself.
    if (files.empty() && !folder.folders().empty() && LabelMe::is_labelme(folder.folders()[0]) &&
        parts_in(folder).empty())
      return Parts{{Part::Train, std::make_shared<LabelMe>(folder.path(), fs::path(), options.progress)}};
    if (files.empty()) return {};
  }
  const auto labelme = [&](const fs::path& path) {
    return std::make_shared<LabelMe>(folder.path(), path, options.progress);
  };
  if (LabelMe::is_labelme(files)) return Parts{{Part::Train, labelme(files)}};
  if (files == folder.path() || std::ranges::none_of(Folder(files).folders(), LabelMe::is_labelme)) return {};
  const std::map<Part, fs::path> parts = parts_in(Folder(files));
  if (!parts.contains(Part::Train) || !LabelMe::is_labelme(parts.at(Part::Train))) return {};
  Parts opened;
  for (const auto& [part, path] : parts)
    if (LabelMe::is_labelme(path))
      opened[part] = labelme(path);
    else
      remarks.add("folders of labels that aren't read", path.filename().string());
  return opened;
}

Parts open_cvat_file(const fs::path& xml, const OpenOptions& options, Remarks& remarks) {
  std::map<Part, std::string> subsets;
  std::vector<std::string> others;
  for (const std::string& name : Cvat::subsets(xml)) {
    const auto part = part_named(name);
    if (!part || !subsets.emplace(*part, name).second) others.push_back(name);
  }
  if (!subsets.contains(Part::Train)) {
    if (!subsets.empty() || others.size() > 1)
      for (const auto& [part, name] : subsets)
        remarks.add("subsets that are read as one, for want of Train", name);
    if (!subsets.contains(Part::Test))
      return {{Part::Train, std::make_shared<Cvat>(xml, "", options.progress)}};
    throw Error(fmt::format("{}: its images are of the subset {}, and none of Train", xml.string(),
                            subsets[Part::Test]));
  }
  for (const std::string& name : others) remarks.add("subsets that aren't used", name);
  Parts parts;
  for (const auto& [part, name] : subsets) parts[part] = std::make_shared<Cvat>(xml, name, options.progress);
  return parts;
}

std::optional<Parts> open_cvat(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  std::vector<fs::path> files = folder.ending({".xml"});
  if (const fs::path below = folder.folder({"annotations"}); files.empty() && !below.empty())
    files = Folder(below).ending({".xml"});
  constexpr std::size_t kMost = 16;  // more are an image's each
  if (files.empty() || files.size() > kMost) return {};
  std::erase_if(files, [](const fs::path& file) { return !Cvat::is_cvat(file); });
  if (files.empty()) return {};
  std::map<Part, fs::path> parts;
  for (const fs::path& file : files)
    if (const Part part = part_in_name(file.filename().string()).value_or(Part::Train);
        !parts.emplace(part, file).second)
      throw Error(fmt::format("{} and {} are both CVAT's; give one of them as DATA", parts[part].string(),
                              file.string()));
  Parts opened;
  if (parts.size() == 1)
    opened = open_cvat_file(parts.begin()->second, options, remarks);
  else
    for (const auto& [part, file] : parts) opened[part] = std::make_shared<Cvat>(file, "", options.progress);
  remark_beside(folder.path(), opened, files, "images that the file doesn't name, left out", remarks);
  return opened;
}

std::optional<Parts> open_label_studio(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  std::map<Part, fs::path> files;
  for (const fs::path& file : folder.ending({".json"})) {
    if (!LabelStudio::is_label_studio(file)) continue;
    const Part part = part_in_name(file.filename().string()).value_or(Part::Train);
    if (!files.emplace(part, file).second)
      throw Error(fmt::format("{} and {} are both Label Studio's; give one of them as DATA",
                              files[part].string(), file.string()));
  }
  if (files.empty()) return {};
  Parts parts;
  std::vector<fs::path> read;
  for (const auto& [part, file] : files) {
    parts[part] = std::make_shared<LabelStudio>(file, options.progress);
    read.push_back(file);
  }
  remark_beside(folder.path(), parts, read, "images that no task names, left out", remarks);
  return parts;
}

/// Where lists say which are of a part: images that none names, and texts of no image.
void remark_outside_lists(const Folder& folder, const Parts& parts, Remarks& remarks) {
  std::set<std::string> listed, all;
  for (const auto& [part, source] : parts)
    for (std::size_t i = 0; i < source->size(); ++i) listed.insert(fs::path(source->name(i)).stem().string());
  for (const fs::path& image : Folder(folder.folder({"image_2"})).images()) {
    all.insert(image.stem().string());
    if (!listed.contains(image.stem().string()))
      remarks.add("images that no list of a part names, left out",
                  image.lexically_relative(folder.path()).string());
  }
  for (const fs::path& text : Folder(folder.folder({"label_2"})).ending({".txt"}))
    if (!all.contains(text.stem().string()))
      remarks.add("texts without an image, left out", text.lexically_relative(folder.path()).string());
}

std::optional<Parts> open_kitti(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  const auto kitti = [&](const Folder& in, const fs::path& list) {
    return std::make_shared<Kitti>(in.folder({"image_2"}), in.folder({"label_2"}), list, options.progress);
  };
  const fs::path training = folder.folder({"training"});
  const Folder labelled = training.empty() ? folder : Folder(training);
  if (labelled.folder({"label_2"}).empty()) return {};
  if (labelled.folder({"image_2"}).empty())
    throw Error(fmt::format("{} has label_2, but no image_2 with the images", labelled.path().string()));
  const std::map<Part, fs::path> lists = kitti_lists(folder, remarks);
  Parts parts;
  for (const auto& [part, list] : lists) parts[part] = kitti(labelled, list);
  if (lists.empty())
    parts[Part::Train] = kitti(labelled, {});
  else
    remark_outside_lists(labelled, parts, remarks);
  if (const fs::path testing = folder.folder({"testing"}); !training.empty() && !testing.empty()) {
    if (const Folder in(testing); in.folder({"label_2"}).empty())
      remarks.add("parts without labels, which aren't used", testing.filename().string());
    else
      parts[Part::Test] = kitti(in, {});
  }
  remark_beside(folder.path(), parts,
                {labelled.folder({"image_2"}), labelled.folder({"label_2"}), folder.folder({"imagesets"}),
                 folder.folder({"testing"})},
                "images beside image_2, left out", remarks);
  return parts;
}

std::optional<Parts> open_dota(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  const fs::path labels = dota_labels(folder, remarks), images = folder.image_folder();
  if (labels.empty()) return {};
  if (images.empty())
    throw Error(fmt::format("{} has {}, but no images/ with the images", folder.path().string(),
                            labels.filename().string()));
  const std::map<Part, fs::path> parts = parts_in(Folder(labels));
  const auto remark = [&](const Parts& all) {
    std::vector<fs::path> read{images};
    for (const fs::path& path : folder.folders())
      if (lower(path.filename().string()).starts_with("labeltxt")) read.push_back(path);
    remark_beside(folder.path(), all, read, "images beside images/, left out", remarks);
    return all;
  };
  if (!parts.contains(Part::Train))
    return remark({{Part::Train, std::make_shared<Dota>(images, labels, options.progress)}});
  const std::map<Part, fs::path> trees = parts_in(Folder(images));
  Parts opened;
  for (const auto& [part, path] : parts) {
    if (!trees.contains(part))
      throw Error(fmt::format("{} has no images in {}", path.string(), images.string()));
    opened[part] = std::make_shared<Dota>(trees.at(part), path, options.progress);
  }
  return remark(opened);
}

}  // namespace doppel::dataset
