// What has been written so far: a line of text for each thing, in order.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace doppel::dataset {

/// Of one process at a time. A line is added once what it speaks of is there; whoever is killed goes on after
/// the last line.
class LineJournal {
 public:
  /// Goes on with the one that is there: up to the first line that is torn, or that `holds` says false of;
  /// what follows is forgotten. Throws Error, which names `folder`, where another process writes it.
  LineJournal(std::filesystem::path file, const std::filesystem::path& folder,
              const std::function<bool(const std::string& line)>& holds);
  ~LineJournal();
  LineJournal(const LineJournal&) = delete;
  LineJournal& operator=(const LineJournal&) = delete;
  /// How many there are.
  std::size_t lines() const { return lines_; }
  /// Forgets all but the first `lines`.
  void shorten(std::size_t lines);
  /// Adds whole lines. Throws Error, with the file and the reason.
  void append(std::string_view text, std::size_t lines);
  /// Reads all, from the first.
  void each(const std::function<void(const std::string& line)>& take) const;

 private:
  void cut(std::uint64_t size);
  std::filesystem::path file_;
  int fd_ = -1;
  std::size_t lines_ = 0;
};

}  // namespace doppel::dataset
