#include "lmdb_folder.h"

#include <algorithm>
#include <set>

#include "doppel/base/files.h"
#include "doppel/dataset/combine/concat.h"
#include "doppel/dataset/sources/lmdb.h"
#include "record_folders.h"
#include "sources/text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// A database with what its name says: "bedroom_train_lmdb" is the training part of "bedroom".
struct NamedLmdb {
  fs::path path;
  Part part = Part::Train;
  std::string rest;
};

std::string without_end(std::string name, std::string_view end) {
  if (lower(name).ends_with(end)) name.resize(name.size() - end.size());
  while (!name.empty() && (name.back() == '_' || name.back() == '-' || name.back() == '.')) name.pop_back();
  return name;
}

NamedLmdb named_lmdb(const fs::path& path) {
  std::string name = path.filename().string();
  name = without_end(name, lower(name).ends_with("lmdb") ? "lmdb" : ".mdb");
  NamedLmdb found{path, part_in_name(name).value_or(Part::Train), name};
  const std::size_t cut = name.find_last_of("_-.");
  if (cut != name.npos && part_named(name.substr(cut + 1))) found.rest = name.substr(0, cut);
  return found;
}

bool is_called_lmdb(const fs::path& path) {
  const std::string name = lower(path.filename().string());
  return name.ends_with("lmdb") || name.ends_with(".mdb");
}

fs::path names_beside(const Folder& folder) {
  return folder.file({"labels.txt", "classes.txt", "class_names.txt", "label_map.txt"});
}

SourcePtr lmdb_source(const fs::path& path, const fs::path& names, const std::string& only_class,
                      const OpenOptions& options) {
  return std::make_shared<LmdbImages>(path, options.progress,
                                      LmdbOptions{names, only_class, options.ignore_labels});
}

/// Several of one part: without labels, each is a class.
SourcePtr joined_lmdb(const std::vector<NamedLmdb>& all, const fs::path& names, const OpenOptions& options) {
  std::vector<SourcePtr> sources;
  bool labelled = false;
  for (const NamedLmdb& one : all) {
    sources.push_back(lmdb_source(one.path, names, "", options));
    labelled = labelled || !sources.back()->classes().empty();
  }
  if (!labelled)
    for (std::size_t i = 0; i < all.size(); ++i)
      sources[i] = lmdb_source(all[i].path, "", all[i].rest, options);
  return sources.size() == 1 ? sources[0] : std::make_shared<Concat>(std::move(sources));
}

}  // namespace

SourcePtr open_lmdb_file(const fs::path& file, const OpenOptions& options) {
  const fs::path folder = file.parent_path().empty() ? "." : file.parent_path();
  return lmdb_source(file, names_beside(Folder(folder)), "", options);
}

std::optional<Parts> open_lmdb(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  const fs::path names = names_beside(folder);
  std::set<std::string> used{lower(names.filename().string()), "lock.mdb"};
  if (LmdbImages::is_lmdb(folder.path())) {
    used.insert({"data.mdb", "meta_info.txt"});
    remark_others(folder, [&](const std::string& name) { return used.contains(name); }, remarks);
    return Parts{{Part::Train, lmdb_source(folder.path(), names, "", options)}};
  }
  std::map<Part, std::vector<NamedLmdb>> found;
  std::set<std::string> classes;
  for (const auto* paths : {&folder.folders(), &folder.files()})
    for (const fs::path& path : *paths) {
      if (!is_called_lmdb(path) || !LmdbImages::is_lmdb(path)) continue;
      NamedLmdb one = named_lmdb(path);
      classes.insert(one.rest);
      used.insert({lower(path.filename().string()), lower(path.filename().string()) + "-lock"});
      found[one.part].push_back(std::move(one));
    }
  if (found.empty()) return {};
  Parts parts;
  for (auto& [part, all] : found) {
    // One class in all is none: "mnist_train_lmdb".
    if (classes.size() == 1)
      for (NamedLmdb& one : all) one.rest.clear();
    parts[part] = joined_lmdb(all, names, options);
  }
  for (const fs::path& file : folder.files())
    if (!used.contains(lower(file.filename().string())))
      remarks.add("files that aren't read", file.filename().string());
  for (const fs::path& path : folder.folders())
    if (!used.contains(lower(path.filename().string())))
      remarks.add("folders that aren't read", path.filename().string());
  return parts;
}

}  // namespace doppel::dataset
