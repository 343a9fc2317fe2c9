#include "jpeg_entropy.h"

#include <jerror.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#if __has_include(<jpegint.h>)
#include <jpegint.h>
#else
/// What libjpeg calls for the next MCU, as its versions since 6a lay it out; not all of them install the
/// header that says so.
struct jpeg_entropy_decoder {
  void (*start_pass)(j_decompress_ptr);
  boolean (*decode_mcu)(j_decompress_ptr, JBLOCKROW*);
};
#endif

namespace doppel::augment {
namespace {

constexpr int kEnd = HuffmanTable::kEnd;

/// ISO/IEC 10918-1, figure A.6: where the k-th coefficient of a zigzag stands; beyond the last the first,
/// which is written when the others are.
constexpr std::array<std::uint8_t, 64 + kEnd> kZigzag = [] {
  std::array<std::uint8_t, 64 + kEnd> order{};
  int x = 0, y = 0;
  for (std::size_t k = 0; k < 64; ++k) {
    order[k] = static_cast<std::uint8_t>(8 * y + x);
    const bool up = (x + y) % 2 == 0;
    if (up ? x == 7 : y != 7 && x == 0)
      ++y;
    else if (up ? y == 0 : y == 7)
      ++x;
    else {
      x += up ? 1 : -1;
      y += up ? -1 : 1;
    }
  }
  return order;
}();
static_assert(kZigzag[1] == 1 && kZigzag[2] == 8 && kZigzag[3] == 16 && kZigzag[35] == 56 &&
              kZigzag[62] == 62);

constexpr std::size_t kPadding = 24;

std::uint64_t big_endian(const unsigned char* p) {
  std::uint64_t v;
  std::memcpy(&v, p, sizeof v);
  if constexpr (std::endian::native == std::endian::little) v = __builtin_bswap64(v);
  return v;
}

/// A warning, which our handler makes an error of.
void warn(j_decompress_ptr jpeg, int code) {
  jpeg->err->msg_code = code;
  (*jpeg->err->emit_message)(reinterpret_cast<j_common_ptr>(jpeg), -1);
}

}  // namespace

HuffmanTable::Entry HuffmanTable::meaning(int symbol, int length) const {
  if (!of_runs_) return {length, symbol, 1};
  const int run = symbol >> 4, size = symbol & 15;
  // Run 15 of size 0 is 16 zeros, any other run of size 0 the end.
  return {length, size, size == 0 && run != 15 ? kEnd : run + 1};
}

void HuffmanTable::build(const JHUFF_TBL& table, bool of_runs) {
  if (of_runs == of_runs_ && std::equal(counts_.begin() + 1, counts_.end(), table.bits + 1) &&
      std::equal(symbols_.begin(), symbols_.end(), table.huffval))
    return;
  of_runs_ = of_runs;
  entries_.fill({});
  std::copy_n(table.bits, counts_.size(), counts_.begin());
  std::copy_n(table.huffval, symbols_.size(), symbols_.begin());
  std::uint32_t code = 0;
  int place = 0;
  for (int length = 1; length <= 16; ++length, code <<= 1) {
    const auto l = static_cast<std::size_t>(length);
    offset_[l] = place - static_cast<int>(code);
    for (int i = 0; i < counts_[l]; ++i, ++code, ++place)
      if (length <= kBits)
        std::fill_n(&entries_[std::size_t{code} << (kBits - length)], std::size_t{1} << (kBits - length),
                    meaning(symbols_[static_cast<std::size_t>(place)], length));
    last_[l] = code << (16 - length);
  }
}

HuffmanTable::Entry HuffmanTable::long_code(std::uint64_t window) const {
  const auto top = static_cast<std::uint32_t>(window >> 48);
  for (int length = kBits + 1; length <= 16; ++length) {
    const auto l = static_cast<std::size_t>(length);
    if (top >= last_[l]) continue;
    const int place = static_cast<int>(top >> (16 - length)) + offset_[l];
    if (place < 0 || place > 255) return {};
    return meaning(symbols_[static_cast<std::size_t>(place)], length);
  }
  return {};
}

bool JpegEntropy::reads(const jpeg_decompress_struct& jpeg) {
  return jpeg.progressive_mode == FALSE && jpeg.arith_code == FALSE && jpeg.data_precision == 8 &&
         jpeg.comps_in_scan == jpeg.num_components && jpeg.entropy != nullptr;
}

/// `longest`: bytes of a segment.
void JpegEntropy::start(jpeg_decompress_struct& jpeg, std::size_t longest) {
  std::array<bool, NUM_HUFF_TBLS> dc_built{}, ac_built{};
  block_count_ = jpeg.blocks_in_MCU;
  for (int i = 0; i < block_count_; ++i) {
    const int component = jpeg.MCU_membership[i];
    const jpeg_component_info& info = *jpeg.cur_comp_info[component];
    const auto dc = static_cast<std::size_t>(info.dc_tbl_no), ac = static_cast<std::size_t>(info.ac_tbl_no);
    // That the tables are there and sound, libjpeg has checked.
    if (!std::exchange(dc_built[dc], true)) dc_tables_[dc].build(*jpeg.dc_huff_tbl_ptrs[dc], false);
    if (!std::exchange(ac_built[ac], true)) ac_tables_[ac].build(*jpeg.ac_huff_tbl_ptrs[ac], true);
    blocks_[static_cast<std::size_t>(i)] = {component, &dc_tables_[dc], &ac_tables_[ac]};
  }
  // Memory is taken now: later on libjpeg's frames lie between.
  if (plain_.size() < longest + kPadding) plain_.resize(longest + kPadding);
  segment_ = 0;
  left_ = column_ = columns_ = 0;
  jpeg.client_data = this;
  jpeg.entropy->decode_mcu = decode_mcu;
}

void JpegEntropy::attach(jpeg_decompress_struct& jpeg) {
  segments_ = {};
  rest_ = {jpeg.src->next_input_byte, jpeg.src->bytes_in_buffer};
  interval_ = jpeg.restart_interval;
  start(jpeg, rest_.size());
}

void JpegEntropy::attach(jpeg_decompress_struct& jpeg,
                         std::span<const std::span<const unsigned char>> segments, unsigned interval,
                         unsigned columns) {
  segments_ = segments;
  interval_ = interval;
  std::size_t longest = 0;
  for (const auto& segment : segments) longest = std::max(longest, segment.size());
  start(jpeg, longest);
  if (jpeg.MCUs_per_row % interval_ != 0) return;
  columns_ = jpeg.MCUs_per_row;
  wanted_columns_ = std::min(columns, columns_);
}

void JpegEntropy::leave(jpeg_decompress_struct& jpeg) const {
  if (!segments_.empty()) return;
  jpeg.src->next_input_byte = rest_.data();
  jpeg.src->bytes_in_buffer = rest_.size();
}

/// Copies up to the next marker, without the zeros after bytes of 255; what follows becomes `rest_` where the
/// data is the source's.
void JpegEntropy::load(std::span<const unsigned char> segment) {
  unsigned char* out = plain_.data();
  const unsigned char *p = segment.data(), *const end = p + segment.size();
  while (p < end) {
    const auto* found =
        static_cast<const unsigned char*>(std::memchr(p, 0xff, static_cast<std::size_t>(end - p)));
    const auto count = static_cast<std::size_t>((found ? found : end) - p);
    std::memcpy(out, p, count);
    out += count;
    p += count;
    if (p == end) break;
    if (p + 1 == end || p[1] != 0) break;
    *out++ = 0xff;
    p += 2;
  }
  std::memset(out, 0, kPadding);
  plain_size_ = static_cast<std::size_t>(out - plain_.data());
  if (segments_.empty()) rest_ = {p, end};
  bits_ = {plain_.data(), out + 8, 0, 0};
}

bool JpegEntropy::next_segment() {
  dc_.fill(0);
  left_ = interval_ == 0 ? ~0U : interval_;
  if (!segments_.empty()) {
    if (segment_ == segments_.size()) return false;
    load(segments_[segment_++]);
    return true;
  }
  if (segment_ > 0) {
    // Fill bytes, and the marker that is due.
    while (rest_.size() > 2 && rest_[0] == 0xff && rest_[1] == 0xff) rest_ = rest_.subspan(1);
    if (rest_.size() < 2 || rest_[0] != 0xff || rest_[1] != JPEG_RST0 + (segment_ - 1) % 8) return false;
    rest_ = rest_.subspan(2);
  }
  ++segment_;
  load(rest_);
  return true;
}

inline void JpegEntropy::Bits::refill() {
  // At least 56 bits, the eight bytes from `next` being there; beyond the data there are zeros.
  window |= big_endian(next) >> count;
  next += (63 - count) >> 3;
  count |= 56;
  if (next > limit) next = limit;
}

/// True where more was read than there is.
bool JpegEntropy::overrun() const {
  return (bits_.next - plain_.data()) * 8 - bits_.count > static_cast<std::ptrdiff_t>(plain_size_) * 8 ||
         bits_.next == bits_.limit;
}

bool JpegEntropy::read_block(const Block& block, JCOEF* out) {
  Bits bits = bits_;
  HuffmanTable::Entry entry;
  int value = 0;
  const auto read = [&](const HuffmanTable& table) {
    entry = table.at(bits.window);
    if (!entry.is_known()) [[unlikely]]
      entry = table.long_code(bits.window);
    value = entry.value(bits.window);
    bits.drop(entry.bits());
  };
  bits.refill();
  read(*block.dc);
  int& dc = dc_[static_cast<std::size_t>(block.component)];
  dc = static_cast<JCOEF>(dc + value);
  const HuffmanTable& table = *block.ac;
  for (int k = 0; entry.is_known() && k < 63;) {
    // A code and its value have 26 bits at most.
    bits.refill();
    for (int i = 0; i < 2 && k < 63; ++i) {
      read(table);
      k += entry.skip();
      out[kZigzag[static_cast<std::size_t>(k)]] = static_cast<JCOEF>(value);
    }
  }
  out[0] = static_cast<JCOEF>(dc);
  bits_ = bits;
  return entry.is_known();
}

/// True where the MCU is in a column that nobody wants.
bool JpegEntropy::skips() {
  if (columns_ == 0) return false;
  const unsigned column = column_;
  column_ = column + 1 == columns_ ? 0 : column + 1;
  if (column < wanted_columns_) return false;
  if (left_ == 0) {
    ++segment_;
    left_ = interval_;
  }
  --left_;
  return true;
}

boolean JpegEntropy::decode_mcu(j_decompress_ptr jpeg, JBLOCKROW* blocks) {
  auto& self = *static_cast<JpegEntropy*>(jpeg->client_data);
  if (self.skips()) return TRUE;
  if (self.left_ == 0 && !self.next_segment()) {
    warn(jpeg, JWRN_HIT_MARKER);
    return TRUE;
  }
  --self.left_;
  JBLOCK unwanted;
  for (int i = 0; i < self.block_count_; ++i) {
    JCOEF* out = blocks ? **(blocks + i) : unwanted;
    if (!self.read_block(self.blocks_[static_cast<std::size_t>(i)], out)) {
      warn(jpeg, JWRN_HUFF_BAD_CODE);
      return TRUE;
    }
  }
  if (self.overrun()) warn(jpeg, JWRN_HIT_MARKER);
  return TRUE;
}

}  // namespace doppel::augment
