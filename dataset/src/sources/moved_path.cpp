#include "moved_path.h"

#include <algorithm>
#include <cctype>

#include "doppel/base/files.h"
#include "doppel/base/percent.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kServed = "?d=";  // Label Studio's files of its own disk

}  // namespace

bool has_drive(std::string_view path) {
  return path.size() > 2 && path[1] == ':' && path[2] == '/' &&
         std::isalpha(static_cast<unsigned char>(path[0])) != 0;
}

bool begins_elsewhere(std::string_view name) {
  return name.starts_with('/') || has_drive(name) || name.find("://") != name.npos ||
         name.find(kServed) != name.npos;
}

std::string one_name_of(std::string name) {
  if (name.find("./") == name.npos && name.find("//") == name.npos) return name;
  return fs::path(name).lexically_normal().generic_string();
}

std::string end_of_path(std::string_view name) {
  std::string end(name);
  if (const std::size_t served = name.find(kServed); served != name.npos) {
    end = percent_decoded(name.substr(served + kServed.size()));
  } else if (const std::size_t scheme = name.find("://"); scheme != name.npos) {
    const std::string_view rest = name.substr(scheme + 3);
    end = percent_decoded(rest.substr(std::min(rest.find('/'), rest.size())));
    end.resize(std::min(end.find_first_of("?#"), end.size()));
  } else if (has_drive(name)) {
    end.erase(0, 2);
  }
  end = one_name_of(std::move(end));
  end.erase(0, std::min(end.find_first_not_of('/'), end.size()));
  return end;
}

fs::path moved_below(const fs::path& base, std::string_view name) {
  std::string text(name);
  if (!is_there(base / text)) std::ranges::replace(text, '\\', '/');
  const bool drive = has_drive(text);
  if (drive) text.erase(0, 2);
  const fs::path path = fs::path(text).lexically_normal();
  if (path.empty()) return {};
  const bool foreign = path.is_absolute();
  fs::path below = path;
  if (foreign && !drive) {
    const fs::path inside = path.lexically_relative(fs::absolute(base).lexically_normal());
    if (!inside.empty() && *inside.begin() != "..") return is_there(path) ? inside : fs::path();
  }
  if (foreign) below = path.relative_path();
  while (!below.empty() && *below.begin() == "..") below = below.lexically_relative("..");
  const std::ptrdiff_t parts = std::distance(below.begin(), below.end());
  for (std::ptrdiff_t cut = 0; cut < parts; ++cut) {
    fs::path end;
    for (auto part = std::next(below.begin(), cut); part != below.end(); ++part) end /= *part;
    const bool name_alone = cut > 0 && cut + 1 == parts && !foreign;
    if (is_there(base / end) && (!name_alone || is_folder(base / end))) return end;
  }
  return {};
}

fs::path list_below(const fs::path& base, std::string_view name) {
  if (fs::path found = moved_below(base, name); !found.empty()) return found;
  const std::string_view alone = name.substr(name.find_last_of("/\\") + 1);
  return !alone.empty() && is_file(base / alone) ? fs::path(alone) : fs::path();
}

}  // namespace doppel::dataset
