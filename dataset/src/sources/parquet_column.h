// All values of a column of a row group, one after another: labels and boxes, which are read once.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <variant>

#include "parquet_footer.h"

namespace doppel::dataset {

/// Null, a whole number, a real one, or bytes, which are gone after the call that shows them.
using ParquetValue = std::variant<std::monostate, std::int64_t, double, std::string_view>;

/// A value and where it belongs.
struct ParquetEntry {
  int repetition = 0;  ///< 0: the first of a row
  int definition = 0;  ///< below the leaf's most: null, or an empty list around it
  ParquetValue value;
};

/// Shows each value. Throws Error, without the path, for what can't be read.
void each_parquet_value(const RandomFile& file, const ParquetLeaf& leaf, const ParquetChunk& chunk,
                        const std::function<void(const ParquetEntry&)>& show);

}  // namespace doppel::dataset
