#include "parquet_footer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <limits>
#include <optional>

#include "compact_protocol.h"
#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

using Compact = CompactReader;

/// One entry of the schema, which lists a tree from its root down.
struct SchemaElement {
  std::optional<std::int64_t> type;
  std::int64_t width = 0, repetition = 0, children = 0, converted = -1;
  std::string name;
  bool is_string = false, is_decimal = false;
};

SchemaElement schema_element(Compact& in) {
  SchemaElement element;
  in.each_field([&](int id, Compact::Type type) {
    switch (id) {
      case 1:
        element.type = in.whole(type);
        break;
      case 2:
        element.width = in.whole(type);
        break;
      case 3:
        element.repetition = in.whole(type);
        break;
      case 4:
        element.name = in.text(type);
        break;
      case 5:
        element.children = in.whole(type);
        break;
      case 6:
        element.converted = in.whole(type);
        break;
      case 10:  // a union, whose first member is text
        in.expect(type, Compact::Type::Struct);
        in.each_field([&](int which, Compact::Type inner) {
          element.is_string = which == 1, element.is_decimal = which == 5;
          in.skip(inner);
        });
        break;
      default:
        in.skip(type);
    }
  });
  return element;
}

/// Turns the schema's list into leaves.
class SchemaWalk {
 public:
  explicit SchemaWalk(std::vector<ParquetLeaf>& leaves) : leaves_(leaves) {}
  void take(const SchemaElement& element) {
    if (met_++ == 0) return enter(element, {});
    if (open_.empty()) throw Error("its schema has more columns than it says");
    ParquetLeaf here{.path = open_.back().leaf.path,
                     .most_definition = open_.back().leaf.most_definition,
                     .most_repetition = open_.back().leaf.most_repetition};
    here.path.push_back(element.name);
    here.most_definition += element.repetition != 0;
    here.most_repetition += element.repetition == 2;
    --open_.back().children;
    if (element.type)
      add(element, std::move(here));
    else
      enter(element, std::move(here));
    while (!open_.empty() && open_.back().children == 0) open_.pop_back();
  }
  bool is_done() const { return met_ > 0 && open_.empty(); }

 private:
  struct Open {
    ParquetLeaf leaf;
    std::int64_t children;
  };
  void enter(const SchemaElement& element, ParquetLeaf leaf) {
    if (element.children < 0 || open_.size() > 32) throw Error("its schema is damaged");
    if (element.children > 0) open_.push_back({std::move(leaf), element.children});
  }
  void add(const SchemaElement& element, ParquetLeaf leaf) {
    if (*element.type < 0 || *element.type > 7) throw Error("its schema has a column of an unknown type");
    leaf.type = static_cast<ParquetType>(*element.type);
    if (element.width < 0 || element.width > std::numeric_limits<int>::max())
      throw Error("its schema is damaged");
    leaf.width = static_cast<int>(element.width);
    constexpr std::int64_t kDecimal = 5, kUnsigned64 = 14;  // as ConvertedType counts them
    leaf.is_text = element.is_string || element.converted == 0;
    leaf.is_decimal = element.is_decimal || element.converted == kDecimal;
    leaf.is_unsigned = element.converted == kUnsigned64;
    for (const std::string& part : leaf.path) names_size_ += part.size();
    if (names_size_ > kMostNames) throw Error("its schema has more than 64 MiB of names");
    leaves_.push_back(std::move(leaf));
  }
  static constexpr std::size_t kMostNames = 1 << 26;
  std::vector<ParquetLeaf>& leaves_;
  std::vector<Open> open_;
  std::size_t met_ = 0, names_size_ = 0;
};

std::uint64_t not_negative(std::int64_t number) {
  if (number < 0) throw Error("its footer has a negative number of bytes or rows");
  return static_cast<std::uint64_t>(number);
}

ParquetChunk chunk_facts(Compact& in) {
  ParquetChunk chunk;
  std::uint64_t data = 0, dictionary = 0;
  in.each_field([&](int id, Compact::Type type) {
    switch (id) {
      case 4:
        chunk.codec = static_cast<int>(in.whole(type));
        break;
      case 5:
        chunk.values = not_negative(in.whole(type));
        break;
      case 7:
        chunk.size = not_negative(in.whole(type));
        break;
      case 9:
        data = not_negative(in.whole(type));
        break;
      case 11:
        dictionary = not_negative(in.whole(type));
        break;
      default:
        in.skip(type);
    }
  });
  chunk.at = dictionary > 0 && dictionary < data ? dictionary : data;
  return chunk;
}

ParquetChunk column_chunk(Compact& in) {
  ParquetChunk chunk;
  in.each_field([&](int id, Compact::Type type) {
    if (id == 1) throw Error("its columns lie in other files, which isn't read");
    if (id == 8) throw Error("its columns are encrypted");
    if (id != 3) return in.skip(type);
    in.expect(type, Compact::Type::Struct);
    chunk = chunk_facts(in);
  });
  return chunk;
}

