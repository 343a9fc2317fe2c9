// Where every picture of a written data set comes from.
#pragma once

#include <filesystem>

#include "journal.h"

namespace doppel::dataset::write {

/// Writes provenance.jsonl: for each picture `file` (a shard's member by its name there), `source`, `copy`
/// (0: the original), and of copies `seed`, `epoch`, `index` and `plan`, the YAML that Plan::from_yaml()
/// reads.
void write_provenance(const std::filesystem::path& out, const Journal& journal);

}  // namespace doppel::dataset::write
