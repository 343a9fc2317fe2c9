#include "tiff_block.h"

#include <algorithm>

namespace doppel {
namespace {

/// Of one number, by its type: bytes, shorts, longs, longs of 64 bits; 0 for what isn't a whole number.
std::size_t bytes_of_type(std::uint32_t type) {
  return type == 1 ? 1 : type == 3 ? 2 : type == 4 ? 4 : type == 16 ? 8 : 0;
}

}  // namespace

std::optional<TiffBlock> TiffBlock::open(std::span<const unsigned char> bytes) {
  if (bytes.size() < 8 || bytes[0] != bytes[1] || (bytes[0] != 'I' && bytes[0] != 'M')) return {};
  TiffBlock block(bytes, bytes[0] == 'I' ? ByteOrder::Little : ByteOrder::Big);
  block.is_big_ = block.number(2, 2) == 43 && block.number(4, 2) == 8;
  return block.is_big_ || block.number(2, 2) == 42 ? std::optional(block) : std::nullopt;
}

std::uint64_t TiffBlock::number64(std::size_t at) const {
  const std::uint64_t first = number(at, 4), second = number(at + 4, 4);
  return order_ == ByteOrder::Big ? first << 32 | second : second << 32 | first;
}

std::size_t TiffBlock::entries_of(std::size_t directory) const {
  if (directory >= bytes_.size()) return 0;
  return is_big_ ? std::min<std::size_t>(number64(directory), bytes_.size() / 20) : number(directory, 2);
}

std::size_t TiffBlock::size_of(std::size_t directory) const {
  return is_big_ ? 16 + 20 * entries_of(directory) : 6 + 12 * entries_of(directory);
}

std::size_t TiffBlock::next_directory(std::size_t directory) const {
  if (directory >= bytes_.size()) return 0;
  return place_at(directory + size_of(directory) - (is_big_ ? 8 : 4));
}

TiffBlock::Values TiffBlock::find(std::size_t directory, unsigned tag) const {
  // An entry: tag, type, count, values or where they are.
  const std::size_t entries = entries_of(directory), entry_size = is_big_ ? 20 : 12, head = is_big_ ? 8 : 2,
                    inside = is_big_ ? 8 : 4;
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + head + entry_size * i;
    if (entry + entry_size > bytes_.size()) break;
    if (number(entry, 2) != tag) continue;
    const std::size_t size = bytes_of_type(number(entry + 2, 2)), count = place_at(entry + 4);
    if (size == 0) return {};
    const std::size_t own = entry + 4 + inside, at = count <= inside / size ? own : place_at(own);
    if (at > bytes_.size()) return {};
    return {at, size, std::min(count, (bytes_.size() - at) / size)};
  }
  return {};
}

std::uint32_t TiffBlock::value(const Values& values, std::size_t i) const {
  const std::size_t at = values.at + i * values.size;
  if (values.size < 8) return number(at, values.size);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(number64(at), 0xffffffffU));
}

std::uint32_t TiffBlock::number_of(std::size_t directory, unsigned tag, std::uint32_t otherwise) const {
  const Values values = find(directory, tag);
  return values.count > 0 ? value(values, 0) : otherwise;
}

std::vector<std::uint32_t> TiffBlock::numbers_of(std::size_t directory, unsigned tag,
                                                 std::size_t most) const {
  const Values values = find(directory, tag);
  std::vector<std::uint32_t> numbers(std::min(values.count, most));
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = value(values, i);
  return numbers;
}

}  // namespace doppel
