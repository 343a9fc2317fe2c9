// The one file that the page may write.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

#include "doppel/base/error.h"

namespace doppel::apps {

/// Somebody else has written what would be written over.
class FileChanged : public UsageError {
 public:
  using UsageError::UsageError;
};

/// A recipe's file, which others may change, too: other programs, and other browsers. What somebody knows of
/// it is a version, which is its text's hash. Any thread may call.
class RecipeFile {
 public:
  /// `path` empty: there is none.
  explicit RecipeFile(std::filesystem::path path) : path_(std::move(path)) {}
  const std::filesystem::path& path() const { return path_; }
  static std::string version_of(std::string_view text);
  /// What is in it. Throws UsageError where none was named, or it isn't there.
  std::string text() const;
  /// Of what is in it now; empty where none was named, and that of nothing where it isn't there.
  std::string version() const;
  /// Writes over what `known` is the version of. Returns the new one. Throws UsageError where none was named,
  /// and FileChanged where it holds something else by now.
  std::string save(const std::string& yaml, std::string_view known);

 private:
  std::filesystem::path path_;
  std::mutex saving_;  ///< nothing is written between the look and the writing
};

}  // namespace doppel::apps
