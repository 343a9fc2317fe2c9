#include "doppel/dataset/open/open_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "doppel/base/error.h"
#include "doppel/dataset/pack/pack.h"
#include "doppel/dataset/sources/cifar.h"
#include "doppel/dataset/sources/cifar_python.h"
#include "doppel/dataset/sources/coco.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/idx.h"
#include "doppel/dataset/sources/image_files.h"
#include "doppel/dataset/sources/image_folder.h"
#include "doppel/dataset/sources/manifest.h"
#include "doppel/dataset/sources/pascal_voc.h"
#include "doppel/dataset/sources/segmentation_folder.h"
#include "doppel/dataset/sources/tar_shards.h"
#include "doppel/dataset/sources/yolo.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

struct IdxPair {
  fs::path images, labels;
};

/// The IDX pair whose names begin with one of `prefixes`, as published: train-images-idx3-ubyte(.gz) and so
/// on.
std::optional<IdxPair> find_idx(const fs::path& folder, std::span<const std::string_view> prefixes) {
  for (const auto prefix : prefixes) {
    IdxPair pair;
    for (const auto& entry : fs::directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with(prefix)) continue;
      if (name.find("images-idx3") != std::string::npos || name.find("images.idx3") != std::string::npos)
        pair.images = entry.path();
      if (name.find("labels-idx1") != std::string::npos || name.find("labels.idx1") != std::string::npos)
        pair.labels = entry.path();
    }
    if (!pair.images.empty() && !pair.labels.empty()) return pair;
    if (!pair.images.empty() || !pair.labels.empty())
      throw Error(fmt::format("{} has the {} of an IDX pair but not its {}", folder.string(),
                              pair.images.empty() ? "labels" : "images",
                              pair.images.empty() ? "images" : "labels"));
  }
  return std::nullopt;
}

constexpr std::array<std::string_view, 1> kTrainPrefixes{"train"};
constexpr std::array<std::string_view, 3> kTestPrefixes{"t10k", "test", "val"};

OpenedData open_idx(const fs::path& folder, const IdxPair& train) {
  OpenedData data{folder.string(), std::make_shared<IdxFiles>(train.images, train.labels), nullptr};
  if (const auto test = find_idx(folder, kTestPrefixes))
    data.test = std::make_shared<IdxFiles>(test->images, test->labels,
                                           static_cast<int>(data.train->classes().size()));
  return data;
}

SourcePtr images_in(const fs::path& folder, const OnProgress& progress) {
  std::vector<fs::path> files;
  bool has_folders = false;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory() && !entry.path().filename().string().starts_with('.')) {
      has_folders = true;
    } else if (is_image_file(entry.path())) {
      if (progress) progress(files.size(), 0);
      files.push_back(entry.path());
    }
  }
  if (files.empty() || has_folders) return std::make_shared<ImageFolder>(folder, progress);
  std::ranges::sort(files);
  return std::make_shared<ImageFiles>(std::move(files));
}

SourcePtr tars_in(const fs::path& folder, const OnProgress& progress) {
  std::vector<fs::path> shards;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".tar") shards.push_back(entry.path());
  std::ranges::sort(shards);
  return shards.empty() ? nullptr : std::make_shared<TarShards>(shards, progress);
}

/// The data sets that say by their folders what they are; empty for others.
std::optional<OpenedData> open_known_layout(const fs::path& folder, const OnProgress& progress) {
  OpenedData data{folder.string(), nullptr, nullptr};
  if (const auto kind = Cifar::kind_in(folder)) {
    data.train = std::make_shared<Cifar>(folder, *kind, Cifar::Split::Train);
    if (*kind == Cifar::Kind::Hundred || fs::exists(folder / "test_batch.bin"))
      data.test = std::make_shared<Cifar>(folder, *kind, Cifar::Split::Test);
    return data;
  }
  if (const auto kind = CifarPython::kind_in(folder)) {
    data.train = std::make_shared<CifarPython>(folder, *kind, CifarPython::Split::Train);
    if (*kind == CifarPython::Kind::Hundred || fs::exists(folder / "test_batch"))
      data.test = std::make_shared<CifarPython>(folder, *kind, CifarPython::Split::Test);
    return data;
  }
  if (fs::is_directory(folder / "Annotations")) {
    const bool split = fs::exists(folder / "ImageSets/Main/train.txt");
    data.train = std::make_shared<PascalVoc>(folder, split ? "train" : "", progress);
    if (split && fs::exists(folder / "ImageSets/Main/val.txt"))
      data.test = std::make_shared<PascalVoc>(folder, "val", progress);
    return data;
  }
  const bool named = fs::exists(folder / "data.yaml") || fs::exists(folder / "classes.txt");
  if (named && (fs::is_directory(folder / "labels") || fs::is_directory(folder / "train/labels"))) {
    const bool split = fs::is_directory(folder / "images/train") || fs::is_directory(folder / "train/images");
    data.train = std::make_shared<Yolo>(folder, split ? "train" : "", progress);
    for (const char* name : {"val", "valid", "test"})
      if (!data.test && split &&
          (fs::is_directory(folder / "images" / name) || fs::is_directory(folder / name / "images")))
        data.test = std::make_shared<Yolo>(folder, name, progress);
    return data;
  }
  if (fs::is_directory(folder / "images") && !SegmentationFolder::mask_folder(folder).empty()) {
    data.train = std::make_shared<SegmentationFolder>(folder, progress);
    return data;
  }
  for (const char* name : {"", "train"})
    if (!data.train && fs::is_directory(folder / name) && PackSource::is_pack(folder / name))
      data.train = std::make_shared<PackSource>(folder / name);
  if (data.train) {
    for (const char* name : {"test", "val"})
      if (!data.test && fs::is_directory(folder / name) && PackSource::is_pack(folder / name))
        data.test = std::make_shared<PackSource>(folder / name);
    return data;
  }
  if ((data.train = tars_in(folder, progress))) return data;
  if (fs::is_directory(folder / "train") && (data.train = tars_in(folder / "train", progress))) {
    for (const char* name : {"test", "val", "valid"})
      if (!data.test && fs::is_directory(folder / name)) data.test = tars_in(folder / name, progress);
    return data;
  }
  return std::nullopt;
}

