// A Parquet file without images as a table of them: Hugging Face's metadata.parquet.
#pragma once

#include <filesystem>
#include <string>

namespace doppel::dataset {

/// Each row as an object of JSON, a line each: numbers, texts, lists of these and structs of those. Classes
/// that `datasets` notes are their names. Anything else is null. Throws Error, without the path.
std::string parquet_json_lines(const std::filesystem::path& file);

}  // namespace doppel::dataset
