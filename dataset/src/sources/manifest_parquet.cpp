#include "manifest_parquet.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "doppel/base/error.h"
#include "doppel/base/random_file.h"
#include "parquet_column.h"
#include "parquet_columns.h"
#include "parquet_footer.h"

namespace doppel::dataset {
namespace {

using JsonTexts = std::vector<std::string>;

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_of(const ParquetValue& value, const std::vector<std::string>& names) {
  if (const auto* text = std::get_if<std::string_view>(&value)) return json_text(*text);
  if (const auto* real = std::get_if<double>(&value))
    return std::isfinite(*real) ? fmt::format("{}", *real) : "null";
  const auto* whole = std::get_if<std::int64_t>(&value);
  if (!whole || (!names.empty() && *whole == -1)) return "null";
  if (names.empty()) return std::to_string(*whole);
  if (*whole < 0 || *whole >= std::ssize(names))
    throw Error(fmt::format("the label {}, but there are {} classes", *whole, names.size()));
  return json_text(names[static_cast<std::size_t>(*whole)]);
}

/// A column of a row group, a text for each row.
JsonTexts json_column(const RandomFile& file, const ParquetLeaf& leaf, const ParquetChunk& chunk,
                      const std::vector<std::string>& names) {
  JsonTexts rows;
  const int lists = leaf.most_repetition;
  bool is_open = false;
  const auto brackets = [&](char bracket, int count) {
    rows.back().append(static_cast<std::size_t>(count), bracket);
  };
  const auto close = [&] {
    if (is_open) brackets(']', lists);
    is_open = false;
  };
  each_parquet_value(file, leaf, chunk, [&](const ParquetEntry& entry) {
    const bool is_none = std::holds_alternative<std::monostate>(entry.value);
    if (entry.repetition == 0) {
      close();
      rows.emplace_back();
      // Of an optional list of optional values: 0 is no list, 1 an empty one.
      const bool is_null = entry.definition == 0 && leaf.most_definition > lists + 1;
      if (is_none && lists > 0) {
        rows.back() = is_null ? "null" : "[]";
        return;
      }
      is_open = lists > 0;
      brackets('[', lists);
    } else if (rows.empty() || !is_open || entry.repetition > lists) {
      throw Error(fmt::format("column {}: a list goes on that never began", leaf.name()));
    } else {
      brackets(']', lists - entry.repetition);
      rows.back() += ',';
      brackets('[', lists - entry.repetition);
    }
    rows.back() += json_of(entry.value, names);
  });
  close();
  return rows;
}

bool is_readable(const ParquetLeaf& leaf) {
  constexpr int kMostLists = 2;
  return leaf.type != ParquetType::Int96 && leaf.type != ParquetType::FixedBytes &&
         (leaf.type != ParquetType::Bytes || leaf.is_text) && leaf.most_repetition <= kMostLists;
}

/// The values of all leaves of one column: one by itself, or several in an object.
void append_column(std::string& line, std::string_view name, const std::vector<std::string>& keys,
                   const std::vector<JsonTexts>& values, std::size_t row) {
  line += line.empty() ? "{" : ", ";
  line += json_text(name) + ": ";
  if (keys.size() == 1 && keys[0].empty()) {
    line += values[0][row];
    return;
  }
  for (std::size_t k = 0; k < keys.size(); ++k)
    line += fmt::format("{}{}: {}", k == 0 ? "{" : ", ", json_text(keys[k]), values[k][row]);
  line += "}";
}

JsonTexts group_lines(const RandomFile& file, const ParquetFooter& footer,
                      const ParquetFooter::RowGroup& group) {
  struct Column {
    std::string name;
    std::vector<std::string> keys;
    std::vector<JsonTexts> values;
  };
  std::vector<Column> columns;
  JsonTexts lines;
  for (std::size_t i = 0; i < footer.leaves.size(); ++i) {
    const ParquetLeaf& leaf = footer.leaves[i];
    if (columns.empty() || columns.back().name != leaf.path[0]) columns.push_back({leaf.path[0], {}, {}});
    columns.back().keys.push_back(parquet_key_within(leaf));
    columns.back().values.push_back(
        is_readable(leaf) ? json_column(file, leaf, group.chunks[i], parquet_class_names(footer, leaf))
                          : JsonTexts());
    if (is_readable(leaf) && lines.empty()) lines.resize(columns.back().values.back().size());
  }
  for (Column& column : columns)
    for (JsonTexts& values : column.values) {
      if (values.empty()) values.resize(lines.size(), "null");
      if (values.size() != lines.size() || lines.size() != group.rows)
        throw Error(fmt::format("column {}: {} values for {} rows", column.name, values.size(), group.rows));
    }
  for (std::size_t row = 0; row < lines.size(); ++row) {
    for (const Column& column : columns)
      append_column(lines[row], column.name, column.keys, column.values, row);
    lines[row] += "}\n";
  }
  return lines;
}

}  // namespace

std::string parquet_json_lines(const std::filesystem::path& file) {
  const RandomFile open(file);
  const ParquetFooter footer = read_parquet_footer(open);
  std::string all;
  for (const auto& group : footer.groups)
    for (const std::string& line : group_lines(open, footer, group)) all += line;
  return all;
}

}  // namespace doppel::dataset
