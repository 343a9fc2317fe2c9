#include "caffe_datum.h"

#include <algorithm>
#include <array>

#include "doppel/base/byte_reader.h"

namespace doppel::dataset {
namespace {

constexpr std::size_t kDatumWindow = 48;

/// The numbers of Datum's fields.
enum DatumField : std::uint64_t { Channels = 1, Height, Width, Data, Label, FloatData, Encoded };

/// Takes one field and returns its size; nothing where it's none of a Datum's.
std::optional<std::uint64_t> take_datum_field(std::span<const unsigned char> window, std::uint64_t at,
                                              CaffeDatum& datum) {
  ByteReader in(window);
  const std::uint64_t head = in.varint(), number = head >> 3;
  const auto taken = [&] { return window.size() - in.left(); };
  if (number == Data && (head & 7) == 2) {
    datum.size = in.varint();
    constexpr std::uint64_t kMost = std::uint64_t{1} << 40;
    if (datum.size > kMost) return {};
    datum.at = at + taken();
    return taken() + datum.size;
  }
  if (number == FloatData && ((head & 7) == 5 || (head & 7) == 2)) {
    datum.has_floats = true;
    return window.size();  // the rest isn't looked at
  }
  if ((head & 7) != 0 || number < Channels || number > Encoded) return {};
  const auto value = static_cast<std::int64_t>(in.varint());
  if (number == Channels) datum.channels = value;
  if (number == Height) datum.height = value;
  if (number == Width) datum.width = value;
  if (number == Label) datum.label = value;
  return taken();
}

}  // namespace

std::optional<CaffeDatum> caffe_datum(std::uint64_t size, const DatumBytes& read) try {
  CaffeDatum datum;
  std::array<unsigned char, kDatumWindow> window{};
  for (std::uint64_t at = 0; at < size && !datum.has_floats;) {
    const auto head = std::span(window).first(std::min<std::uint64_t>(size - at, kDatumWindow));
    // Fields before the bytes are read at once, and those after them.
    read(at, head);
    std::uint64_t used = 0;
    while (used < head.size() && !datum.has_floats) {
      constexpr std::size_t kLongestField = 20;
      if (used > 0 && head.size() - used < kLongestField && at + head.size() < size) break;
      const auto field = take_datum_field(head.subspan(used), at + used, datum);
      if (!field || *field > size - at - used) return {};
      used += *field;
    }
    at += used;
  }
  const bool has_size = datum.channels > 0 && datum.height > 0 && datum.width > 0;
  return datum.size > 0 || (datum.has_floats && has_size) ? std::optional(datum) : std::nullopt;
} catch (const Error&) { return {}; }

}  // namespace doppel::dataset
