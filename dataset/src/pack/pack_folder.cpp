#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "apart.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/remote.h"
#include "doppel/dataset/pack/pack.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// 00000.tar, or its beginning by a process that was stopped: 00000.tar.123.tmp.
bool is_shard_name(const std::string& name) {
  constexpr std::size_t kDigits = 5;
  return name.size() > kDigits &&
         std::all_of(name.begin(), name.begin() + kDigits, [](char c) { return c >= '0' && c <= '9'; }) &&
         name.substr(kDigits).starts_with(".tar") && (name.ends_with(".tar") || name.ends_with(".tmp"));
}

/// What of a folder isn't a pack's; empty where all is, or there is no folder.
fs::path foreign_in(const fs::path& folder) {
  if (!is_there(folder)) return {};
  if (!is_folder(folder)) return folder;
  for (const FolderEntry& entry : list_folder(folder))
    if (entry.is_folder || entry.is_special || !is_shard_name(entry.path.filename())) return entry.path;
  return {};
}

}  // namespace

void check_pack_folder(const fs::path& out, const std::string& data) {
  if (is_remote(out.native())) check_writable(out);
  pack::check_apart(out, data);
  constexpr std::array<const char*, 3> kParts{"train", "valid", "test"};
  fs::path foreign;
  if (is_there(out) && !is_folder(out)) foreign = out;
  if (foreign.empty() && is_folder(out))
    for (const FolderEntry& entry : list_folder(out)) {
      const std::string name = entry.path.filename();
      const bool is_part = std::ranges::find(kParts, name) != kParts.end();
      if (is_part && foreign.empty()) foreign = foreign_in(entry.path);
      if (!is_part && (entry.is_folder || entry.is_special || !is_shard_name(name))) foreign = entry.path;
    }
  if (!foreign.empty())
    throw UsageError(fmt::format("{} isn't a pack's: pack into a folder that is new, empty, or holds a pack",
                                 foreign.string()));
}

}  // namespace doppel::dataset
