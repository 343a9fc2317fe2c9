#include "lanes.h"

#include <bit>
#include <cstring>

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "codec/jpeg/lanes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef DOPPEL_JPEG_ZIGZAG
#define DOPPEL_JPEG_ZIGZAG
namespace doppel {
/// ISO/IEC 10918-1, figure A.6: where the k-th coefficient of a zigzag stands; beyond the last the first,
/// which is written when the others are.
constexpr std::array<std::uint8_t, 64 + HuffmanTable::kUnknown> kZigzag = [] {
  std::array<std::uint8_t, 64 + HuffmanTable::kUnknown> order{};
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
}  // namespace doppel
#endif

HWY_BEFORE_NAMESPACE();
namespace doppel {
namespace HWY_NAMESPACE {
namespace {

/// What the loop keeps of a lane in registers. Compiled for the instruction sets that shift by any register.
class Reading {
 public:
  explicit Reading(JpegLane& lane)
      : next_(lane.next),
        window_(lane.window),
        count_(lane.count),
        codes_(lane.kind->ac),
        out_(lane.out),
        k_(lane.k),
        lane_(lane) {
    if (k_ == JpegLane::kNew) begin();
  }
  /// At least 56 bits. Beyond the data there are zeros.
  HWY_INLINE void refill() {
    std::uint64_t bytes;
    std::memcpy(&bytes, next_, sizeof bytes);
    if constexpr (std::endian::native == std::endian::little) bytes = __builtin_bswap64(bytes);
    window_ |= bytes >> (count_ & 63);
    next_ += ~count_ >> 3 & 7;
    count_ |= 56;
  }
  /// A coefficient. A code and its value have 26 bits at most.
  HWY_INLINE void read_one() { take(codes_->of_short(window_)); }
  /// True where go_on() is to be called.
  HWY_INLINE bool at_end() const { return k_ >= 63; }
  /// Reads a code that read_one() couldn't, and goes on to the next block after the last of one. False where
  /// there is no next, the lane being left as it is now.
  bool go_on() {
    if (k_ >= HuffmanTable::kUnknown) {
      k_ -= HuffmanTable::kUnknown;
      const HuffmanTable::Entry entry = codes_->of_any(window_);
      lane_.bad |= !entry.is_known();
      take(entry);
      if (!at_end()) return true;
    }
    out_[0] = lane_.dc[lane_.kind->component];
    out_ += DCTSIZE2;
    lane_.kind = lane_.kind->next;
    lane_.left = lane_.bad ? 0 : lane_.left - 1;
    if (lane_.left > 0) {
      begin();
      return true;
    }
    k_ = JpegLane::kNew;
    leave();
    return false;
  }
  /// Leaves the lane as it is now, to be gone on with.
  void pause() {
    if (!at_end() || go_on()) leave();
  }

 private:
  HWY_INLINE void take(HuffmanTable::Entry entry) {
    k_ += entry.skip();
    out_[kZigzag[k_]] = static_cast<JCOEF>(entry.value(window_));
    drop(entry);
  }
  HWY_INLINE void drop(HuffmanTable::Entry entry) {
    window_ <<= entry.bits();
    count_ -= entry.word;
  }
  HWY_INLINE void begin() {
    const JpegBlockKind& kind = *lane_.kind;
    codes_ = kind.ac;
    if (next_ > lane_.limit) next_ = lane_.limit;
    refill();
    const HuffmanTable::Entry entry = kind.dc->of_any(window_);
    JCOEF& dc = lane_.dc[kind.component];
    dc = static_cast<JCOEF>(dc + entry.value(window_));
    lane_.bad |= !entry.is_known();
    drop(entry);
    k_ = 0;
  }
  void leave() {
    lane_.next = next_;
    lane_.window = window_;
    lane_.count = count_ & 63;
    lane_.out = out_;
    lane_.k = k_;
  }

  const unsigned char* next_;
  std::uint64_t window_, count_;
  const HuffmanTable* codes_;
  JCOEF* out_;
  std::size_t k_;
  JpegLane& lane_;
};

void ReadOne(JpegLane& lane) {
  Reading reading(lane);
  // A block's beginning leaves bits for one code more, a refill for two.
  while (true) {
    reading.refill();
    for (int i = 0; i < 2; ++i) {
      reading.read_one();
      if (reading.at_end() && !reading.go_on()) return;
    }
  }
}

/// False where one of them is done.
HWY_INLINE bool OneOfEach(Reading& a, Reading& b) {
  a.read_one();
  b.read_one();
  if (a.at_end() && !a.go_on()) return b.pause(), false;
  if (b.at_end() && !b.go_on()) return a.pause(), false;
  return true;
}

void ReadTwo(JpegLane& lane_a, JpegLane& lane_b) {
  Reading a(lane_a), b(lane_b);
  do {
    a.refill();
    b.refill();
  } while (OneOfEach(a, b) && OneOfEach(a, b));
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel {
namespace {
HWY_EXPORT(ReadOne);
HWY_EXPORT(ReadTwo);
}  // namespace

void read_blocks(JpegLane& lane) { HWY_DYNAMIC_DISPATCH(ReadOne)(lane); }

void read_blocks(JpegLane& a, JpegLane& b) { HWY_DYNAMIC_DISPATCH(ReadTwo)(a, b); }

}  // namespace doppel
#endif
