#include "npy.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

/// Bytes in the order of C, of those in the order of Fortran.
std::vector<unsigned char> in_c_order(const std::vector<unsigned char>& stored,
                                      const std::vector<std::uint64_t>& shape, std::size_t item) {
  std::vector<unsigned char> turned(stored.size());
  std::vector<std::uint64_t> place(shape.size(), 0), step(shape.size());
  std::uint64_t last = item;
  for (std::size_t d = 0; d < shape.size(); last *= shape[d++]) step[d] = last;
  std::uint64_t from = 0;
  for (std::size_t to = 0; to < turned.size(); to += item) {
    std::copy_n(stored.data() + from, item, turned.data() + to);
    for (std::size_t d = shape.size(); d-- > 0;) {
      from += step[d];
      if (++place[d] < shape[d]) break;
      from -= step[d] * shape[d];
      place[d] = 0;
    }
  }
  return turned;
}

/// UTF-8 of a letter.
void append_letter(std::string& text, std::uint32_t letter) {
  if (letter > 0x10ffff || (letter >= 0xd800 && letter < 0xe000))
    throw Error(fmt::format("holds U+{:X}, which is no letter", letter));
  const auto byte = [&](std::uint32_t value) { text += static_cast<char>(value); };
  if (letter < 0x80) return byte(letter);
  if (letter < 0x800) {
    byte(0xc0 | letter >> 6);
  } else {
    if (letter < 0x10000) {
      byte(0xe0 | letter >> 12);
    } else {
      byte(0xf0 | letter >> 18);
      byte(0x80 | (letter >> 12 & 63));
    }
    byte(0x80 | (letter >> 6 & 63));
  }
  byte(0x80 | (letter & 63));
}

std::vector<unsigned char> head_of(const ByteRange& bytes) {
  std::vector<unsigned char> head(std::min<std::uint64_t>(bytes.size(), NpyHeader::kMost));
  bytes.read(0, head);
  return head;
}

class NpyArray final : public Array {
 public:
  NpyArray(std::string name, std::string inner, ByteRange bytes)
      : NpyArray(NpyFacts::read(std::move(name), std::move(inner), head_of(bytes), bytes.size()), bytes) {}
  NpyArray(const NpyFacts& npy, ByteRange bytes)
      : Array(npy.array), bytes_(std::move(bytes)), header_(npy.header), data_(header_.data_offset) {}

  void read(std::uint64_t first, std::span<unsigned char> into) const override {
    bytes_.read(data_ + first * facts_.bytes_of_row(), into);
  }
  void prepare(std::uint64_t row) const override {
    bytes_.fetch(data_ + row * facts_.bytes_of_row(), facts_.bytes_of_row());
  }
  ArrayPtr unpacked() const override {
    if (!header_.fortran_order || facts_.shape.size() < 2) return nullptr;
    NpyFacts turned{header_, facts_};
    std::vector<unsigned char> stored(bytes_.size() - data_);
    bytes_.read(data_, stored);
    turned.header.fortran_order = false;
    turned.header.data_offset = 0;
    return std::make_shared<NpyArray>(turned,
                                      ByteRange(in_c_order(stored, facts_.shape, header_.item_bytes)));
  }
  std::vector<std::string> texts() const override {
    if (facts_.kind != ArrayFacts::Kind::Texts) return Array::texts();
    std::vector<std::string> all(bytes_of(facts_.shape, 1));
    std::vector<unsigned char> item(header_.item_bytes);
    for (std::size_t i = 0; i < all.size(); ++i) {
      bytes_.read(data_ + i * item.size(), item);
      all[i] = text_of(item);
    }
    return all;
  }

 private:
  /// Without the zeros that fill it up.
  std::string text_of(std::span<const unsigned char> item) const {
    std::string text;
    if (header_.kind == NpyHeader::Kind::Bytes)
      text.assign(reinterpret_cast<const char*>(item.data()), item.size());
    else
      for (std::size_t at = 0; at < item.size(); at += 4) try {
          append_letter(text, stored_number<std::uint32_t>(&item[at], header_.big_endian_letters));
        } catch (const Error& error) { throw Error(fmt::format("{}: {}", name(), error.what())); }
    text.erase(text.find_last_not_of('\0') + 1);
    return text;
  }

  ByteRange bytes_;
  NpyHeader header_;
  std::uint64_t data_;
};

}  // namespace

NpyFacts NpyFacts::read(std::string name, std::string inner, std::span<const unsigned char> head,
                        std::uint64_t size) {
  NpyFacts facts{NpyHeader::read(head), {.name = std::move(name), .inner = std::move(inner)}};
  const NpyHeader& header = facts.header;
  ArrayFacts& array = facts.array;
  array.shape = header.shape;
  array.type = header.type;
  array.problem = header.problem;
  using Kind = NpyHeader::Kind;
  array.kind = header.kind == Kind::Numbers  ? ArrayFacts::Kind::Numbers
               : header.kind == Kind::Unread ? ArrayFacts::Kind::Unread
                                             : ArrayFacts::Kind::Texts;
  if (header.kind == Kind::Unread) return facts;
  const std::uint64_t promised = bytes_of(array.shape, header.item_bytes), there = size - header.data_offset;
  if (promised != there)
    throw Error(fmt::format("its header promises {} bytes ({} of {}), but {} follow", promised,
                            array.shape_text(), header.kind == Kind::Numbers ? array.type.text() : "texts",
                            there));
  return facts;
}

ArrayPtr npy_array(std::string name, std::string inner, ByteRange bytes) {
  try {
    return std::make_shared<NpyArray>(name, std::move(inner), std::move(bytes));
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", name, error.what())); }
}

ArrayPtr npy_array(const std::filesystem::path& file) {
  auto opened = std::make_shared<RandomFile>(file);
  const std::uint64_t size = opened->size();
  return npy_array(file.string(), file.stem().string(), ByteRange(std::move(opened), 0, size));
}

}  // namespace doppel::dataset
