#include "parquet_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "compact_protocol.h"
#include "doppel/base/error.h"
#include "parquet_values.h"

namespace doppel::dataset {
namespace {

using Compact = CompactReader;

constexpr std::uint32_t kMostValues = 1 << 24;  ///< of a page

std::uint32_t page_number(Compact& in, Compact::Type type) {
  const std::int64_t number = in.whole(type);
  if (number < 0 || number > std::numeric_limits<std::int32_t>::max())
    throw Error("a page has a negative size");
  return static_cast<std::uint32_t>(number);
}

struct PageHeader {
  ParquetPage page;
  bool is_known = true, is_packed = true;
};

/// The header of a kind of page; which field says what.
void read_page_kind(Compact& in, PageHeader& header, ParquetPage::Kind kind) {
  ParquetPage& page = header.page;
  page.kind = kind;
  const bool v2 = kind == ParquetPage::Kind::DataV2;
  in.each_field([&](int id, Compact::Type type) {
    if (id == 1)
      page.values = page_number(in, type);
    else if (id == (v2 ? 4 : 2))
      page.encoding = static_cast<int>(page_number(in, type));
    else if (v2 && id == 5)
      page.definition = page_number(in, type);
    else if (v2 && id == 6)
      page.repetition = page_number(in, type);
    else if (v2 && id == 7)
      header.is_packed = Compact::flag(type);
    else
      in.skip(type);
  });
}

PageHeader read_page_header(ByteReader& bytes) {
  Compact in(bytes);
  PageHeader header;
  std::int64_t kind = -1;
  const auto take = [&](std::int64_t wanted, ParquetPage::Kind of, Compact::Type type) {
    in.expect(type, Compact::Type::Struct);
    if (kind != wanted) throw Error("a page's header is of another kind than it says");
    read_page_kind(in, header, of);
  };
  in.each_field([&](int id, Compact::Type type) {
    switch (id) {
      case 1:
        kind = in.whole(type);
        break;
      case 2:
        header.page.unpacked = page_number(in, type);
        break;
      case 3:
        header.page.packed = page_number(in, type);
        break;
      case 5:
        take(0, ParquetPage::Kind::Data, type);
        break;
      case 7:
        take(2, ParquetPage::Kind::Dictionary, type);
        break;
      case 8:
        take(3, ParquetPage::Kind::DataV2, type);
        break;
      default:
        in.skip(type);
    }
  });
  header.is_known = kind == 0 || kind == 2 || kind == 3;
  const ParquetPage& page = header.page;
  if (page.repetition > page.packed || page.definition > page.packed - page.repetition ||
      page.levels() > page.unpacked)
    throw Error("a page has more levels than bytes");
  return header;
}

/// A header of unknown length (it may hold the least and the greatest value): read with more room until it
/// fits.
PageHeader page_header_at(const RandomFile& file, std::uint64_t at, std::uint64_t end, std::uint64_t& body) {
  constexpr std::uint64_t kFirst = 128, kMost = 1 << 26;
  std::vector<unsigned char> room;
  for (std::uint64_t size = kFirst;; size *= 8) {
    room.resize(static_cast<std::size_t>(std::min(size, end - at)));
    file.read(at, room);
    ByteReader bytes(room);
    try {
      const PageHeader header = read_page_header(bytes);
      body = at + room.size() - bytes.left();
      return header;
    } catch (const Error&) {
      if (room.size() == end - at || size >= kMost) throw;
    }
  }
}

}  // namespace

void each_parquet_page(const RandomFile& file, const ParquetChunk& chunk,
                       const std::function<void(const ParquetPage&)>& show) {
  const std::uint64_t end = chunk.at + chunk.size;
  std::uint64_t values = 0;
  for (std::uint64_t at = chunk.at; at < end && values < chunk.values;) try {
      std::uint64_t body = 0;
      PageHeader header = page_header_at(file, at, end, body);
      if (header.page.packed > end - body) throw Error("a page ends beyond its column");
      at = body + header.page.packed;
      if (!header.is_known) continue;
      header.page.at = body;
      header.page.packing = header.is_packed ? parquet_packing(chunk.codec) : Packing::None;
      if (header.page.kind != ParquetPage::Kind::Dictionary) values += header.page.values;
      if (header.page.values > chunk.values) throw Error("a page has more values than its column");
      if (header.page.values > kMostValues)
        throw Error(fmt::format("{} values in a page; up to {} are read", header.page.values, kMostValues));
      show(header.page);
    } catch (const Error& error) { throw Error(fmt::format("the page at byte {}: {}", at, error.what())); }
  if (values != chunk.values)
    throw Error(fmt::format("the pages from byte {} on have {} values, the footer says {}", chunk.at, values,
                            chunk.values));
}

std::vector<unsigned char> parquet_body(const RandomFile& file, const ParquetPage& page) {
  std::vector<unsigned char> packed(page.packed);
  file.read(page.at, packed);
  if (page.packing == Packing::None) {
    if (page.packed != page.unpacked) throw Error("a page has another size than it says");
    return packed;
  }
  const std::span<const unsigned char> all(packed);
  if (page.levels() == 0) return unpacked(page.packing, all, page.unpacked);
  std::vector<unsigned char> body(all.begin(), all.begin() + page.levels());
  const std::vector<unsigned char> values =
      unpacked(page.packing, all.subspan(page.levels()), page.unpacked - page.levels());
  body.insert(body.end(), values.begin(), values.end());
  return body;
}

ParquetLevels parquet_levels(std::span<const unsigned char> body, const ParquetPage& page,
                             const ParquetLeaf& leaf) {
  ParquetLevels levels;
  ByteReader bytes(body);
  const bool v2 = page.kind == ParquetPage::Kind::DataV2;
  const auto read = [&](int most, std::uint32_t v2_size, std::vector<std::uint8_t>& into) {
    if (most > 255) throw Error("nested too deep");
    if (most == 0 && !v2) return;
    const auto packed = bytes.take(v2 ? v2_size : bytes.little<std::uint32_t>());
    if (most == 0) return;
    RunReader runs(packed, bits_for(static_cast<std::uint32_t>(most)));
    into.resize(page.values);
    for (std::uint8_t& level : into) {
      const std::uint32_t value = runs.next();
      if (value > static_cast<std::uint32_t>(most)) throw Error("a level is beyond its most");
      level = static_cast<std::uint8_t>(value);
    }
  };
  read(leaf.most_repetition, page.repetition, levels.repetition);
  read(leaf.most_definition, page.definition, levels.definition);
  levels.values_at = body.size() - bytes.left();
  levels.present =
      levels.definition.empty()
          ? page.values
          : static_cast<std::size_t>(std::ranges::count(levels.definition, leaf.most_definition));
  return levels;
}

}  // namespace doppel::dataset
