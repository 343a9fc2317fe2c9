#include "tiff_block.h"

#include <algorithm>

namespace doppel {
namespace {

constexpr std::size_t kEntry = 12;  // tag, type, count, values or where they are

/// Of one number, by its type: bytes, shorts and longs; 0 for what isn't a whole number.
std::size_t bytes_of_type(std::uint32_t type) { return type == 1 ? 1 : type == 3 ? 2 : type == 4 ? 4 : 0; }

}  // namespace

std::optional<TiffBlock> TiffBlock::open(std::span<const unsigned char> bytes) {
  if (bytes.size() < 8 || bytes[0] != bytes[1] || (bytes[0] != 'I' && bytes[0] != 'M')) return {};
  const TiffBlock block(bytes, bytes[0] == 'I' ? ByteOrder::Little : ByteOrder::Big);
  return block.number(2, 2) == 42 ? std::optional(block) : std::nullopt;
}

std::size_t TiffBlock::next_directory(std::size_t directory) const {
  return number(directory + size_of(directory) - 4, 4);
}

TiffBlock::Values TiffBlock::find(std::size_t directory, unsigned tag) const {
  const std::size_t entries = number(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + kEntry * i;
    if (entry + kEntry > bytes_.size()) break;
    if (number(entry, 2) != tag) continue;
    const std::size_t size = bytes_of_type(number(entry + 2, 2)), count = number(entry + 4, 4);
    const std::size_t at = size * count <= 4 ? entry + 8 : number(entry + 8, 4);
    if (size == 0 || at > bytes_.size()) return {};
    return {at, size, std::min(count, (bytes_.size() - at) / size)};
  }
  return {};
}

std::uint32_t TiffBlock::number_of(std::size_t directory, unsigned tag, std::uint32_t otherwise) const {
  const Values values = find(directory, tag);
  return values.count > 0 ? number(values.at, values.size) : otherwise;
}

std::vector<std::uint32_t> TiffBlock::numbers_of(std::size_t directory, unsigned tag,
                                                 std::size_t most) const {
  const Values values = find(directory, tag);
  std::vector<std::uint32_t> numbers(std::min(values.count, most));
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = number(values.at + i * values.size, values.size);
  return numbers;
}

}  // namespace doppel