ParquetFooter::RowGroup row_group(Compact& in) {
  ParquetFooter::RowGroup group;
  in.each_field([&](int id, Compact::Type type) {
    if (id == 1)
      in.each_element(type, [&](Compact::Type element) {
        in.expect(element, Compact::Type::Struct);
        group.chunks.push_back(column_chunk(in));
      });
    else if (id == 3)
      group.rows = not_negative(in.whole(type));
    else
      in.skip(type);
  });
  return group;
}

void take_note(Compact& in, std::map<std::string, std::string>& notes) {
  std::string key, value;
  in.each_field([&](int id, Compact::Type type) {
    if (id == 1)
      key = in.text(type);
    else if (id == 2)
      value = in.text(type);
    else
      in.skip(type);
  });
  notes[key] = std::move(value);
}

ParquetFooter footer_in(std::span<const unsigned char> bytes) {
  ParquetFooter footer;
  SchemaWalk schema(footer.leaves);
  ByteReader reader(bytes);
  Compact in(reader);
  const auto structs = [&](Compact::Type list, const auto& take) {
    in.each_element(list, [&](Compact::Type element) {
      in.expect(element, Compact::Type::Struct);
      take();
    });
  };
  in.each_field([&](int id, Compact::Type type) {
    switch (id) {
      case 2:
        structs(type, [&] { schema.take(schema_element(in)); });
        break;
      case 4:
        structs(type, [&] { footer.groups.push_back(row_group(in)); });
        break;
      case 5:
        structs(type, [&] { take_note(in, footer.notes); });
        break;
      case 8:
        throw Error("it is encrypted");
      default:
        in.skip(type);
    }
  });
  if (!schema.is_done()) throw Error("its schema has fewer columns than it says");
  return footer;
}

void check_places(const ParquetFooter& footer, std::uint64_t file_size) {
  std::uint64_t rows = 0;
  for (const auto& group : footer.groups) {
    if (group.chunks.size() != footer.leaves.size())
      throw Error(fmt::format("a row group has {} columns, the schema {}", group.chunks.size(),
                              footer.leaves.size()));
    if (group.rows > file_size || (rows += group.rows) > file_size)
      throw Error(fmt::format("it says to have more rows than its {} bytes can hold", file_size));
    for (const ParquetChunk& chunk : group.chunks) {
      if (chunk.values / 8 > file_size)
        throw Error(fmt::format("it says to have more values than its {} bytes can hold", file_size));
      if (chunk.at > file_size || chunk.size > file_size - chunk.at)
        throw Error(fmt::format("a column lies at byte {}, {} long, beyond the file's end at {}", chunk.at,
                                chunk.size, file_size));
    }
  }
}

}  // namespace

std::string ParquetLeaf::name() const { return fmt::format("{}", fmt::join(path, ".")); }

ParquetFooter read_parquet_footer(const RandomFile& file) {
  constexpr std::uint64_t kLeast = 12;
  std::array<unsigned char, 4> head{};
  std::array<unsigned char, 8> tail{};
  const auto is = [](const unsigned char* at, std::string_view magic) {
    return std::string_view(reinterpret_cast<const char*>(at), 4) == magic;
  };
  if (file.size() < kLeast) throw Error(fmt::format("{} bytes are no Parquet file", file.size()));
  file.read(0, head);
  file.read(file.size() - tail.size(), tail);
  if (is(tail.data() + 4, "PARE")) throw Error("it is encrypted");
  if (!is(head.data(), "PAR1")) throw Error("it is no Parquet file: it doesn't begin with PAR1");
  if (!is(tail.data() + 4, "PAR1"))
    throw Error("it doesn't end with PAR1: it was cut off, or is still being written");
  const auto size = ByteReader(tail).little<std::uint32_t>();
  if (size > file.size() - kLeast)
    throw Error(fmt::format("its footer would have {} of its {} bytes", size, file.size()));
  std::vector<unsigned char> bytes(size);
  file.read(file.size() - tail.size() - size, bytes);
  ParquetFooter footer;
  try {
    footer = footer_in(bytes);
  } catch (const Error& error) { throw Error(fmt::format("its footer: {}", error.what())); }
  check_places(footer, file.size());
  return footer;
}

Packing parquet_packing(int codec) {
  switch (codec) {
    case 0:
      return Packing::None;
    case 1:
      return Packing::Snappy;
    case 2:
      return Packing::Gzip;
    case 6:
      return Packing::Zstd;
    case 7:
      return Packing::Lz4;
    default:
      break;
  }
  throw Error(fmt::format("packed by {}, which isn't read; write it with zstd, snappy, gzip, lz4_raw or none",
                          codec == 3   ? "LZO"
                          : codec == 4 ? "Brotli"
                          : codec == 5 ? "Hadoop's LZ4"
                                       : fmt::format("codec {}", codec)));
}

}  // namespace doppel::dataset
