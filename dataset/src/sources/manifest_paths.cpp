#include "manifest_paths.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/place.h"
#include "doppel/base/remote.h"
#include "doppel/dataset/sources/file_source.h"
#include "moved_path.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

std::string folder_prefix(const fs::path& folder) {
  std::string prefix = folder.lexically_normal().generic_string();
  if (!prefix.ends_with('/')) prefix += '/';
  return prefix;
}

bool goes_up(std::string_view path) {
  return path == ".." || path.starts_with("../") || path.ends_with("/..") ||
         path.find("/../") != std::string_view::npos;
}

}  // namespace

ManifestPaths::ManifestPaths(fs::path root, Foreign foreign) : root_(std::move(root)), foreign_(foreign) {
  const fs::path folder = root_.empty() ? fs::path(".") : root_;
  prefix_ = folder_prefix(fs::absolute(folder));
  true_prefix_ = is_there(folder) ? folder_prefix(true_path(folder)) : prefix_;
}

std::string ManifestPaths::below(std::string_view given, Remarks& remarks) const {
  std::string path(given);
  if (foreign_ == Foreign::Refuse && is_remote(path)) return on_network(path);
  if (path.find('\\') != path.npos && !is_there(root_ / path)) std::ranges::replace(path, '\\', '/');
  if (path.starts_with('/') && !goes_up(path)) {
    path = one_name_of(std::move(path));
    for (const std::string& prefix : {prefix_, true_prefix_})
      if (path.size() > prefix.size() && path.starts_with(prefix)) return path.substr(prefix.size());
  }
  if (foreign_ == Foreign::LookFor && !path.empty()) return look_for(path, remarks);
  if (has_drive(path) || path.starts_with('/'))
    throw Error(
        fmt::format("'{}' leaves the folder {}; files must lie below it, or a root must be given below "
                    "which they are looked for",
                    given, root_.string()));
  if (path.empty() || goes_up(path)) return path_below(root_, path).string();  // which says so
  return one_name_of(std::move(path));
}

/// Who reads a table from one store isn't sent to others by it.
std::string ManifestPaths::on_network(const std::string& address) const {
  const std::string path = without_query(address);
  if (is_remote(root_.native()) && placed_file(root_).at != placed_file(path).at)
    throw Error(fmt::format("'{}' is in another store than {}, which names it", path, root_.string()));
  return path;
}

/// The longest end of a path that is there.
std::string ManifestPaths::look_for(const std::string& path, Remarks& remarks) const {
  const std::size_t up = path.rfind("../");
  std::string end = one_name_of(up == path.npos ? path : path.substr(up + 3));
  if (has_drive(end)) end.erase(0, 3);
  end.erase(0, end.find_first_not_of('/'));
  for (std::string one = end; !one.empty() && !goes_up(one);) {
    if (is_file(root_ / one)) {
      const bool as_it_is = one == end && up == path.npos && !path.starts_with('/') && !has_drive(path);
      if (!as_it_is) remarks.add("paths of another place, looked for below the root", path + " as " + one);
      return one;
    }
    const std::size_t slash = one.find('/');
    if (slash == one.npos) break;
    one.erase(0, slash + 1);
  }
  throw Error(fmt::format("'{}' isn't below {}, nor is what it ends in", path, root_.string()));
}

}  // namespace doppel::dataset
