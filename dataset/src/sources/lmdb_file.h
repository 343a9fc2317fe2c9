// LMDB's files (data.mdb): keys and values in a B+ tree of pages, read by their places.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "doppel/base/random_file.h"

namespace doppel::dataset {

/// A key and where its value lies.
struct LmdbEntry {
  std::string_view key;
  std::uint64_t at = 0, size = 0;        ///< of the value, in the file
  std::span<const unsigned char> begin;  ///< of the value, all of a short one
};

/// What a database says of itself.
struct LmdbFacts {
  std::uint64_t entries = 0;
  bool whole_number_keys = false;  ///< keys are numbers of the machine, 4 or 8 bytes (MDB_INTEGERKEY)
  bool sorted = false;             ///< by their bytes
};

/// Whether a file begins as LMDB's do, of any machine.
bool is_lmdb_file(const std::filesystem::path& file);

/// Shows every key and value of the file's only database, in its order: the unnamed one, or where that holds
/// nothing but one named database, that. No page is believed beyond what it can hold, none is visited twice.
/// Throws Error, without the path, where the file is no LMDB of a 64-bit little-endian machine, is cut off
/// or damaged, has several values for a key, or several databases.
LmdbFacts each_lmdb_entry(const RandomFile& file,
                          const std::function<void(const LmdbFacts&, const LmdbEntry&)>& show);

}  // namespace doppel::dataset
