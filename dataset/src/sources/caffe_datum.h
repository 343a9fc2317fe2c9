// Caffe's Datum, in protocol buffers' wire format: an image, encoded or as pixels, with its class.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace doppel::dataset {

/// What a Datum says, but for its bytes.
struct CaffeDatum {
  std::int64_t channels = 0, height = 0, width = 0;
  std::optional<std::int64_t> label;
  bool has_floats = false;         ///< numbers that aren't bytes
  std::uint64_t at = 0, size = 0;  ///< of its bytes, from its beginning
};

/// Bytes of a message from a place on, as many as asked for.
using DatumBytes = std::function<void(std::uint64_t, std::span<unsigned char>)>;

/// Reads what is around the bytes, and not these. Nothing where it can't be a Datum.
std::optional<CaffeDatum> caffe_datum(std::uint64_t size, const DatumBytes& read);

}  // namespace doppel::dataset
