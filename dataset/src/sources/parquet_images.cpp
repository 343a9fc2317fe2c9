#include "parquet_images.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

/// Whether an image is so small that the piece around it is much more.
bool is_small(std::uint64_t bytes, std::size_t images) {
  constexpr std::uint64_t kShare = 4;
  return images > 0 && bytes / images < kSnappyPiece / kShare;
}

/// A page by itself is read in part where its values lie in it as they are.
bool is_in_parts(const ParquetPage& page) {
  return page.packing == Packing::None || page.packing == Packing::Snappy;
}

/// A thread's room, which only grows: pieces are so large that the system would be asked for each.
std::span<unsigned char> room_of(std::vector<unsigned char>& room, std::size_t size) {
  if (room.size() < size) room = std::vector<unsigned char>(size);
  return std::span(room).first(size);
}

}  // namespace

void ParquetImages::add(const RandomFile& file, const ParquetLeaf& leaf, const ParquetChunk& chunk,
                        std::uint64_t rows) {
  if (chunk.values != rows)
    throw Error(fmt::format("column {}: {} values for {} rows", leaf.name(), chunk.values, rows));
  Number dictionary = kNoPage;
  each_parquet_page(file, chunk, [&](const ParquetPage& page) {
    const auto number = static_cast<Number>(pages_.size());
    pages_.push_back({page, &file, &leaf, dictionary, rows_});
    if (page.kind == ParquetPage::Kind::Dictionary) {
      dictionary = number;
    } else {
      data_.push_back(number);
      rows_ += page.values;
    }
  });
  known_.resize(pages_.size());
}

const ParquetImages::Place& ParquetImages::place_of(std::uint64_t row) const {
  const auto after =
      std::ranges::upper_bound(data_, row, {}, [&](Number page) { return pages_[page].first_row; });
  return pages_[*(after - 1)];
}

std::vector<unsigned char> ParquetImages::bytes(std::uint64_t row) const {
  const Place& place = place_of(row);
  try {
    const auto values = values_of(number_of(place));
    const ParquetSlot slot = values->slots[static_cast<std::size_t>(row - place.first_row)];
    if (slot.is_null()) return {};
    return read(values->store == number_of(place) ? *values : *values_of(values->store), slot);
  } catch (const Error& error) {
    throw Error(fmt::format("column {}: {}", place.leaf->name(), error.what()));
  }
}

void ParquetImages::prepare(std::uint64_t row) const {
  const Place& place = place_of(row);
  place.file->fetch(place.page.at, place.page.packed);
}

std::uint64_t ParquetImages::packed_bytes(std::uint64_t row) const { return place_of(row).page.packed; }

std::uint64_t ParquetImages::unpacked_per_row() const {
  std::uint64_t bytes = 0;
  for (const Place& place : pages_)
    if (!is_in_parts(place.page)) bytes += place.page.unpacked;
  return data_.empty() ? 0 : bytes / data_.size();
}

/// Slots among the images that the column's dictionary has.
void ParquetImages::use_dictionary(const Place& place, const std::vector<unsigned char>& body,
                                   const ParquetLevels& levels, Values& values) const {
  if (place.dictionary == kNoPage) throw Error("a page has no dictionary before it");
  values.store = place.dictionary;
  if (levels.present == 0) return;
  const auto images = values_of(place.dictionary);
  ByteReader bytes(std::span<const unsigned char>(body).subspan(levels.values_at));
  const int bits = bytes.byte();
  RunReader runs(bytes.take(bytes.left()), bits);
  for (std::size_t i = 0; i < values.slots.size(); ++i) {
    if (!levels.definition.empty() && levels.definition[i] != place.leaf->most_definition) continue;
    const std::uint32_t number = runs.next();
    if (number >= images->slots.size()) throw Error("a value isn't in its column's dictionary");
    values.slots[i] = images->slots[number];
  }
}

