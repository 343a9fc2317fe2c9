// What a Parquet file's footer says: its columns, where their values lie, and notes by whoever wrote it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "doppel/base/random_file.h"
#include "unpack.h"

namespace doppel::dataset {

enum class ParquetType { Boolean, Int32, Int64, Int96, Float, Double, Bytes, FixedBytes };

/// A column of values: a leaf of the schema, which may lie in structs and lists.
struct ParquetLeaf {
  std::vector<std::string> path;  ///< "image", "bytes"
  ParquetType type = ParquetType::Bytes;
  int width = 0;             ///< bytes of each value of FixedBytes
  bool is_text = false;      ///< UTF-8
  bool is_decimal = false;   ///< numbers with a fraction, as whole ones of its smallest unit
  bool is_unsigned = false;  ///< of 64 bits
  int most_definition = 0;   ///< the level of a value that is there
  int most_repetition = 0;   ///< lists around it
  std::string name() const;  ///< "image.bytes"
};

/// One column's values in one row group.
struct ParquetChunk {
  std::uint64_t at = 0, size = 0;  ///< bytes of the file
  std::uint64_t values = 0;        ///< with those that are null
  int codec = 0;                   ///< as the file numbers them
};

struct ParquetFooter {
  std::vector<ParquetLeaf> leaves;
  struct RowGroup {
    std::uint64_t rows = 0;
    std::vector<ParquetChunk> chunks;  ///< of each leaf
  };
  std::vector<RowGroup> groups;
  std::map<std::string, std::string> notes;
};

/// Throws Error, without the path, where the file is no Parquet, is encrypted or cut off, or lies about what
/// is where.
ParquetFooter read_parquet_footer(const RandomFile& file);

/// Throws Error that names it where it's a codec that nobody reads here.
Packing parquet_packing(int codec);

}  // namespace doppel::dataset
