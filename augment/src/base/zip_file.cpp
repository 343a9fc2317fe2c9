#include "doppel/base/zip_file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "doppel/base/deflate.h"
#include "doppel/base/error.h"
#include "zip_directory.h"

namespace doppel {
namespace {

constexpr std::size_t kZipWindow = 1 << 16;
/// More than that is made room for as it comes, not as it's promised.
constexpr std::uint64_t kMostAtOnce = std::uint64_t{1} << 26;

/// Of APPNOTE 4.4.5, those that are met.
std::string zip_method(std::uint16_t method) {
  static constexpr std::array<std::pair<std::uint16_t, std::string_view>, 10> kNames{{{1, "Shrink"},
                                                                                      {6, "Implode"},
                                                                                      {9, "Deflate64"},
                                                                                      {12, "bzip2"},
                                                                                      {14, "LZMA"},
                                                                                      {93, "Zstandard"},
                                                                                      {95, "XZ"},
                                                                                      {96, "JPEG"},
                                                                                      {98, "PPMd"},
                                                                                      {99, "AES"}}};
  const auto found = std::ranges::find(kNames, method, &std::pair<std::uint16_t, std::string_view>::first);
  return found == kNames.end() ? fmt::format("method {}", method) : std::string(found->second);
}

}  // namespace

ZipFile::ZipFile(const std::filesystem::path& path) : file_(path) { ZipDirectory(*this).read(); }

ZipEntry ZipFile::operator[](std::size_t index) const {
  const Record& record = records_[index];
  return {.name = name_of(record),
          .size = record.size,
          .packed_size = record.packed_size,
          .at = record.at,
          .crc = record.crc,
          .method = record.method,
          .encrypted = record.encrypted};
}

std::size_t ZipFile::first_from(std::string_view name) const {
  const auto found =
      std::ranges::lower_bound(records_, name, {}, [this](const Record& record) { return name_of(record); });
  return static_cast<std::size_t>(found - records_.begin());
}

std::size_t ZipFile::find(std::string_view name) const {
  const std::size_t index = first_from(name);
  return index < size() && name_of(records_[index]) == name ? index : size();
}

void ZipFile::fail(std::size_t index, std::string_view what) const {
  throw Error(fmt::format("{}/{}: {}", path().string(), name_of(records_[index]), what));
}

std::string ZipFile::why_unread(std::size_t index) const {
  const Record& record = records_[index];
  if (record.encrypted) return "it is encrypted";
  if (record.method == kStored || record.method == kDeflate) return "";
  return fmt::format("it is packed by {}; only Deflate is read", zip_method(record.method));
}

std::uint64_t ZipFile::data_at(std::size_t index) const {
  const Record& record = records_[index];
  std::array<unsigned char, kZipLocalHeader> header{};
  file_.read(record.at, header);
  const std::uint64_t before =
      kZipLocalHeader + zip_number(header.data() + 26, 2) + zip_number(header.data() + 28, 2);
  if (zip_number(header.data(), 4) != kZipLocalMark || before > entries_end_ - record.at ||
      record.packed_size > entries_end_ - record.at - before)
    fail(index, "the archive is damaged: no such entry lies where its directory says");
  return record.at + before;
}

std::vector<unsigned char> ZipFile::read(std::size_t index, std::uint64_t limit) const {
  const std::uint64_t size = records_[index].size;
  if (size > limit) fail(index, fmt::format("unpacks to more than {} bytes", limit));
  ZipStream stream(*this, index);
  const bool is_small = std::max(size, records_[index].packed_size) <= kMostAtOnce;
  if (records_[index].method == kDeflate && is_small) return stream.all();
  std::vector<unsigned char> bytes;
  do {
    const std::size_t before = bytes.size();
    // All of it once its beginning is seen to be there: room that grows by steps is in memory twice.
    bytes.resize(static_cast<std::size_t>(before == 0 ? std::min(size, kMostAtOnce) : size));
    stream.read(std::span(bytes).subspan(before));
  } while (bytes.size() < size);
  return bytes;
}

std::vector<unsigned char> ZipFile::head(std::size_t index, std::size_t size) const {
  std::vector<unsigned char> bytes(
      static_cast<std::size_t>(std::min<std::uint64_t>(size, records_[index].size)));
  ZipStream(*this, index).read(bytes);
  return bytes;
}

/// zlib's state, of bytes without a header of its own.
struct ZipStream::Inflater {
  Inflater() {
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw Error("zlib can't start");
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream stream{};
  bool ended = false;
};

ZipStream::ZipStream(const ZipFile& archive, std::size_t index)
    : archive_(archive), index_(index), entry_(archive[index]) {
  if (const std::string why = archive.why_unread(index); !why.empty()) archive.fail(index, why);
  // An image of usual size and what stands before it are read at once.
  const std::uint64_t there = archive.file().size() - entry_.at,
                      likely = kZipLocalHeader + entry_.name.size() + 64 + entry_.packed_size;
  window_.resize(static_cast<std::size_t>(std::min({there, likely, std::uint64_t{kZipWindow}})));
  archive.file().read(entry_.at, window_);
  std::uint64_t data = entry_.at + window_.size();
  from_ = window_.size() < kZipLocalHeader
              ? window_.size()
              : kZipLocalHeader + zip_number(window_.data() + 26, 2) + zip_number(window_.data() + 28, 2);
  if (from_ >= window_.size() || zip_number(window_.data(), 4) != kZipLocalMark) {
    data = archive.data_at(index);
    window_.clear();
    from_ = 0;
    next_ = data;
  } else {
    next_ = data;
    data = entry_.at + from_;
  }
  packed_end_ = data + entry_.packed_size;
  if (next_ > packed_end_) {
    window_.resize(from_ + static_cast<std::size_t>(entry_.packed_size));
    next_ = packed_end_;
  }
  if (packed_end_ > archive.file().size()) archive.fail(index, "the archive is cut short");
}

ZipStream::~ZipStream() = default;

void ZipStream::refill() {
  window_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(packed_end_ - next_, kZipWindow)));
  from_ = 0;
  archive_.file().read(next_, window_);
  next_ += window_.size();
}

