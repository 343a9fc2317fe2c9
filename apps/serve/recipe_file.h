// The one file that the page may write.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>

namespace doppel::apps {

/// A recipe's file, which others may change, too. Any thread may call.
class RecipeFile {
 public:
  /// `path` empty: there is none.
  explicit RecipeFile(std::filesystem::path path);
  const std::filesystem::path& path() const { return path_; }
  /// Throws UsageError where there is none, and, once, where somebody else has changed it.
  void save(const std::string& yaml);
  /// What is in it, which is known from then on. Throws UsageError where there is none.
  std::string read();
  /// Whether somebody else has changed it since it was last read or saved.
  bool is_changed() const;

 private:
  void check_there() const;
  std::filesystem::path path_;
  mutable std::mutex mutex_;
  std::string known_;  ///< what was last known to be in it
};

}  // namespace doppel::apps
