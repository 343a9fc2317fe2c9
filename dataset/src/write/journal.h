// What has been written so far: a line of JSON for each sample, in order.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>

namespace doppel::dataset::write {

/// Of one process at a time. A line is added once all of its files are there; whoever is killed goes on after
/// the last line. Each has "files": [[path below the folder, bytes], …].
class Journal {
 public:
  /// Goes on with the one that is there: up to the first line that is torn, or whose files aren't there in
  /// their size; what follows is forgotten. Throws Error where another process writes it.
  Journal(std::filesystem::path file, std::filesystem::path folder);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  /// How many there are.
  std::size_t lines() const { return lines_; }
  /// Forgets all but the first `lines`.
  void shorten(std::size_t lines);
  /// Adds whole lines.
  void append(std::string_view text, std::size_t lines);
  /// Reads all, from the first.
  void each(const std::function<void(const nlohmann::json& line)>& take) const;

 private:
  void cut(std::uint64_t size);
  bool holds(const nlohmann::json& line) const;
  std::filesystem::path file_, folder_;
  int fd_ = -1;
  std::size_t lines_ = 0;
};

}  // namespace doppel::dataset::write
