#include "parquet_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

constexpr std::uint64_t kMostValueBytes = std::numeric_limits<std::int32_t>::max();
/// What values that repeat each other's beginnings may become: this, or so many times their bytes.
constexpr std::uint64_t kUsualValues = 1 << 28, kMostOfAByte = 16;

std::vector<ParquetSlot> plain_slots(std::span<const unsigned char> body, std::size_t at, std::size_t count) {
  ByteReader bytes(body.subspan(at));
  if (count > bytes.left() / 4) throw Error("ends early");
  std::vector<ParquetSlot> slots(count);
  for (ParquetSlot& slot : slots) {
    slot.size = bytes.little<std::uint32_t>();
    slot.at = static_cast<std::uint32_t>(body.size() - bytes.left());
    (void)bytes.take(slot.size);
  }
  return slots;
}

/// Lengths, then all bytes.
std::vector<ParquetSlot> slots_by_lengths(std::span<const unsigned char> body, ByteReader& bytes,
                                          std::size_t count) {
  const std::vector<std::int64_t> lengths = delta_numbers(bytes, count);
  if (lengths.size() != count) throw Error(fmt::format("{} lengths for {} values", lengths.size(), count));
  std::vector<ParquetSlot> slots;
  slots.reserve(count);
  for (const std::int64_t length : lengths) {
    const std::size_t at = body.size() - bytes.left();
    if (length < 0) throw Error("a negative length");
    (void)bytes.take(static_cast<std::uint64_t>(length));
    slots.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(length)});
  }
  return slots;
}

/// How much each has in common with the one before it, then the rest of each.
std::vector<ParquetSlot> slots_by_prefixes(std::vector<unsigned char>& body, std::size_t at,
                                           std::size_t count) {
  ByteReader bytes(std::span<const unsigned char>(body).subspan(at));
  const std::vector<std::int64_t> prefixes = delta_numbers(bytes, count);
  if (prefixes.size() != count) throw Error(fmt::format("{} prefixes for {} values", prefixes.size(), count));
  std::vector<ParquetSlot> slots = slots_by_lengths(body, bytes, count);
  std::vector<unsigned char> whole;
  const std::uint64_t most = std::min(kMostValueBytes, std::max(kUsualValues, kMostOfAByte * body.size()));
  ParquetSlot last{0, 0};
  for (std::size_t i = 0; i < count; ++i) {
    const auto prefix = static_cast<std::uint64_t>(prefixes[i]);
    if (prefixes[i] < 0 || prefix > last.size) throw Error("a prefix is longer than the value before it");
    const ParquetSlot rest = slots[i];
    if (whole.size() + prefix + rest.size > most)
      throw Error(fmt::format("values of more than {} bytes in a page of {}", most, body.size()));
    const std::size_t begin = whole.size();
    whole.resize(begin + prefix + rest.size);
    std::memcpy(whole.data() + begin, whole.data() + last.at, prefix);
    if (rest.size > 0) std::memcpy(whole.data() + begin + prefix, body.data() + rest.at, rest.size);
    last = slots[i] = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(prefix + rest.size)};
  }
  body = std::move(whole);
  return slots;
}

}  // namespace

RunReader::RunReader(std::span<const unsigned char> bytes, int bits) : bytes_(bytes), bits_(bits) {
  if (bits < 0 || bits > 32) throw Error(fmt::format("numbers of {} bits", bits));
}

std::uint32_t RunReader::next() {
  while (repeats_ == 0 && literals_ == 0) {
    const std::uint64_t head = bytes_.varint();
    if ((head & 1) != 0) {
      literals_ = (head >> 1) * 8;
      held_ = 0, held_bits_ = 0;
      continue;
    }
    repeats_ = head >> 1;
    value_ = 0;
    for (int i = 0; i < (bits_ + 7) / 8; ++i) value_ |= static_cast<std::uint32_t>(bytes_.byte()) << 8 * i;
  }
  if (repeats_ > 0) {
    --repeats_;
    return value_;
  }
  while (held_bits_ < bits_) {
    held_ |= static_cast<std::uint64_t>(bytes_.byte()) << held_bits_;
    held_bits_ += 8;
  }
  const auto value = static_cast<std::uint32_t>(held_ & ((std::uint64_t{1} << bits_) - 1));
  held_ >>= bits_;
  held_bits_ -= bits_;
  --literals_;
  return value;
}

std::vector<std::int64_t> delta_numbers(ByteReader& bytes, std::size_t most) {
  constexpr std::uint64_t kMostBlock = 1 << 20;
  const std::uint64_t block = bytes.varint(), parts = bytes.varint(), count = bytes.varint();
  if (block == 0 || block > kMostBlock || parts == 0 || block % parts != 0 || block / parts % 8 != 0)
    throw Error("differences in blocks of an impossible size");
  if (count > most) throw Error(fmt::format("{} numbers where {} were promised", count, most));
  std::vector<std::int64_t> numbers;
  auto last = static_cast<std::uint64_t>(bytes.zigzag());  // wraps around, as it is written
  if (count > 0) numbers.push_back(static_cast<std::int64_t>(last));
  while (numbers.size() < count) {
    const auto least = static_cast<std::uint64_t>(bytes.zigzag());
    const auto widths = bytes.take(parts);
    for (std::size_t part = 0; part < parts && numbers.size() < count; ++part) {
      const unsigned bits = widths[part];
      if (bits > 64) throw Error(fmt::format("numbers of {} bits", bits));
      const auto packed = bytes.take(block / parts * bits / 8);
      std::size_t bit = 0;
      for (std::uint64_t i = 0; i < block / parts && numbers.size() < count; ++i, bit += bits) {
        std::uint64_t value = 0;
        for (unsigned got = 0; got < bits;) {
          const unsigned inside = (bit + got) % 8, take = std::min(8 - inside, bits - got);
          value |= static_cast<std::uint64_t>(packed[(bit + got) / 8] >> inside & ((1U << take) - 1)) << got;
          got += take;
        }
        last += least + value;
        numbers.push_back(static_cast<std::int64_t>(last));
      }
    }
  }
  return numbers;
}

std::vector<ParquetSlot> byte_slots(std::vector<unsigned char>& body, std::size_t at, std::size_t count,
                                    ParquetEncoding encoding) {
  if (body.size() > kMostValueBytes) throw Error("a page of more than 2 GiB");
  switch (encoding) {
    case ParquetEncoding::Plain:
    case ParquetEncoding::PlainDictionary:  // a dictionary's own, by writers of old
      return plain_slots(body, at, count);
    case ParquetEncoding::DeltaLengths: {
      ByteReader bytes(std::span<const unsigned char>(body).subspan(at));
      return slots_by_lengths(body, bytes, count);
    }
    case ParquetEncoding::DeltaBytes:
      return slots_by_prefixes(body, at, count);
    default:
      throw Error(fmt::format("bytes in the encoding {}, which isn't read", static_cast<int>(encoding)));
  }
}

}  // namespace doppel::dataset
