#include "array_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "doppel/base/error.h"
#include "doppel/dataset/pack/pack.h"
#include "doppel/dataset/sources/cifar.h"
#include "doppel/dataset/sources/cifar_python.h"
#include "doppel/dataset/sources/idx.h"
#include "doppel/dataset/sources/tar_shards.h"
#include "sources/listed_images.h"
#include "sources/text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// Where `text` ends with "images-idx3" and an ending, what the labels' file is called; empty elsewhere.
std::string labels_beside(const std::string& name) {
  const std::string small = lower(name);
  for (const std::string_view images : {"images-idx3", "images.idx3"})
    if (const std::size_t at = small.rfind(images); at != small.npos) {
      std::string labels = name;
      return labels.replace(at, images.size(), std::string("labels") + images[6] + "idx1");
    }
  return "";
}

/// The labels' file, packed or not.
fs::path labels_of(const Folder& folder, const fs::path& images) {
  const std::string name = labels_beside(images.filename().string()),
                    plain = name.ends_with(".gz") ? name.substr(0, name.size() - 3) : name;
  for (const std::string& one : {name, plain, plain + ".gz"})
    for (const fs::path& file : folder.files())
      if (lower(file.filename().string()) == lower(one)) return file;
  throw Error(
      fmt::format("{} has the images of an IDX pair but not its labels ({})", folder.path().string(), name));
}

/// CIFAR-10 has six files, of which the one to measure with is easily lost.
void remark_lost_test(bool has_test, std::string_view file, Remarks& remarks) {
  if (!has_test) remarks.say(fmt::format("there is no {}, CIFAR-10's images to measure with", file));
}

template <class T>
Parts both_parts(const fs::path& folder, typename T::Kind kind, bool has_test) {
  Parts parts{{Part::Train, std::make_shared<T>(folder, kind, T::Split::Train)}};
  if (has_test) parts[Part::Test] = std::make_shared<T>(folder, kind, T::Split::Test);
  return parts;
}

}  // namespace

std::optional<Parts> open_idx(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  std::map<Part, std::pair<fs::path, fs::path>> pairs;
  for (const fs::path& file : folder.files()) {
    const std::string name = file.filename().string();
    if (labels_beside(name).empty()) {
      if (lower(name).find("labels-idx1") == std::string::npos) continue;
      std::string images = lower(name);
      images.replace(images.find("labels-idx1"), 11, "images-idx3");
      const bool has = std::ranges::any_of(folder.files(), [&](const fs::path& other) {
        const std::string own = lower(other.filename().string());
        return own == images || own + ".gz" == images || own == images + ".gz";
      });
      if (!has)
        throw Error(fmt::format("{} has the labels of an IDX pair but not its images ({})",
                                folder.path().string(), images));
      continue;
    }
    // "emnist-letters-test-images-idx3-ubyte": what stands before the images says it.
    const Part part = part_in_name(name.substr(0, lower(name).rfind("images"))).value_or(Part::Train);
    const auto [known, is_new] = pairs.emplace(part, std::pair(file, labels_of(folder, file)));
    if (!is_new && known->second.first.stem() != file.stem() && !name.ends_with(".gz"))
      throw Error(fmt::format("{}: {} and {} are both its {} part; put each pair into a folder of its own",
                              folder.path().string(), known->second.first.filename().string(), name,
                              text_of(part)));
  }
  if (pairs.empty()) {
    const fs::path raw = folder.folder({"raw"});  // torchvision's MNIST/raw
    return raw.empty() ? std::nullopt : open_idx(Folder(raw), options, remarks);
  }
  Parts parts;
  std::set<std::string> read;
  for (const auto& [part, files] : pairs) {
    for (const fs::path& file : {files.first, files.second}) read.insert(lower(file.filename().string()));
    const int classes =
        parts.contains(Part::Train) ? static_cast<int>(parts[Part::Train]->classes().size()) : 0;
    parts[part] = std::make_shared<IdxFiles>(files.first, files.second, classes);
  }
  remark_others(folder, [&](const std::string& name) { return read.contains(name); }, remarks);
  return parts;
}

std::optional<Parts> open_cifar(const Folder& folder, const OpenOptions&, Remarks& remarks) {
  const auto kind = Cifar::kind_in(folder.path());
  if (!kind) return {};
  remark_others(
      folder,
      [](const std::string& name) {
        return name.ends_with(".bin") || name.ends_with(".txt") || name == "readme.html";
      },
      remarks);
  const bool has_test = *kind == Cifar::Kind::Hundred || !folder.file({"test_batch.bin"}).empty();
  remark_lost_test(has_test, "test_batch.bin", remarks);
  return both_parts<Cifar>(folder.path(), *kind, has_test);
}

std::optional<Parts> open_cifar_python(const Folder& folder, const OpenOptions&, Remarks& remarks) {
  const auto kind = CifarPython::kind_in(folder.path());
  if (!kind) return {};
  remark_others(
      folder,
      [](const std::string& name) {
        return name.find("batch") != name.npos || name == "train" || name == "test" || name == "meta" ||
               name.ends_with(".txt~") || name == "readme.html";
      },
      remarks);
  const bool has_test = *kind == CifarPython::Kind::Hundred || !folder.file({"test_batch"}).empty();
  remark_lost_test(has_test, "test_batch", remarks);
  return both_parts<CifarPython>(folder.path(), *kind, has_test);
}

std::optional<Parts> open_pack(const Folder& folder, const OpenOptions&, Remarks&) {
  if (!PackSource::is_pack(folder.path())) return {};
  return Parts{{Part::Train, std::make_shared<PackSource>(folder.path())}};
}

std::optional<Parts> open_tars(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  std::map<Part, std::vector<fs::path>> shards;
  for (const fs::path& file : folder.ending({".tar"}))
    shards[part_in_name(file.filename().string()).value_or(Part::Train)].push_back(file);
  if (shards.empty()) {
    // Beside what was unpacked from it, it's one of the files that aren't read.
    const bool alone = folder.folders().empty() && folder.images().empty();
    for (const fs::path& file : folder.files())
      if (const std::string name = lower(file.filename().string());
          alone && (name.find(".tar.") != name.npos || name.ends_with(".tgz")))
        throw Error(fmt::format(
            "{} is compressed: a sample can't be read from its middle; unpack it to a .tar", file.string()));
    return {};
  }
  Parts parts;
  const fs::path list = folder.file({"classes.txt", "class_names.txt", "classnames.txt"});
  const std::vector<std::string> classes =
      list.empty() ? std::vector<std::string>{} : filled_lines(read_text(list));
  for (const auto& [part, files] : shards) try {
      parts[part] = std::make_shared<TarShards>(files, options.progress, classes, options.table.columns);
    } catch (const Error& error) {
      if (list.empty()) throw;
      throw Error(fmt::format("{} (with {})", error.what(), list.string()));
    }
  const std::string list_name = lower(list.filename().string());
  remark_others(
      folder, [&](const std::string& name) { return name.ends_with(".tar") || name == list_name; }, remarks);
  return parts;
}

}  // namespace doppel::dataset
