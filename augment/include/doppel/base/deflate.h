// Deflate of whole blocks, by libdeflate, and of gzip piece by piece, by zlib; the CRC-32 that gzip, PNG and
// ZIP have.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace doppel {

/// What is around deflated bytes.
enum class DeflateForm { Raw, Zlib, Gzip };

enum class Inflated {
  Whole,
  Damaged,  ///< also where it's cut short
  Longer,   ///< there is more than there was room for
  Shorter,  ///< there is less
};

/// Unpacks a stream that fills `into` wholly; what lies behind it isn't looked at. `into` is spoilt where it
/// isn't Whole.
Inflated inflate_whole(DeflateForm form, std::span<const unsigned char> packed,
                       std::span<unsigned char> into);
/// The same of a stream that may be shorter than `into`. `used`: bytes of `packed` that it took; `got`: bytes
/// that it has.
Inflated inflate_into(DeflateForm form, std::span<const unsigned char> packed, std::span<unsigned char> into,
                      std::size_t& used, std::size_t& got);

/// The most that a deflated byte can become.
inline constexpr std::uint64_t kMostInflation = 1032;

/// A gzip file from its beginning, of one member or more; what is no member behind them isn't looked at. The
/// packed bytes must outlive it.
class GzipStream {
 public:
  explicit GzipStream(std::span<const unsigned char> packed);  ///< from the file's first byte
  ~GzipStream();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  /// As many bytes as there are.
  std::size_t read(std::span<unsigned char> into);
  /// False where it ends before.
  bool skip(std::uint64_t count);
  /// Whether what was read is all, its checksum right.
  bool is_at_end() const { return is_at_end_; }

 private:
  struct State;
  std::unique_ptr<State> state_;
  bool is_at_end_ = false;
};

/// `seed`: that of what came before.
std::uint32_t crc32_of(std::span<const unsigned char> bytes, std::uint32_t seed = 0);

}  // namespace doppel