std::size_t ZipStream::stored(std::span<unsigned char> into) {
  const std::size_t known = std::min(into.size(), window_.size() - from_);
  std::copy_n(window_.begin() + static_cast<std::ptrdiff_t>(from_), known, into.begin());
  from_ += known;
  const auto more =
      static_cast<std::size_t>(std::min<std::uint64_t>(into.size() - known, packed_end_ - next_));
  archive_.file().read(next_, into.subspan(known, more));
  next_ += more;
  return known + more;
}

std::size_t ZipStream::inflated(std::span<unsigned char> into) {
  if (!inflater_) inflater_ = std::make_unique<Inflater>();
  z_stream& stream = inflater_->stream;
  std::size_t filled = 0;
  while (!inflater_->ended && (filled < into.size() || given_ + filled == entry_.size)) {
    if (from_ == window_.size() && next_ < packed_end_) refill();
    // Behind the last byte there must be nothing more.
    std::array<unsigned char, 1> beyond{};
    const std::span<unsigned char> room =
        filled < into.size() ? into.subspan(filled) : std::span<unsigned char>(beyond);
    const auto most = static_cast<std::size_t>(std::numeric_limits<uInt>::max());
    stream.next_in = window_.data() + from_;
    stream.avail_in = static_cast<uInt>(window_.size() - from_);
    stream.next_out = room.data();
    stream.avail_out = static_cast<uInt>(std::min(room.size(), most));
    const uInt before = stream.avail_out;
    const int status = inflate(&stream, Z_NO_FLUSH);
    from_ = window_.size() - stream.avail_in;
    const std::size_t got = before - stream.avail_out;
    if (filled == into.size() && got > 0)
      archive_.fail(index_, "unpacks to more bytes than its directory says");
    filled += got;
    inflater_->ended = status == Z_STREAM_END;
    const bool out_of_bytes = status == Z_BUF_ERROR && from_ == window_.size() && next_ == packed_end_;
    if (out_of_bytes || (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR))
      archive_.fail(index_, "its packed bytes are damaged or cut short");
  }
  return filled;
}

std::vector<unsigned char> ZipStream::all() {
  const auto known = static_cast<std::ptrdiff_t>(window_.size());
  window_.resize(window_.size() + static_cast<std::size_t>(packed_end_ - next_));
  archive_.file().read(next_, std::span(window_).subspan(static_cast<std::size_t>(known)));
  if (entry_.size / kMostInflation > entry_.packed_size)
    archive_.fail(index_, "unpacks to fewer bytes than its directory says");
  std::vector<unsigned char> bytes(static_cast<std::size_t>(entry_.size));
  switch (inflate_whole(DeflateForm::Raw, std::span(window_).subspan(from_), bytes)) {
    case Inflated::Whole:
      break;
    case Inflated::Damaged:
      archive_.fail(index_, "its packed bytes are damaged or cut short");
    case Inflated::Longer:
      archive_.fail(index_, "unpacks to more bytes than its directory says");
    case Inflated::Shorter:
      archive_.fail(index_, "unpacks to fewer bytes than its directory says");
  }
  if (crc32_of(bytes) != entry_.crc) archive_.fail(index_, "its bytes have changed (CRC-32)");
  return bytes;
}

std::size_t ZipStream::read(std::span<unsigned char> into) {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), entry_.size - given_));
  into = into.first(wanted);
  const std::size_t got = entry_.method == ZipFile::kDeflate ? inflated(into) : stored(into);
  crc_ = crc32_of(into.first(got), crc_);
  given_ += got;
  if (got < wanted) archive_.fail(index_, "unpacks to fewer bytes than its directory says");
  if (wanted > 0 && given_ == entry_.size && crc_ != entry_.crc)
    archive_.fail(index_, "its bytes have changed (CRC-32)");
  return got;
}

}  // namespace doppel
