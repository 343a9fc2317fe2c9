// The one file that the page may write.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

namespace doppel::apps {

/// A recipe's file, which others may change, too: other programs, and other browsers. What somebody knows of
/// it is a version, which is its text's hash. Any thread may call.
class RecipeFile {
 public:
  /// `path` empty: there is none.
  explicit RecipeFile(std::filesystem::path path) : path_(std::move(path)) {}
  const std::filesystem::path& path() const { return path_; }
  /// What is in it; nothing where it isn't there yet. Throws UsageError where none was named.
  std::string text() const;
  /// Of what is in it now; empty where none was named.
  std::string version() const;
  /// Writes over what `known` is the version of. Returns the new one. Throws UsageError where none was named,
  /// and where it holds something else by now.
  std::string save(const std::string& yaml, std::string_view known);

 private:
  std::filesystem::path path_;
  std::mutex saving_;  ///< nothing is written between the look and the writing
};

}  // namespace doppel::apps