OpenedData open_folder(const fs::path& folder, const OnProgress& progress) {
  if (const auto train = find_idx(folder, kTrainPrefixes)) return open_idx(folder, *train);
  if (const auto only = find_idx(folder, kTestPrefixes))
    return {folder.string(), std::make_shared<IdxFiles>(only->images, only->labels), nullptr};
  if (auto known = open_known_layout(folder, progress)) return std::move(*known);
  if (!fs::is_directory(folder / "train")) return {folder.string(), images_in(folder, progress), nullptr};
  OpenedData data{folder.string(), images_in(folder / "train", progress), nullptr};
  for (const char* name : {"test", "val", "valid"})
    if (!data.test && fs::is_directory(folder / name)) data.test = images_in(folder / name, progress);
  if (data.test && data.test->classes() != data.train->classes())
    throw Error(fmt::format("{}: the class folders for testing are not those for training", folder.string()));
  return data;
}

}  // namespace

fs::path sample_folder() {
  std::vector<fs::path> places;
  if (const char* set = std::getenv("DOPPEL_SAMPLE")) places.emplace_back(set);
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  if (!program.empty()) places.push_back(program.parent_path().parent_path() / "share/doppel/sample");
  places.emplace_back(DOPPEL_INSTALLED_SAMPLE);
  places.emplace_back(DOPPEL_SOURCE_SAMPLE);
  for (const fs::path& place : places)
    if (fs::is_directory(place / "digits")) return place;
  throw Error(
      "the embedded sample isn't there; set DOPPEL_SAMPLE to the folder that holds digits/ and photos/");
}

OpenedData open_data(const std::string& data, const OnProgress& progress) {
  if (const std::size_t last = data.find_last_not_of('/'); last != data.npos && last + 1 < data.size())
    return open_data(data.substr(0, last + 1), progress);  // as completion types a folder
  if (data == "sample:digits" || data == "sample:photos") {
    OpenedData opened = open_folder(sample_folder() / data.substr(7), progress);
    opened.name = data;
    return opened;
  }
  if (data.starts_with("sample:"))
    throw UsageError(fmt::format("there is no '{}'; the samples are sample:digits and sample:photos", data));
  const fs::path path(data);
  if (path.extension() == ".tar" && fs::exists(path) && PackSource::is_pack(path))
    return {data, std::make_shared<PackSource>(path), nullptr};
  if (path.extension() == ".tar")
    return {data, std::make_shared<TarShards>(expand_braces(data), progress), nullptr};
  if (!fs::exists(path)) throw Error(fmt::format("there is no file or folder '{}'", data));
  if (fs::is_directory(path)) return open_folder(path, progress);
  if (is_image_file(path)) return {data, std::make_shared<ImageFiles>(std::vector{path}), nullptr};
  if (path.extension() == ".csv" || path.extension() == ".jsonl")
    return {data, std::make_shared<Manifest>(path, progress), nullptr};
  if (path.extension() == ".json") return {data, std::make_shared<Coco>(path, fs::path(), progress), nullptr};
  throw Error(
      fmt::format("'{}' is no data set that doppel knows: a folder, a manifest (.csv, .jsonl), COCO's .json, "
                  "a .tar, or an image",
                  data));
}

}  // namespace doppel::dataset
