#include "doppel/base/deflate.h"

#include <libdeflate.h>

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

std::uint32_t crc32_of(std::span<const unsigned char> bytes, std::uint32_t seed) {
  return libdeflate_crc32(seed, bytes.data(), bytes.size());
}

}  // namespace doppel
