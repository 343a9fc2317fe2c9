// What has been written so far: a line of JSON for each sample, in order.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>

#include "doppel/dataset/write/line_journal.h"

namespace doppel::dataset::write {

/// A LineJournal of JSON, each with "files": [[path below the folder, bytes], …], which have to be there in
/// their size.
class Journal {
 public:
  /// See LineJournal.
  Journal(const std::filesystem::path& file, const std::filesystem::path& folder);
  /// How many there are.
  std::size_t lines() const { return lines_.lines(); }
  /// Forgets all but the first `lines`.
  void shorten(std::size_t lines) { lines_.shorten(lines); }
  /// Adds whole lines.
  void append(std::string_view text, std::size_t lines) { lines_.append(text, lines); }
  /// Reads all, from the first.
  void each(const std::function<void(const nlohmann::json& line)>& take) const;

 private:
  LineJournal lines_;
};

}  // namespace doppel::dataset::write
