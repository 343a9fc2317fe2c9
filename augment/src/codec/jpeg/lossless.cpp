#include "lossless.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <opencv2/core.hpp>
#include <vector>

#include "codec/numbers.h"
#include "doppel/base/error.h"
#include "huffman.h"

namespace doppel {
namespace {

using LosslessBytes = std::span<const unsigned char>;

[[noreturn]] void throw_damaged_lossless(std::string_view what) {
  throw Error(fmt::format("not a whole JPEG without loss: {}", what));
}

/// Entropy-coded data, up to the marker after it.
class LosslessBits {
 public:
  LosslessBits(LosslessBytes bytes, std::size_t at) : bytes_(bytes), at_(at) {}

  /// The next difference (H.1.2.2), which counts modulo 65536.
  int difference(const HuffmanTable& table) {
    if (count_ < 32) fill();
    const HuffmanTable::Entry entry = table.of_any(window_);
    if (!entry.is_known()) throw_damaged_lossless("it ends early, or holds what is no code");
    const unsigned code = entry.word >> 8 & 63, size = 63 - (entry.word >> 16 & 63);
    const bool is_half = size == 16;  // 32768, of which no further bits are needed
    const unsigned taken = is_half ? code : entry.bits();
    if (taken > count_) throw_damaged_lossless("it ends early");
    const int value = is_half ? 32768 : static_cast<int>(entry.value(window_));
    window_ <<= taken;
    count_ -= taken;
    return value;
  }

  /// Goes on behind the marker that ends a restart interval, the `number`th from 0.
  void restart(unsigned number) {
    fill();
    if (count_ >= 8) throw_damaged_lossless("a restart marker isn't where it belongs");
    window_ = count_ = 0;
    while (at_ + 1 < bytes_.size() && bytes_[at_] == 0xff && bytes_[at_ + 1] == 0xff) ++at_;
    if (at_ + 2 > bytes_.size() || bytes_[at_] != 0xff || bytes_[at_ + 1] != 0xd0 + number % 8)
      throw_damaged_lossless("a restart marker isn't where it belongs");
    at_ += 2;
  }
  /// Where the next marker may be looked for.
  std::size_t at() const { return at_; }

 private:
  void fill() {
    while (count_ <= 56 && at_ < bytes_.size()) {
      const unsigned char byte = bytes_[at_];
      if (byte == 0xff && (at_ + 1 >= bytes_.size() || bytes_[at_ + 1] != 0)) return;
      window_ |= std::uint64_t{byte} << (56 - count_);
      count_ += 8;
      at_ += byte == 0xff ? 2 : 1;
    }
  }

  LosslessBytes bytes_;
  std::size_t at_;
  std::uint64_t window_ = 0;  ///< the next bits, from the highest on
  unsigned count_ = 0;        ///< of them
};

/// Table H.1: what a sample is guessed to be from that before it, that above, and that above the one before.
template <int Selection>
int predicted(int before, int above, int corner) {
  if constexpr (Selection == 1) return before;
  if constexpr (Selection == 2) return above;
  if constexpr (Selection == 3) return corner;
  if constexpr (Selection == 4) return before + above - corner;
  if constexpr (Selection == 5) return before + ((above - corner) >> 1);
  if constexpr (Selection == 6) return above + ((before - corner) >> 1);
  if constexpr (Selection == 7) return (before + above) >> 1;
}

/// A component as a scan reads it.
struct LosslessScanPart {
  int component = 0;
  const HuffmanTable* table = nullptr;
};

class LosslessJpeg {
 public:
  explicit LosslessJpeg(LosslessBytes bytes) : bytes_(bytes) {}
  LosslessJpegFacts facts() {
    while (ids_.empty()) read_segment();
    return facts_;
  }
  cv::Mat pixels();

 private:
  std::size_t u16(std::size_t at) const { return number_at(bytes_, at, 2, ByteOrder::Big); }
  void read_segment();
  void read_frame(LosslessBytes body);
  void read_tables(LosslessBytes body);
  void read_scan(LosslessBytes body);
  const HuffmanTable& table_of(unsigned char selector) const;
  template <int Selection>
  void read_rows(const std::vector<LosslessScanPart>& parts, int first);
  template <int Selection>
  void read_row(LosslessBits& bits, const std::vector<LosslessScanPart>& parts, int y);

