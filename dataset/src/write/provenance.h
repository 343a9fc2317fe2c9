// Where every image of a written data set comes from.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "text_file.h"

namespace doppel::dataset::write {

/// Writes provenance.jsonl: for each image `file` (a shard's member by its name there), `source`, `copy`
/// (0: the original), and of copies `seed`, `epoch`, `index` and `plan`, which Plan::from_yaml() reads.
class Provenance {
 public:
  explicit Provenance(const std::filesystem::path& out) : file_(out / "provenance.jsonl") {}
  /// A sample's images, by their line in the journal.
  void add(const nlohmann::json& line);
  /// Throws Error as TextFile does.
  void finish() { file_.finish(); }

 private:
  TextFile file_;
};

}  // namespace doppel::dataset::write
