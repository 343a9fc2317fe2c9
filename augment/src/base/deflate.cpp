#include "doppel/base/deflate.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>

namespace doppel {
namespace {

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* one) const { libdeflate_free_decompressor(one); }
};

/// One a thread: it has tables of some 10 KB.
libdeflate_decompressor* decompressor() {
  thread_local const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> own(
      libdeflate_alloc_decompressor());
  if (!own) throw std::bad_alloc();
  return own.get();
}

/// `got` is null where the room must be filled.
libdeflate_result unpack(DeflateForm form, std::span<const unsigned char> packed,
                         std::span<unsigned char> into, std::size_t& used, std::size_t* got) {
  // An empty room has an address all the same.
  unsigned char none = 0;
  unsigned char* const room = into.empty() ? &none : into.data();
  switch (form) {
    case DeflateForm::Raw:
      return libdeflate_deflate_decompress_ex(decompressor(), packed.data(), packed.size(), room, into.size(),
                                              &used, got);
    case DeflateForm::Zlib:
      return libdeflate_zlib_decompress_ex(decompressor(), packed.data(), packed.size(), room, into.size(),
                                           &used, got);
    case DeflateForm::Gzip:
      return libdeflate_gzip_decompress_ex(decompressor(), packed.data(), packed.size(), room, into.size(),
                                           &used, got);
  }
  return LIBDEFLATE_BAD_DATA;
}

Inflated meaning_of(libdeflate_result result) {
  switch (result) {
    case LIBDEFLATE_SUCCESS:
      return Inflated::Whole;
    case LIBDEFLATE_SHORT_OUTPUT:
      return Inflated::Shorter;
    case LIBDEFLATE_INSUFFICIENT_SPACE:
      return Inflated::Longer;
    case LIBDEFLATE_BAD_DATA:
      return Inflated::Damaged;
  }
  return Inflated::Damaged;
}

}  // namespace

Inflated inflate_whole(DeflateForm form, std::span<const unsigned char> packed,
                       std::span<unsigned char> into) {
  std::size_t used = 0;
  return meaning_of(unpack(form, packed, into, used, nullptr));
}

Inflated inflate_into(DeflateForm form, std::span<const unsigned char> packed, std::span<unsigned char> into,
                      std::size_t& used, std::size_t& got) {
  return meaning_of(unpack(form, packed, into, used, &got));
}

struct GzipStream::State {
  std::span<const unsigned char> left;
  z_stream stream{};
};

GzipStream::GzipStream(std::span<const unsigned char> packed)
    : state_(std::make_unique<State>(State{packed})) {
  constexpr int kGzip = 15 + 16;
  if (inflateInit2(&state_->stream, kGzip) != Z_OK) throw std::bad_alloc();
}
GzipStream::~GzipStream() { inflateEnd(&state_->stream); }

std::size_t GzipStream::read(std::span<unsigned char> into) {
  z_stream& stream = state_->stream;
  std::span<const unsigned char>& left = state_->left;
  std::size_t done = 0;
  while (done < into.size() && !is_at_end_) {
    const auto piece = static_cast<unsigned>(std::min<std::size_t>(into.size() - done, 1 << 30)),
               given = static_cast<unsigned>(std::min<std::size_t>(left.size(), 1 << 30));
    stream.next_in = const_cast<unsigned char*>(left.data());
    stream.avail_in = given;
    stream.next_out = into.data() + done;
    stream.avail_out = piece;
    const int status = ::inflate(&stream, Z_NO_FLUSH);
    left = left.subspan(given - stream.avail_in);
    done += piece - stream.avail_out;
    if (status == Z_STREAM_END) {
      is_at_end_ = left.size() < 2 || left[0] != 0x1f || left[1] != 0x8b;  // or else another member
      if (!is_at_end_) inflateReset(&stream);
    }
    if (status != Z_OK && status != Z_STREAM_END) break;
  }
  return done;
}

bool GzipStream::skip(std::uint64_t count) {
  std::array<unsigned char, 1 << 14> ignored;
  while (count > 0) {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(count, ignored.size()));
    if (read(std::span(ignored).first(piece)) < piece) return false;
    count -= piece;
  }
  return true;
}

std::uint32_t crc32_of(std::span<const unsigned char> bytes, std::uint32_t seed) {
  return libdeflate_crc32(seed, bytes.data(), bytes.size());
}

}  // namespace doppel