  LosslessBytes bytes_;
  std::size_t at_ = 0;
  bool ended_ = false;
  LosslessJpegFacts facts_;
  std::vector<unsigned char> ids_;  ///< of the components, once the frame's header is read
  std::array<HuffmanTable, 4> tables_;
  std::array<bool, 4> has_table_{};
  std::size_t interval_ = 0;  ///< pixels between restart markers; 0: there are none
  cv::Mat image_;
  std::vector<bool> done_;  ///< components that a scan was for
};

void LosslessJpeg::read_segment() {
  while (at_ + 1 < bytes_.size() && bytes_[at_] == 0xff && bytes_[at_ + 1] == 0xff) ++at_;
  if (at_ + 2 > bytes_.size()) throw_damaged_lossless("it ends early");
  const bool begins = at_ == 0;
  const unsigned char marker = bytes_[at_ + 1];
  if (bytes_[at_] != 0xff || begins != (marker == 0xd8)) throw_damaged_lossless("a marker is missing");
  at_ += 2;
  if (begins) return;
  if (marker == 0xd9) {
    ended_ = true;
    if (ids_.empty()) throw_damaged_lossless("it has no image");
    return;
  }
  const std::size_t length = u16(at_);
  if (length < 2 || length > bytes_.size() - at_) throw_damaged_lossless("it ends early");
  const LosslessBytes body = bytes_.subspan(at_ + 2, length - 2);
  at_ += length;
  if (marker == 0xc4) return read_tables(body);
  if (marker == 0xda) return read_scan(body);
  if (marker == 0xdd) {
    if (body.size() != 2) throw_damaged_lossless("its restart interval is damaged");
    interval_ = number_at(body, 0, 2, ByteOrder::Big);
  } else if (marker == 0xc3) {
    read_frame(body);
  } else if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc8 && marker != 0xcc) {
    throw Error(
        fmt::format("a JPEG of another kind (SOF{}), where one without loss by Huffman codes (SOF3) "
                    "is expected",
                    marker - 0xc0));
  }
}

void LosslessJpeg::read_frame(LosslessBytes body) {
  if (!ids_.empty() || body.size() < 6 || body.size() != 6 + 3 * std::size_t{body[5]})
    throw_damaged_lossless("its header is damaged");
  facts_ = {.size = {static_cast<int>(number_at(body, 3, 2, ByteOrder::Big)),
                     static_cast<int>(number_at(body, 1, 2, ByteOrder::Big))},
            .samples = body[5],
            .bits = body[0]};
  if (facts_.bits < 2 || facts_.bits > 16 || facts_.samples < 1 || facts_.samples > 4 || facts_.size.empty())
    throw Error(fmt::format("a JPEG without loss of {}x{} pixels of {} samples of {} bits, which isn't read",
                            facts_.size.width, facts_.size.height, facts_.samples, facts_.bits));
  for (std::size_t at = 6; at < body.size(); at += 3) {
    if (facts_.samples > 1 && body[at + 1] != 0x11)
      throw Error("a JPEG without loss that has samples for several pixels, which isn't read");
    if (std::ranges::find(ids_, body[at]) != ids_.end()) throw_damaged_lossless("its header is damaged");
    ids_.push_back(body[at]);
  }
}

void LosslessJpeg::read_tables(LosslessBytes body) {
  while (!body.empty()) {
    constexpr std::size_t kHead = 17;
    if (body.size() < kHead || body[0] > 3) throw_damaged_lossless("a table of codes is damaged");
    JHUFF_TBL table{};
    std::copy_n(body.begin() + 1, 16, table.bits + 1);
    const std::size_t count = std::accumulate(table.bits + 1, table.bits + 17, std::size_t{0});
    if (count < 1 || count > 256 || count > body.size() - kHead)
      throw_damaged_lossless("a table of codes is damaged");
    // Codes of a length are numbers of so many bits, and follow upon those that are shorter.
    std::size_t code = 0;
    for (std::size_t length = 1; length <= 16; ++length, code <<= 1) {
      code += table.bits[length];
      if (code > std::size_t{1} << length) throw_damaged_lossless("a table of codes is damaged");
    }
    const LosslessBytes symbols = body.subspan(kHead, count);
    if (std::ranges::any_of(symbols, [](unsigned char symbol) { return symbol > 16; }))
      throw_damaged_lossless("a table of codes is damaged");
    std::ranges::copy(symbols, table.huffval);
    tables_[body[0]].build(table, false);
    has_table_[body[0]] = true;
    body = body.subspan(kHead + count);
  }
}

const HuffmanTable& LosslessJpeg::table_of(unsigned char selector) const {
  const std::size_t k = selector >> 4;
  if (k > 3 || !has_table_[k]) throw_damaged_lossless("a table of codes is missing");
  return tables_[k];
}

void LosslessJpeg::read_scan(LosslessBytes body) {
  const std::size_t count = body.empty() ? 0 : body[0];
  if (image_.empty() || count < 1 || count > ids_.size() || body.size() != 4 + 2 * count)
    throw_damaged_lossless("a scan's header is damaged");
  std::vector<LosslessScanPart> parts;
  for (std::size_t i = 0; i < count; ++i) {
    const auto place = std::ranges::find(ids_, body[1 + 2 * i]) - ids_.begin();
    if (place == std::ssize(ids_) || done_[static_cast<std::size_t>(place)])
      throw_damaged_lossless("a scan's header is damaged");
    done_[static_cast<std::size_t>(place)] = true;
    parts.push_back({static_cast<int>(place), &table_of(body[2 + 2 * i])});
  }
  const int selection = body[1 + 2 * count], shift = body[3 + 2 * count];
  if (shift >= facts_.bits) throw_damaged_lossless("a scan's header is damaged");
  if (interval_ % static_cast<std::size_t>(facts_.size.width) != 0)
    throw_damaged_lossless("its restart interval isn't whole rows");
  const int first = 1 << (facts_.bits - shift - 1);
  switch (selection) {
    case 1:
      read_rows<1>(parts, first);
      break;
    case 2:
      read_rows<2>(parts, first);
      break;
    case 3:
      read_rows<3>(parts, first);
      break;
    case 4:
      read_rows<4>(parts, first);
      break;
    case 5:
      read_rows<5>(parts, first);
      break;
    case 6:
      read_rows<6>(parts, first);
      break;
    case 7:
      read_rows<7>(parts, first);
      break;
    default:
      throw_damaged_lossless("its predictor is none of 1 to 7");
  }
  if (shift == 0) return;
  for (int y = 0; y < image_.rows; ++y)
    for (int x = 0; x < image_.cols; ++x)
      for (const LosslessScanPart& part : parts) {
        auto& sample = image_.ptr<std::uint16_t>(y)[x * image_.channels() + part.component];
        sample = static_cast<std::uint16_t>(sample << shift);
      }
}

/// Rows of a scan. `first`: what is guessed where nothing is known yet.
template <int Selection>
void LosslessJpeg::read_rows(const std::vector<LosslessScanPart>& parts, int first) {
  LosslessBits bits(bytes_, at_);
  const int step = image_.channels(), rows_apart = static_cast<int>(interval_) / image_.cols;
  for (int y = 0; y < image_.rows; ++y) {
    const bool restarts = rows_apart > 0 && y > 0 && y % rows_apart == 0;
    if (restarts) bits.restart(static_cast<unsigned>(y / rows_apart - 1));
    if (y > 0 && !restarts) {
      read_row<Selection>(bits, parts, y);
      continue;
    }
    // Nothing above is known: each is guessed to be as that before it.
    auto* row = image_.ptr<std::uint16_t>(y);
    for (int x = 0; x < image_.cols; ++x)
      for (const auto& [component, table] : parts) {
        const int at = x * step + component, guess = x == 0 ? first : row[at - step];
        row[at] = static_cast<std::uint16_t>(guess + bits.difference(*table));
      }
  }
  // What fills up the last byte, and then the next marker.
  for (at_ = bits.at(); at_ + 1 < bytes_.size() && (bytes_[at_] != 0xff || bytes_[at_ + 1] == 0);) ++at_;
}

/// A row below another.
template <int Selection>
void LosslessJpeg::read_row(LosslessBits& bits, const std::vector<LosslessScanPart>& parts, int y) {
  const int step = image_.channels();
  const auto* above = image_.ptr<std::uint16_t>(y - 1);
  auto* row = image_.ptr<std::uint16_t>(y);
  for (const auto& [component, table] : parts)
    row[component] = static_cast<std::uint16_t>(above[component] + bits.difference(*table));
  for (int x = 1; x < image_.cols; ++x)
    for (const auto& [component, table] : parts) {
      const int at = x * step + component,
                guess = predicted<Selection>(row[at - step], above[at], above[at - step]);
      row[at] = static_cast<std::uint16_t>(guess + bits.difference(*table));
    }
}

cv::Mat LosslessJpeg::pixels() {
  facts();
  image_.create(facts_.size, CV_16UC(facts_.samples));
  done_.assign(ids_.size(), false);
  while (!ended_ && std::ranges::find(done_, false) != done_.end()) read_segment();
  if (std::ranges::find(done_, false) != done_.end())
    throw_damaged_lossless("not all of its samples are there");
  return image_;
}

}  // namespace

LosslessJpegFacts lossless_jpeg_facts(std::span<const unsigned char> jpeg) {
  return LosslessJpeg(jpeg).facts();
}

cv::Mat decode_lossless_jpeg(std::span<const unsigned char> jpeg) { return LosslessJpeg(jpeg).pixels(); }

}  // namespace doppel
