#include "record_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "doppel/base/error.h"
#include "doppel/dataset/sources/mds.h"
#include "doppel/dataset/sources/parquet.h"
#include "doppel/dataset/sources/tfrecord.h"
#include "sources/listed_images.h"
#include "sources/text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// "train-00001-of-00003.parquet" taken apart.
struct NumberedName {
  std::string before, after;
  std::int64_t number, of;
  std::size_t digits;
};

std::optional<NumberedName> numbered_name(const std::string& name) {
  const std::size_t of = name.rfind("-of-");
  if (of == name.npos) return {};
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t begin = of, end = of + 4;
  while (begin > 0 && is_digit(name[begin - 1])) --begin;
  while (end < name.size() && is_digit(name[end])) ++end;
  const auto number = whole_number(name.substr(begin, of - begin)),
             count = whole_number(name.substr(of + 4, end - of - 4));
  constexpr std::int64_t kMost = 1'000'000;
  if (!number || !count || *count > kMost) return {};
  return NumberedName{name.substr(0, begin), name.substr(end), *number, *count, of - begin};
}

std::map<Part, std::vector<fs::path>> files_by_part(const std::vector<fs::path>& files) {
  std::map<Part, std::vector<fs::path>> parts;
  for (const fs::path& file : files)
    parts[part_in_name(file.filename().string()).value_or(Part::Train)].push_back(file);
  for (const auto& [part, of_part] : parts) check_numbered(of_part);
  return parts;
}

std::vector<fs::path> parquets_in(const Folder& folder) {
  std::vector<fs::path> files = folder.ending({".parquet"});
  std::erase_if(files, is_metadata);
  return files;
}

/// The folder itself, or its folder "data", where they hold Parquet files.
std::optional<Folder> folder_of_parquets(const Folder& folder) {
  if (!parquets_in(folder).empty()) return folder;
  const fs::path data = folder.folder({"data"});
  if (data.empty() || parquets_in(Folder(data)).empty()) return {};
  return Folder(data);
}

/// Names of classes beside records: a label map, or a list.
fs::path class_names_beside(const Folder& folder) {
  const std::vector<fs::path> maps = folder.ending({".pbtxt"});
  if (maps.size() > 1)
    throw Error(fmt::format("{} has several label maps, {} and {}; leave one of them there",
                            folder.path().string(), maps[0].filename().string(),
                            maps[1].filename().string()));
  return maps.empty() ? folder.file({"labels.txt", "classes.txt", "label_map.txt"}) : maps[0];
}

/// What lies beside a folder "data".
void remark_beside(const Folder& folder, const Folder& used, Remarks& remarks) {
  if (folder.path() == used.path()) return;
  for (const fs::path& file : folder.files()) remark_unread(remarks, folder.path(), file);
  for (const fs::path& path : folder.folders())
    if (path != used.path()) remarks.add("folders that aren't read", path.filename().string());
}

}  // namespace

void check_numbered(const std::vector<fs::path>& files) {
  std::map<std::string, std::set<std::int64_t>> met;
  std::map<std::string, NumberedName> names;
  for (const fs::path& file : files) {
    const auto name = numbered_name(file.filename().string());
    if (!name) continue;
    const std::string series = name->before + "*" + name->after;
    const auto [first, is_new] = names.emplace(series, *name);
    if (first->second.of != name->of)
      throw Error(
          fmt::format("{} is one of {} files, others beside it are of {}: they belong to different writings",
                      file.string(), name->of, first->second.of));
    if (name->number >= name->of || !met[series].insert(name->number).second)
      throw Error(fmt::format("{} can't be one of {} files", file.string(), name->of));
  }
  for (const auto& [series, numbers] : met) {
    const NumberedName& name = names.at(series);
    for (std::int64_t k = 0; k < name.of; ++k)
      if (!numbers.contains(k))
        throw Error(fmt::format(
            "{} is missing: {} of {} files are there",
            (files.front().parent_path() / fmt::format("{}{:0{}}-of-{:0{}}{}", name.before, k, name.digits,
                                                       name.of, name.digits, name.after))
                .string(),
            numbers.size(), name.of));
  }
}

bool is_metadata(const fs::path& file) { return lower(file.filename().string()) == "metadata.parquet"; }

SourcePtr open_parquet_file(const fs::path& file, const OpenOptions& options) {
  return std::make_shared<ParquetFiles>(std::vector{file}, options.progress,
                                        ParquetOptions{options.table.columns, options.ignore_labels});
}

std::optional<Parts> open_mds(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  if (!MdsShards::is_mds(folder.path())) return {};
  Parts parts{
      {Part::Train, std::make_shared<MdsShards>(folder.path(), options.progress,
                                                MdsOptions{options.table.columns, options.ignore_labels})}};
  remark_others(
      folder, [](const std::string& name) { return name == "index.json" || name.find(".mds") != name.npos; },
      remarks);
  return parts;
}

std::optional<Parts> open_parquet(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  const auto inside = folder_of_parquets(folder);
  if (!inside) return {};
  Parts parts;
  for (const auto& [part, files] : files_by_part(parquets_in(*inside)))
    parts[part] = std::make_shared<ParquetFiles>(
        files, options.progress, ParquetOptions{options.table.columns, options.ignore_labels});
  remark_others(
      *inside, [](const std::string& name) { return name.ends_with(".parquet") && !is_metadata(name); },
      remarks);
  remark_beside(folder, *inside, remarks);
  return parts;
}

bool is_tfrecord(const fs::path& file) {
  const std::string name = lower(file.filename().string());
  for (const std::string_view ending :
       {".tfrecord", ".tfrecords", ".tfrec", ".record", ".tfrecord.gz", ".tfrecords.gz"})
    if (name.ends_with(ending)) return true;
  const auto numbered = numbered_name(name);
  return numbered && numbered->after.empty() &&
         (numbered->before.find("rec") != std::string::npos ||
          numbered->before.find('.') == std::string::npos);
}

SourcePtr open_tfrecord_file(const fs::path& file, const OpenOptions& options) {
  return std::make_shared<TfRecords>(
      std::vector{file}, options.progress,
      TfRecordOptions{class_names_beside(Folder(file.parent_path().empty() ? "." : file.parent_path())),
                      options.ignore_labels, options.table.columns});
}

std::optional<Parts> open_tfrecords(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  std::vector<fs::path> files;
  std::ranges::copy_if(folder.files(), std::back_inserter(files), is_tfrecord);
  if (files.empty()) return {};
  const fs::path names = class_names_beside(folder);
  Parts parts;
  for (const auto& [part, of_part] : files_by_part(files))
    parts[part] = std::make_shared<TfRecords>(
        of_part, options.progress, TfRecordOptions{names, options.ignore_labels, options.table.columns});
  const std::string used = lower(names.filename().string());
  remark_others(folder, [&](const std::string& name) { return is_tfrecord(name) || name == used; }, remarks);
  return parts;
}

}  // namespace doppel::dataset
