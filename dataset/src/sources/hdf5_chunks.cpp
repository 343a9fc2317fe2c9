#include "hdf5_chunks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "doppel/base/deflate.h"
#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

constexpr int kDeflate = 1, kShuffle = 2, kLzf = 32'000;

std::uint64_t product_of(const std::vector<std::uint64_t>& sizes) {
  std::uint64_t product = 1;
  for (const std::uint64_t size : sizes) {
    if (size == 0 || product > (std::uint64_t{1} << 40) / size) return 0;
    product *= size;
  }
  return product;
}

void inflate_chunk(const std::vector<unsigned char>& packed, std::vector<unsigned char>& bytes) {
  if (inflate_whole(DeflateForm::Zlib, packed, bytes) != Inflated::Whole)
    throw Error("a chunk of it is damaged");
}

/// LZF, as h5py packs: runs of bytes, and distances back to what is to be repeated.
void unpack_lzf(const std::vector<unsigned char>& packed, std::vector<unsigned char>& bytes) {
  std::size_t from = 0, to = 0;
  const auto next = [&]() -> std::size_t {
    if (from == packed.size()) throw Error("a chunk of it is damaged");
    return packed[from++];
  };
  while (from < packed.size()) {
    const std::size_t first = next();
    const bool run = first < 32;
    std::size_t length = first >> 5;
    if (length == 7) length += next();
    const std::size_t back = run ? 0 : ((first & 31) << 8) + next() + 1;
    length = run ? first + 1 : length + 2;
    if (length > bytes.size() - to || back > to || (run && length > packed.size() - from))
      throw Error("a chunk of it is damaged");
    for (; length > 0; --length, ++to) bytes[to] = run ? packed[from++] : bytes[to - back];
  }
  if (to != bytes.size()) throw Error("a chunk of it is damaged");
}

/// All first bytes of numbers, then all second ones …, as numbers.
void unshuffle(const std::vector<unsigned char>& shuffled, std::size_t size,
               std::vector<unsigned char>& bytes) {
  const std::size_t count = bytes.size() / size;
  for (std::size_t k = 0; k < size; ++k)
    for (std::size_t i = 0; i < count; ++i) bytes[i * size + k] = shuffled[k * count + i];
}

}  // namespace

std::vector<unsigned char> unpacked_hdf5_chunk(std::vector<unsigned char> packed,
                                               const std::vector<int>& packing, unsigned left_out,
                                               std::size_t item, std::uint64_t bytes) {
  for (std::size_t k = packing.size(); k-- > 0;) {
    if (left_out >> k & 1U) continue;
    std::vector<unsigned char> next(bytes);
    if (packing[k] == kDeflate)
      inflate_chunk(packed, next);
    else if (packing[k] == kLzf)
      unpack_lzf(packed, next);
    else if (packed.size() == bytes)
      unshuffle(packed, item, next);
    else
      throw Error("a chunk of it is damaged");
    packed.swap(next);
  }
  if (packed.size() != bytes) throw Error("a chunk of it is damaged");
  return packed;
}

bool Hdf5Chunks::can_read(const Hdf5Dataset& dataset) {
  const auto& shape = dataset.facts.shape;
  if (dataset.facts.kind != ArrayFacts::Kind::Numbers || dataset.chunk.size() != shape.size() ||
      shape.empty() || std::ranges::find(shape, 0U) != shape.end())
    return false;
  const std::uint64_t chunk = product_of(dataset.chunk);
  // As nearly all files are packed: shuffled, and then by one of two ways.
  const auto& packing = dataset.packing;
  const bool shuffled = !packing.empty() && packing[0] == kShuffle;
  const bool usual =
      packing.size() <= (shuffled ? 2U : 1U) && (packing.empty() || packing.back() == kDeflate ||
                                                 packing.back() == kLzf || (shuffled && packing.size() == 1));
  return usual && chunk > 0 && chunk * static_cast<std::uint64_t>(dataset.facts.type.bytes) <= kMostOfChunk;
}

