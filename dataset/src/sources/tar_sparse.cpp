#include "tar_sparse.h"

#include <fmt/format.h>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

constexpr std::size_t kPair = 24;  // two numbers of 12 characters

/// Up to `count` pairs; fewer where one is left free. Whether more follow is said after them.
bool append_pairs(SparseMap& map, const TarHeader& block, std::size_t at, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t pair = at + i * kPair;
    if (block.raw(pair + kPair / 2, 1)[0] == '\0') break;
    map.emplace_back(block.number(pair, kPair / 2), block.number(pair + kPair / 2, kPair / 2));
  }
  return block.raw(at + count * kPair, 1)[0] != '\0';
}

/// Decimal lines out of blocks.
class MapLines {
 public:
  MapLines(const NextBlock& next, std::uint64_t blocks) : next_(next), left_(blocks) {}
  std::uint64_t number() {
    std::uint64_t value = 0;
    bool any = false;
    for (unsigned char c = character(); c != '\n'; c = character()) {
      if (c < '0' || c > '9' || value >> 58 != 0) throw Error("a sparse map that isn't in numbers");
      value = value * 10 + (c - '0');
      any = true;
    }
    if (!any) throw Error("a sparse map that isn't in numbers");
    return value;
  }

 private:
  unsigned char character() {
    if (place_ == text_.size()) {
      if (left_-- == 0) throw Error("a sparse map that goes beyond its member");
      const TarBlock block = next_();
      text_.assign(block.begin(), block.end());
      place_ = 0;
    }
    return text_[place_++];
  }
  const NextBlock& next_;
  std::uint64_t left_;
  std::vector<unsigned char> text_;
  std::size_t place_ = 0;
};

}  // namespace

SparseMap old_sparse_map(const TarHeader& header, const NextBlock& next) {
  SparseMap map;
  bool more = append_pairs(map, header, 386, 4);
  while (more) more = append_pairs(map, TarHeader(next()), 0, 21);
  return map;
}

SparseMap sparse_map_in_content(const NextBlock& next, std::uint64_t blocks) {
  MapLines lines(next, blocks);
  SparseMap map;
  for (std::uint64_t left = lines.number(); left > 0; --left) {
    const std::uint64_t offset = lines.number();
    map.emplace_back(offset, lines.number());
  }
  return map;
}

std::vector<TarPiece> pieces_of(const SparseMap& map, std::uint64_t at, std::uint64_t stored,
                                std::uint64_t size) {
  std::vector<TarPiece> pieces;
  std::uint64_t end = 0, left = stored;
  for (const auto& [offset, bytes] : map) {
    if (offset < end || offset > size || bytes > size - offset)
      throw Error(fmt::format("a sparse map whose piece of {} bytes from byte {} can't be in a file of {}",
                              bytes, offset, size));
    if (bytes > left)
      throw Error(fmt::format("a sparse map of more than the {} bytes that are stored", stored));
    if (bytes > 0) pieces.push_back({offset, at + (stored - left), bytes});
    end = offset + bytes;
    left -= bytes;
  }
  if (left > 0)
    throw Error(fmt::format("a sparse map of {} bytes where {} are stored", stored - left, stored));
  return pieces;
}

}  // namespace doppel::dataset
