#include "doppel/base/deflate.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <string_view>
#include <vector>

namespace doppel {
namespace {

using Bytes = std::vector<unsigned char>;

/// As zlib packs.
Bytes packed(const Bytes& bytes, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  Bytes out(bytes.size() + 100);
  stream.next_in = const_cast<unsigned char*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Bytes some_bytes() {
  Bytes bytes;
  for (unsigned i = 0; i < 5000; ++i) bytes.push_back(static_cast<unsigned char>(i * i >> (i % 7)));
  return bytes;
}

TEST(Deflate, UnpacksWhatZlibPacked) {
  const Bytes bytes = some_bytes();
  for (const auto& [form, bits] :
       {std::pair{DeflateForm::Raw, -15}, {DeflateForm::Zlib, 15}, {DeflateForm::Gzip, 31}}) {
    Bytes in = packed(bytes, bits), out(bytes.size());
    const std::size_t size = in.size();
    in.insert(in.end(), {1, 2, 3});  // what lies behind
    EXPECT_EQ(inflate_whole(form, in, out), Inflated::Whole);
    EXPECT_EQ(out, bytes);
    Bytes room(bytes.size() + 7);
    std::size_t used = 0, got = 0;
    EXPECT_EQ(inflate_into(form, in, room, used, got), Inflated::Whole);
    EXPECT_EQ(used, size);
    EXPECT_EQ(got, bytes.size());
    EXPECT_EQ(inflate_whole(form, in, room), Inflated::Shorter);
    EXPECT_EQ(inflate_whole(form, in, std::span(out).first(out.size() - 1)), Inflated::Longer);
    EXPECT_EQ(inflate_whole(form, std::span(in).first(size / 2), out), Inflated::Damaged);
    EXPECT_EQ(inflate_whole(form, {}, out), Inflated::Damaged);
    EXPECT_EQ(inflate_whole(form, packed({}, bits), {}), Inflated::Whole);
  }
}

TEST(Deflate, CountsWhatItsFormChecks) {
  const Bytes bytes = some_bytes();
  for (const auto& [form, bits] : {std::pair{DeflateForm::Zlib, 15}, {DeflateForm::Gzip, 31}}) {
    Bytes in = packed(bytes, bits), out(bytes.size());
    in[in.size() - (form == DeflateForm::Gzip ? 5 : 1)] ^= 1;  // of its checksum
    EXPECT_EQ(inflate_whole(form, in, out), Inflated::Damaged);
  }
}

TEST(GzipStream, ReadsMembersPieceByPieceAndKnowsItsEnd) {
  const Bytes bytes = some_bytes();
  Bytes two = packed(bytes, 31);
  const Bytes one = two;
  two.insert(two.end(), one.begin(), one.end());
  const auto read = [&](const Bytes& in, std::size_t piece) {
    GzipStream stream(in);
    Bytes out;
    for (Bytes room(piece);;) {
      const std::size_t got = stream.read(room);
      out.insert(out.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(got));
      if (got < piece) return std::pair(out, stream.is_at_end());
    }
  };
  Bytes twice = bytes;
  twice.insert(twice.end(), bytes.begin(), bytes.end());
  for (const std::size_t piece : {7, 5000, 20'000})
    EXPECT_EQ(read(two, piece), std::pair(twice, true)) << piece;
  two.insert(two.end(), 100, 0);  // what fills a tape's block
  EXPECT_EQ(read(two, 999), std::pair(twice, true));
  two[one.size() - 5] ^= 1;  // of the first checksum
  EXPECT_FALSE(read(two, 999).second);
  EXPECT_FALSE(read(Bytes(one.begin(), one.end() - 9), 999).second);
  GzipStream stream(one);
  EXPECT_TRUE(stream.skip(bytes.size() - 1));
  EXPECT_FALSE(stream.skip(2));
}

TEST(Deflate, CrcsAreZlibsAndGoOn) {
  constexpr std::array<unsigned char, 9> kDigits{'1', '2', '3', '4', '5', '6', '7', '8', '9'};
  EXPECT_EQ(crc32_of(kDigits), 0xcbf43926U);  // the check value of CRC-32/ISO-HDLC
  EXPECT_EQ(crc32_of({}), 0U);
  const Bytes bytes = some_bytes();
  EXPECT_EQ(crc32_of(bytes), crc32_z(0, bytes.data(), bytes.size()));
  EXPECT_EQ(crc32_of(std::span(bytes).subspan(999), crc32_of(std::span(bytes).first(999))), crc32_of(bytes));
}

}  // namespace
}  // namespace doppel