Hdf5Chunks::Hdf5Chunks(const Hdf5File& library, std::size_t dataset)
    : library_(library), dataset_(dataset), facts_(library.datasets()[dataset]) {
  const auto size = static_cast<std::uint64_t>(facts_.facts.type.bytes);
  chunk_bytes_ = product_of(facts_.chunk) * size;
  row_bytes_ = size;
  in_row_.push_back(1);
  for (std::size_t d = 1; d < facts_.chunk.size(); ++d) {
    row_bytes_ *= facts_.facts.shape[d];
    in_row_.push_back((facts_.facts.shape[d] - 1) / facts_.chunk[d] + 1);
  }
  is_whole_rows_ = std::equal(facts_.chunk.begin() + 1, facts_.chunk.end(), facts_.facts.shape.begin() + 1);
  if (facts_.chunk[0] > 1) held_ = std::make_unique<UnpackedBlocks>(kMostInMemory);
}

void Hdf5Chunks::read(std::uint64_t first, std::span<unsigned char> into) const {
  for (std::size_t at = 0; at < into.size(); at += row_bytes_, ++first)
    if (!read_row(first, into.data() + at)) library_.read(dataset_, first, 1, into.data() + at);
}

/// False where one of its chunks was never written.
bool Hdf5Chunks::read_row(std::uint64_t row, unsigned char* into) const {
  std::vector<std::uint64_t> grid(in_row_.size(), 0), place(in_row_.size());
  for (;;) {
    grid[0] = row / facts_.chunk[0];
    std::uint64_t number = 0;
    for (std::size_t d = 0; d < grid.size(); ++d) {
      number = number * in_row_[d] + grid[d];
      place[d] = grid[d] * facts_.chunk[d];
    }
    if (held_ && is_whole_rows_ && held_->read(number, (row - place[0]) * row_bytes_, {into, row_bytes_}))
      return true;
    const BytesPtr chunk = chunk_at(number, place);
    if (!chunk) return false;
    copy(*chunk, place, row, into);
    std::size_t d = grid.size() - 1;
    for (; d > 0 && ++grid[d] == in_row_[d]; --d) grid[d] = 0;
    if (d == 0) return true;
  }
}

Hdf5Chunks::BytesPtr Hdf5Chunks::chunk_at(std::uint64_t number,
                                          const std::vector<std::uint64_t>& place) const {
  if (!held_) return unpacked(place);
  if (BytesPtr chunk = held_->get(number)) return chunk;
  BytesPtr chunk = unpacked(place);
  if (chunk) held_->keep(number, chunk);
  return chunk;
}

/// Null where it was never written.
Hdf5Chunks::BytesPtr Hdf5Chunks::unpacked(const std::vector<std::uint64_t>& place) const {
  Hdf5Chunk chunk = library_.chunk(dataset_, place);
  if (chunk.packed.empty()) return nullptr;
  return std::make_shared<Bytes>(unpacked_hdf5_chunk(std::move(chunk.packed), facts_.packing, chunk.left_out,
                                                     static_cast<std::size_t>(facts_.facts.type.bytes),
                                                     chunk_bytes_));
}

void Hdf5Chunks::copy(const Bytes& chunk, const std::vector<std::uint64_t>& place, std::uint64_t row,
                      unsigned char* into) const {
  const auto& shape = facts_.facts.shape;
  const auto size = static_cast<std::uint64_t>(facts_.facts.type.bytes);
  const std::size_t last = shape.size() - 1;
  if (last == 0) return (void)std::memcpy(into, chunk.data() + (row - place[0]) * size, size);
  const auto width = [&](std::size_t d) { return std::min(facts_.chunk[d], shape[d] - place[d]); };
  std::vector<std::uint64_t> at(shape.size(), 0);
  for (;;) {
    // Of a line: where it begins in the chunk and in the row.
    std::uint64_t from = row - place[0], to = 0;
    for (std::size_t d = 1; d <= last; ++d) {
      from = from * facts_.chunk[d] + at[d];
      to = to * shape[d] + place[d] + at[d];
    }
    std::memcpy(into + to * size, chunk.data() + from * size, width(last) * size);
    std::size_t d = last - 1;
    for (; d > 0 && ++at[d] == width(d); --d) at[d] = 0;
    if (d == 0) return;
  }
}

}  // namespace doppel::dataset
