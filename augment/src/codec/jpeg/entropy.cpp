#include "entropy.h"

#include <jerror.h>

#include <algorithm>
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

namespace doppel {
namespace {

constexpr std::size_t kPadding = 8 + JpegLane::kBeyond;

/// A warning, which our handler makes an error of.
void warn(j_decompress_ptr jpeg, int code) {
  jpeg->err->msg_code = code;
  (*jpeg->err->emit_message)(reinterpret_cast<j_common_ptr>(jpeg), -1);
}

}  // namespace

bool JpegEntropy::reads(const jpeg_decompress_struct& jpeg) {
  return jpeg.progressive_mode == FALSE && jpeg.arith_code == FALSE && jpeg.data_precision == 8 &&
         jpeg.comps_in_scan == jpeg.num_components && jpeg.entropy != nullptr;
}

/// `longest`: bytes of a segment. `rows`: of MCUs that are kept.
void JpegEntropy::start(jpeg_decompress_struct& jpeg, std::size_t longest, unsigned rows) {
  std::array<bool, NUM_HUFF_TBLS> dc_built{}, ac_built{};
  kind_count_ = static_cast<std::size_t>(jpeg.blocks_in_MCU);
  for (std::size_t i = 0; i < kind_count_; ++i) {
    const auto component = static_cast<std::size_t>(jpeg.MCU_membership[i]);
    const jpeg_component_info& info = *jpeg.cur_comp_info[component];
    const auto dc = static_cast<std::size_t>(info.dc_tbl_no), ac = static_cast<std::size_t>(info.ac_tbl_no);
    // That the tables are there and sound, libjpeg has checked.
    if (!std::exchange(dc_built[dc], true)) dc_tables_[dc].build(*jpeg.dc_huff_tbl_ptrs[dc], false);
    if (!std::exchange(ac_built[ac], true)) ac_tables_[ac].build(*jpeg.ac_huff_tbl_ptrs[ac], true);
    kinds_[i] = {&dc_tables_[dc], &ac_tables_[ac], component, &kinds_[i + 1 < kind_count_ ? i + 1 : 0]};
  }
  columns_ = jpeg.MCUs_per_row;
  // Memory is taken now: later on libjpeg's frames lie between.
  coefficients_.resize(std::max(coefficients_.size(), rows * columns_ * kind_count_ * DCTSIZE2));
  for (Stream& stream : streams_) {
    stream.busy = false;
    if (stream.plain.size() < longest + kPadding) stream.plain.resize(longest + kPadding);
  }
  segment_ = 0;
  left_ = row_ = column_ = 0;
  jpeg.client_data = this;
  jpeg.entropy->decode_mcu = decode_mcu;
}

void JpegEntropy::attach(jpeg_decompress_struct& jpeg) {
  segments_ = {};
  rest_ = {jpeg.src->next_input_byte, jpeg.src->bytes_in_buffer};
  interval_ = jpeg.restart_interval;
  tiles_ = false;
  wanted_columns_ = jpeg.MCUs_per_row;
  start(jpeg, rest_.size(), 1);
}

void JpegEntropy::attach(jpeg_decompress_struct& jpeg,
                         std::span<const std::span<const unsigned char>> segments, unsigned interval,
                         unsigned columns) {
  segments_ = segments;
  interval_ = interval;
  std::size_t longest = 0;
  for (const auto& segment : segments) longest = std::max(longest, segment.size());
  tiles_ = jpeg.MCUs_per_row % interval == 0;
  wanted_columns_ = std::min(columns, jpeg.MCUs_per_row);
  tiles_left_.fill((wanted_columns_ + interval - 1) / interval);
  next_tile_ = {};
  start(jpeg, longest, tiles_ ? 2 : 1);
}

void JpegEntropy::leave(jpeg_decompress_struct& jpeg) const {
  if (!segments_.empty()) return;
  jpeg.src->next_input_byte = rest_.data();
  jpeg.src->bytes_in_buffer = rest_.size();
}

/// Begins a segment: copies up to the next marker, without the zeros after bytes of 255. Returns what
/// follows.
std::span<const unsigned char> JpegEntropy::load(Stream& stream, std::span<const unsigned char> segment) {
  unsigned char* out = stream.plain.data();
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
  stream.size = static_cast<std::size_t>(out - stream.plain.data());
  stream.lane = {.next = stream.plain.data(), .limit = out + 8, .kind = &kinds_[0]};
  return {p, end};
}

/// libjpeg's number of what went wrong; 0: nothing did.
int JpegEntropy::problem(const Stream& stream) {
  const JpegLane& lane = stream.lane;
  if (lane.bad) return JWRN_HUFF_BAD_CODE;
  // More was read than there is.
  const auto bits = (lane.next - stream.plain.data()) * 8 - static_cast<std::ptrdiff_t>(lane.count);
  return lane.next >= lane.limit || bits > static_cast<std::ptrdiff_t>(stream.size) * 8 ? JWRN_HIT_MARKER : 0;
}

JCOEF* JpegEntropy::mcu(unsigned row, unsigned column) {
  const std::size_t place = (tiles_ && row % 2 == 1 ? columns_ : 0) + std::size_t{column};
  return coefficients_.data() + place * kind_count_ * DCTSIZE2;
}

bool JpegEntropy::next_segment(Stream& stream) {
  left_ = interval_ == 0 ? ~0U : interval_;
  if (!segments_.empty()) {
    if (segment_ == segments_.size()) return false;
    load(stream, segments_[segment_++]);
    return true;
  }
  if (segment_ > 0) {
    // Fill bytes, and the marker that is due.
    while (rest_.size() > 2 && rest_[0] == 0xff && rest_[1] == 0xff) rest_ = rest_.subspan(1);
    if (rest_.size() < 2 || rest_[0] != 0xff || rest_[1] != JPEG_RST0 + (segment_ - 1) % 8) return false;
    rest_ = rest_.subspan(2);
  }
  ++segment_;
  rest_ = load(stream, rest_);
  return true;
}

/// A row of segments that come one after another.
int JpegEntropy::read_segments() {
  Stream& stream = streams_[0];
  std::memset(coefficients_.data(), 0, columns_ * kind_count_ * sizeof(JBLOCK));
  for (unsigned column = 0; column < columns_;) {
    if (left_ == 0 && !next_segment(stream)) return JWRN_HIT_MARKER;
    const unsigned count = std::min(left_, columns_ - column);
    stream.lane.out = mcu(row_, column);
    stream.lane.left = count * kind_count_;
    read_blocks(stream.lane);
    if (const int found = problem(stream); found != 0) return found;
    left_ -= count;
    column += count;
  }
  return 0;
}

/// Begins the next tile of this row or the one below; false where there is none.
bool JpegEntropy::next_tile(Stream& stream) {
  auto& [row, column] = next_tile_;
  const std::size_t segment = std::size_t{row} * (columns_ / interval_) + column / interval_;
  if (row > row_ + 1 || segment >= segments_.size()) return false;
  load(stream, segments_[segment]);
  const unsigned count = std::min(interval_, wanted_columns_ - column);
  stream.lane.out = mcu(row, column);
  stream.lane.left = count * kind_count_;
  std::memset(stream.lane.out, 0, stream.lane.left * sizeof(JBLOCK));
  stream.row = row;
  column += interval_;
  if (column >= wanted_columns_) next_tile_ = {row + 1, 0};
  return true;
}

/// A row of segments that lie side by side; what is begun of the next row is kept.
int JpegEntropy::read_tiles() {
  auto& [a, b] = streams_;
  if (row_ > 0) tiles_left_[(row_ + 1) % 2] = (wanted_columns_ + interval_ - 1) / interval_;
  while (tiles_left_[row_ % 2] > 0) {
    for (Stream& stream : streams_) stream.busy = stream.busy || next_tile(stream);
    if (a.busy && b.busy)
      read_blocks(a.lane, b.lane);
    else if (a.busy || b.busy)
      read_blocks((a.busy ? a : b).lane);
    else
      return JWRN_HIT_MARKER;
    for (Stream& stream : streams_) {
      if (!stream.busy || stream.lane.left > 0) continue;
      if (const int found = problem(stream); found != 0) return found;
      stream.busy = false;
      --tiles_left_[stream.row % 2];
    }
  }
  return 0;
}

boolean JpegEntropy::decode_mcu(j_decompress_ptr jpeg, JBLOCKROW* blocks) {
  auto& self = *static_cast<JpegEntropy*>(jpeg->client_data);
  if (self.column_ == 0)
    if (const int found = self.tiles_ ? self.read_tiles() : self.read_segments(); found != 0) {
      warn(jpeg, found);
      return TRUE;
    }
  if (blocks && self.column_ < self.wanted_columns_) {
    // The list is libjpeg's own: it goes on with what it finds there.
    auto* block = reinterpret_cast<JBLOCKROW>(self.mcu(self.row_, self.column_));
    for (std::size_t i = 0; i < self.kind_count_; ++i) blocks[i] = block++;
  }
  if (++self.column_ == self.columns_) {
    self.column_ = 0;
    ++self.row_;
  }
  return TRUE;
}

}  // namespace doppel
