#include "parquet_column.h"

#include <fmt/format.h>

#include <optional>

#include "doppel/base/error.h"
#include "parquet_pages.h"
#include "parquet_values.h"

namespace doppel::dataset {
namespace {

/// The values of a page that are there, with the bytes that they lie in.
struct PageOfValues {
  std::vector<unsigned char> body;
  std::vector<ParquetValue> values;
};

std::size_t width_of(const ParquetLeaf& leaf) {
  switch (leaf.type) {
    case ParquetType::Int32:
    case ParquetType::Float:
      return 4;
    case ParquetType::Int64:
    case ParquetType::Double:
      return 8;
    case ParquetType::FixedBytes:
      return static_cast<std::size_t>(leaf.width);
    default:
      throw Error("a type that isn't read as values");
  }
}

ParquetValue plain_value(ByteReader& bytes, const ParquetLeaf& leaf) {
  switch (leaf.type) {
    case ParquetType::Int32:
      return std::int64_t{bytes.little<std::int32_t>()};
    case ParquetType::Int64:
      return bytes.little<std::int64_t>();
    case ParquetType::Float:
      return double{bytes.little<float>()};
    case ParquetType::Double:
      return bytes.little<double>();
    default:
      return bytes.text(width_of(leaf));
  }
}

std::vector<ParquetValue> truths(ByteReader& bytes, std::size_t count, ParquetEncoding encoding) {
  std::vector<ParquetValue> values;
  values.reserve(count);
  if (encoding == ParquetEncoding::Runs) {
    RunReader runs(bytes.take(bytes.little<std::uint32_t>()), 1);
    for (std::size_t i = 0; i < count; ++i) values.emplace_back(std::int64_t{runs.next()});
    return values;
  }
  if (encoding != ParquetEncoding::Plain) throw Error("an encoding that isn't read");
  const auto packed = bytes.take((count + 7) / 8);
  for (std::size_t i = 0; i < count; ++i) values.emplace_back(std::int64_t{packed[i / 8] >> i % 8 & 1});
  return values;
}

/// `page.values` from `at` on, but for those that a dictionary has.
void read_page_values(PageOfValues& page, std::size_t at, std::size_t count, int number,
                      const ParquetLeaf& leaf) {
  const auto encoding = static_cast<ParquetEncoding>(number);
  page.values.clear();
  if (leaf.type == ParquetType::Bytes) {
    for (const ParquetSlot& slot : byte_slots(page.body, at, count, encoding))
      page.values.emplace_back(
          std::string_view(reinterpret_cast<const char*>(page.body.data()) + slot.at, slot.size));
    return;
  }
  ByteReader bytes(std::span<const unsigned char>(page.body).subspan(at));
  if (leaf.type == ParquetType::Boolean) {
    page.values = truths(bytes, count, encoding);
  } else if (encoding == ParquetEncoding::DeltaNumbers &&
             (leaf.type == ParquetType::Int32 || leaf.type == ParquetType::Int64)) {
    for (const std::int64_t value : delta_numbers(bytes, count)) page.values.emplace_back(value);
    if (page.values.size() != count) throw Error("ends early");
  } else if (encoding == ParquetEncoding::Plain || encoding == ParquetEncoding::PlainDictionary) {
    const std::size_t width = width_of(leaf);
    if (width == 0 || count > bytes.left() / width) throw Error("ends early");
    for (std::size_t i = 0; i < count; ++i) page.values.push_back(plain_value(bytes, leaf));
  } else {
    throw Error(fmt::format("values in the encoding {}, which isn't read", number));
  }
}

class ColumnScan {
 public:
  ColumnScan(const RandomFile& file, const ParquetLeaf& leaf,
             const std::function<void(const ParquetEntry&)>& show)
      : file_(file), leaf_(leaf), show_(show) {}

  void take(const ParquetPage& page) {
    PageOfValues read{parquet_body(file_, page), {}};
    if (page.kind == ParquetPage::Kind::Dictionary) {
      read_page_values(read, 0, page.values, page.encoding, leaf_);
      dictionary_ = std::move(read);
      return;
    }
    const ParquetLevels levels = parquet_levels(read.body, page, leaf_);
    if (!is_dictionary(page.encoding)) {
      read_page_values(read, levels.values_at, levels.present, page.encoding, leaf_);
      std::size_t next = 0;
      return show_all(page, levels, [&] { return read.values[next++]; });
    }
    if (!dictionary_) throw Error("a page of its column has no dictionary before it");
    if (levels.present == 0) return show_all(page, levels, [] { return ParquetValue(); });
    ByteReader bytes(std::span<const unsigned char>(read.body).subspan(levels.values_at));
    const int bits = bytes.byte();
    RunReader runs(bytes.take(bytes.left()), bits);
    show_all(page, levels, [&] {
      const std::uint32_t number = runs.next();
      if (number >= dictionary_->values.size()) throw Error("a value isn't in its column's dictionary");
      return dictionary_->values[number];
    });
  }

 private:
  void show_all(const ParquetPage& page, const ParquetLevels& levels, const auto& next) {
    for (std::uint32_t i = 0; i < page.values; ++i) {
      ParquetEntry entry;
      if (!levels.repetition.empty()) entry.repetition = levels.repetition[i];
      entry.definition = levels.definition.empty() ? leaf_.most_definition : levels.definition[i];
      if (entry.definition == leaf_.most_definition) entry.value = next();
      show_(entry);
    }
  }

  const RandomFile& file_;
  const ParquetLeaf& leaf_;
  const std::function<void(const ParquetEntry&)>& show_;
  std::optional<PageOfValues> dictionary_;
};

}  // namespace

void each_parquet_value(const RandomFile& file, const ParquetLeaf& leaf, const ParquetChunk& chunk,
                        const std::function<void(const ParquetEntry&)>& show) try {
  ColumnScan scan(file, leaf, show);
  each_parquet_page(file, chunk, [&](const ParquetPage& page) { scan.take(page); });
} catch (const Error& error) { throw Error(fmt::format("column {}: {}", leaf.name(), error.what())); }

}  // namespace doppel::dataset
