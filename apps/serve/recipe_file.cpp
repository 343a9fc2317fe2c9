#include "serve/recipe_file.h"

#include <fmt/format.h>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/hash.h"

namespace doppel::apps {

std::string RecipeFile::version_of(std::string_view text) { return fmt::format("{:016x}", fnv1a(text)); }

std::string RecipeFile::text() const {
  if (path_.empty())
    throw UsageError("no recipe was named that could be written: start doppel serve with --recipe FILE.yaml");
  if (!is_there(path_)) throw UsageError(fmt::format("{} is gone; save writes it anew", path_.string()));
  const std::vector<unsigned char> bytes = read_file(path_);
  return {bytes.begin(), bytes.end()};
}

std::string RecipeFile::version() const {
  return path_.empty() ? "" : version_of(is_there(path_) ? text() : "");
}

std::string RecipeFile::save(const std::string& yaml, std::string_view known) {
  const std::lock_guard lock(saving_);
  if (path_.empty()) (void)text();
  if (version() != known)
    throw FileChanged(
        fmt::format("{} was changed meanwhile; save once more to write over it", path_.string()));
  write_file(path_, yaml);
  return version_of(yaml);
}

}  // namespace doppel::apps
