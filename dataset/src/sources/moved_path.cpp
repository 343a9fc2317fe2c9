#include "moved_path.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "doppel/base/files.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

bool has_drive(std::string_view path) {
  return path.size() > 2 && path[1] == ':' && path[2] == '/' &&
         std::isalpha(static_cast<unsigned char>(path[0])) != 0;
}

}  // namespace

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