ParquetImages::Unpacked ParquetImages::unpack(Number number) const {
  const Place& place = pages_[number];
  const ParquetPage& page = place.page;
  std::vector<unsigned char> body = parquet_body(*place.file, page);
  auto values = std::make_shared<Values>();
  values->store = number;
  const auto encoding = static_cast<ParquetEncoding>(page.encoding);
  if (page.kind == ParquetPage::Kind::Dictionary) {
    values->slots = byte_slots(body, 0, page.values, encoding);
  } else {
    const ParquetLevels levels = parquet_levels(body, page, *place.leaf);
    values->slots.resize(page.values);
    if (is_dictionary(page.encoding)) {
      use_dictionary(place, body, levels, *values);
      return {values, nullptr};
    }
    const std::vector<ParquetSlot> slots = byte_slots(body, levels.values_at, levels.present, encoding);
    for (std::size_t i = 0, next = 0; i < values->slots.size(); ++i)
      if (levels.definition.empty() || levels.definition[i] == place.leaf->most_definition)
        values->slots[i] = slots[next++];
  }
  values->is_rebuilt = encoding == ParquetEncoding::DeltaBytes;
  if (page.packing == Packing::Snappy && !values->is_rebuilt) {
    std::vector<unsigned char> packed(page.packed - page.levels());
    place.file->read(page.at + page.levels(), packed);
    values->pieces = snappy_pieces(packed);
  }
  return {values, std::make_shared<const std::vector<unsigned char>>(std::move(body))};
}

std::shared_ptr<const ParquetImages::Values> ParquetImages::values_of(Number page) const {
  {
    const std::lock_guard lock(mutex_);
    if (known_[page]) return known_[page];
  }
  const auto [values, body] = unpack(page);
  if (body && is_worth_keeping(page, *values)) unpacked_->keep(page, body);
  const std::lock_guard lock(mutex_);
  return known_[page] = values;
}

/// Of a page that is read in part there is nothing to keep, but for small images.
bool ParquetImages::is_worth_keeping(Number number, const Values& values) const {
  const ParquetPage& page = pages_[number].page;
  if (values.is_rebuilt || page.packing != Packing::None)
    return values.pieces.empty() || is_small(page.unpacked, values.slots.size());
  return false;
}

std::vector<unsigned char> ParquetImages::read(const Values& values, const ParquetSlot& slot) const {
  const Place& place = pages_[values.store];
  const ParquetPage& page = place.page;
  if (slot.size == 0) return {};
  if (page.packing == Packing::None && !values.is_rebuilt) {
    std::vector<unsigned char> bytes(slot.size);
    place.file->read(page.at + slot.at, bytes);
    return bytes;
  }
  std::vector<unsigned char> bytes(slot.size);
  if (unpacked_->read(values.store, slot.at, bytes)) return bytes;
  if (values.pieces.empty()) {
    const UnpackedBlocks::BytesPtr body = unpack(values.store).body;
    std::copy_n(body->begin() + slot.at, slot.size, bytes.begin());
    unpacked_->keep(values.store, body);
    return bytes;
  }
  // Levels lie before what is packed, as they are.
  const std::uint32_t at = slot.at - page.levels(), first = at / kSnappyPiece,
                      last = (at + slot.size - 1) / kSnappyPiece, begin = first * kSnappyPiece;
  const std::uint64_t end =
      std::min<std::uint64_t>((last + 1ULL) * kSnappyPiece, page.unpacked - page.levels());
  thread_local std::vector<unsigned char> packed_room, room;
  const auto packed = room_of(packed_room, values.pieces[last + 1] - values.pieces[first] + kSnappyRoom),
             whole = room_of(room, end - begin);
  place.file->read(page.at + page.levels() + values.pieces[first], packed.subspan(kSnappyRoom));
  unpack_pieces(packed, whole);
  const auto image = whole.subspan(at - begin, slot.size);
  return {image.begin(), image.end()};
}

}  // namespace doppel::dataset
