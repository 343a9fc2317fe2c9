#include "record_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "doppel/base/error.h"
#include "doppel/dataset/sources/parquet.h"
#include "sources/picture_files.h"
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

/// The folder itself, or its folder "data", where they hold files with this ending.
std::optional<Folder> folder_with(const Folder& folder, std::string_view ending) {
  if (!folder.ending({ending}).empty()) return folder;
  const fs::path data = folder.folder({"data"});
  if (!has_file(data, ending)) return {};
  return Folder(data);
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

SourcePtr open_parquet_file(const fs::path& file, const OpenOptions& options) {
  return std::make_shared<ParquetFiles>(std::vector{file}, options.progress,
                                        ParquetOptions{options.table.columns, options.ignore_labels});
}

std::optional<Parts> open_parquet(const Folder& folder, const OpenOptions& options, Remarks& remarks) {
  const auto inside = folder_with(folder, ".parquet");
  if (!inside) return {};
  Parts parts;
  for (const auto& [part, files] : files_by_part(inside->ending({".parquet"})))
    parts[part] = std::make_shared<ParquetFiles>(
        files, options.progress, ParquetOptions{options.table.columns, options.ignore_labels});
  remark_others(*inside, [](const std::string& name) { return name.ends_with(".parquet"); }, remarks);
  remark_beside(folder, *inside, remarks);
  return parts;
}

}  // namespace doppel::dataset
