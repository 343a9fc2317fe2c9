// What people call the keys of images in LMDB, and what stands beside them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lmdb_file.h"

namespace doppel::dataset {

/// A key as people read it: its text, its number where keys are such, or else its bytes ("0x00ff").
std::string lmdb_key_text(std::string_view key, bool whole_number_keys);
/// "label-000000001", "000000001_label", "labels/1": the word is its first or its last.
bool is_label_key(std::string_view key);
/// The same with "image" for "label".
std::string key_of_image(std::string_view key_of_label);
/// "num-samples", "length" and the like: how many images there are.
bool is_count_key(std::string_view key);
/// 256 of "256-00017".
std::optional<std::uint64_t> size_in_key(std::string_view key);
/// A short value that is UTF-8 without control characters.
std::optional<std::string> lmdb_text(const RandomFile& file, const LmdbEntry& entry);

/// A line of meta_info.txt, as BasicSR and MMEditing write it: "0801.png (1404,2040,3) 1".
struct LmdbListed {
  std::string key;  ///< the name without its ending
  std::uint16_t height = 0, width = 0;
};
/// Throws Error with file and line.
std::vector<LmdbListed> lmdb_list(const std::filesystem::path& file);

}  // namespace doppel::dataset
