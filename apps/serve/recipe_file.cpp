#include "serve/recipe_file.h"

#include <fmt/format.h>

#include <utility>

#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::apps {
namespace {

/// All of a file; nothing where there is none.
std::string text_of_file(const std::filesystem::path& file) {
  if (!is_there(file)) return {};
  const std::vector<unsigned char> bytes = read_file(file);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

RecipeFile::RecipeFile(std::filesystem::path path) : path_(std::move(path)) {
  if (!path_.empty()) known_ = text_of_file(path_);
}

void RecipeFile::check_there() const {
  if (path_.empty())
    throw UsageError("no recipe was named that could be written: start doppel serve with --recipe FILE.yaml");
}

void RecipeFile::save(const std::string& yaml) {
  check_there();
  const std::lock_guard lock(mutex_);
  if (std::string now = text_of_file(path_); now != known_) {
    known_ = std::move(now);
    throw UsageError(
        fmt::format("{} was changed meanwhile; save once more to write over it", path_.string()));
  }
  write_file(path_, yaml);
  known_ = yaml;
}

std::string RecipeFile::read() {
  check_there();
  const std::lock_guard lock(mutex_);
  known_ = text_of_file(path_);
  return known_;
}

bool RecipeFile::is_changed() const {
  const std::lock_guard lock(mutex_);
  return !path_.empty() && text_of_file(path_) != known_;
}

}  // namespace doppel::apps
