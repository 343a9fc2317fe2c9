#include "volumes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "doppel/base/deflate.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/place.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// Of a packed file: gzip never makes bytes that many more.
constexpr std::size_t kPackedHead = 1 << 12;

bool is_gzip(const std::vector<unsigned char>& head) {
  return head.size() > 2 && head[0] == 0x1f && head[1] == 0x8b;
}

std::vector<unsigned char> head_of_volume(const fs::path& file) {
  std::vector<unsigned char> head = read_head(file, kPackedHead);
  if (head.empty()) throw Error(is_there(file) ? "an empty file, or one that can't be read" : "isn't there");
  return head;
}

/// Where the last of a slice's bytes is in the unpacked file.
std::uint64_t end_of(const NiftiVolume& volume, int slice) {
  return volume.at(slice, volume.bands() - 1) + volume.band_bytes();
}

/// `size`: of the unpacked file, bytes.
void check_slice(const NiftiVolume& volume, int number, std::uint64_t size) {
  if (number < 0 || number >= volume.slices())
    throw Error(fmt::format("has no slice {}: it has {}, from 0", number, volume.slices()));
  if (size < end_of(volume, number)) throw Error("not a whole NIfTI: its pixels aren't all there");
}

/// All bytes of a slice, band by band: `read` fills each from where it begins. False where it can't.
template <class Read>
bool read_bands(const NiftiVolume& volume, int number, std::vector<unsigned char>& slice, const Read& read) {
  slice.resize(static_cast<std::size_t>(volume.bands()) * volume.band_bytes());
  for (int band = 0; band < volume.bands(); ++band)
    if (!read(volume.at(number, band),
              std::span(slice).subspan(static_cast<std::size_t>(band) * volume.band_bytes(),
                                       volume.band_bytes())))
      return false;
  return true;
}

constexpr std::uint64_t kPart = std::uint64_t{1} << 26;          ///< bytes that are unpacked at once
constexpr std::uint64_t kPartsOfAFile = std::uint64_t{1} << 30;  ///< numbers of blocks

/// What a file that is packed by gzip, or lies in an archive, or both, unpacks to, piece by piece.
class UnpackedVolume {
 public:
  explicit UnpackedVolume(const fs::path& path) : path_(path) {
    if (is_gzip(read_head(path, kPackedHead)))
      gzip_.emplace(packed_ = read_file(path));
    else
      plain_.emplace(path);
  }
  std::size_t read(std::span<unsigned char> into) { return gzip_ ? gzip_->read(into) : plain_->read(into); }
  /// Reads what is left, since the checksum stands behind it.
  void expect_end() {
    if (!gzip_) return;
    std::vector<unsigned char> rest(1 << 16);
    while (gzip_->read(rest) == rest.size()) {}
    if (!gzip_->is_at_end())
      throw Error(fmt::format("{}: not a whole gzip file (truncated or damaged)", path_.string()));
  }

 private:
  fs::path path_;
  std::vector<unsigned char> packed_;
  std::optional<GzipStream> gzip_;
  std::optional<FileStream> plain_;
};

/// What `part`, which begins at `part_at`, has of `to`, which begins at `at`.
void copy_overlap(std::span<const unsigned char> part, std::uint64_t part_at, std::span<unsigned char> to,
                  std::uint64_t at) {
  const std::uint64_t begin = std::max(part_at, at), end = std::min(part_at + part.size(), at + to.size());
  if (begin < end)
    std::ranges::copy(part.subspan(begin - part_at, end - begin),
                      to.begin() + static_cast<std::ptrdiff_t>(begin - at));
}

/// A header may claim anything: each slice becomes a sample before any of them is read.
void check_count(const NiftiVolume& volume, std::uint64_t file_size, bool packed) {
  constexpr int kMost = 1'000'000;
  constexpr std::uint64_t kBestRate = 1032;  // of deflate
  if (volume.slices() > kMost)
    throw Error(fmt::format("a NIfTI of {} slices; {} can be read", volume.slices(), kMost));
  const std::uint64_t most = packed ? file_size * kBestRate : file_size;
  if (end_of(volume, volume.slices() - 1) > most)
    throw Error("not a whole NIfTI: its pixels aren't all there");
}

}  // namespace

int Volumes::slices(const fs::path& file) {
  try {
    const std::vector<unsigned char> head = head_of_volume(file);
    const NiftiVolume volume(head);
    check_count(volume, size_of_file(file), is_gzip(head));
    return volume.slices();
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", file.string(), error.what())); }
}

int Volumes::bands(const fs::path& file) { return NiftiVolume(head_of_volume(file)).bands(); }

cv::Mat Volumes::slice(const fs::path& file, int number) {
  if (placed(file).place) return slice_of_packed(file, number);
  const RandomFile bytes(file);
  std::vector<unsigned char> head(std::min<std::uint64_t>(kNiftiHead, bytes.size()));
  bytes.read(0, head);
  return is_gzip(head) ? slice_of_packed(file, number) : slice_of_plain(bytes, NiftiVolume(head), number);
}

cv::Mat Volumes::slice_of_plain(const RandomFile& bytes, const NiftiVolume& volume, int number) {
  check_slice(volume, number, bytes.size());
  std::vector<unsigned char> slice;
  read_bands(volume, number, slice, [&](std::uint64_t at, std::span<unsigned char> to) {
    bytes.read(at, to);
    return true;
  });
  return volume.decode(slice);
}

Volumes::Packed Volumes::packed(const fs::path& file) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(file.native()); known != known_.end()) return known->second;
  }
  auto volume = std::make_shared<const NiftiVolume>(head_of_volume(file));
  const std::lock_guard lock(mutex_);
  return known_.try_emplace(file.native(), Packed{known_.size(), std::move(volume)}).first->second;
}

/// All of it that lies in parts that are kept.
bool Volumes::read_parts(const Packed& file, std::uint64_t at, std::span<unsigned char> to) {
  while (!to.empty()) {
    const std::size_t some = std::min<std::uint64_t>(to.size(), kPart - at % kPart);
    if (!blocks_.read(file.number * kPartsOfAFile + at / kPart, at % kPart, to.first(some))) return false;
    at += some;
    to = to.subspan(some);
  }
  return true;
}

/// All that the header promises, part by part, and the wanted slice as it comes by; returns how much there
/// is.
std::uint64_t Volumes::unpack(const fs::path& path, const Packed& file, int number,
                              std::vector<unsigned char>& slice) {
  const NiftiVolume& volume = *file.volume;
  const std::uint64_t promised = end_of(volume, volume.slices() - 1);
  slice.resize(static_cast<std::size_t>(volume.bands()) * volume.band_bytes());
  UnpackedVolume unpacked(path);
  std::uint64_t at = 0;
  for (std::size_t got = 1; at < promised && got > 0; at += got) {
    const auto part = std::make_shared<UnpackedBlocks::Bytes>(std::min(kPart, promised - at));
    got = unpacked.read(*part);
    part->resize(got);
    for (int band = 0; band < volume.bands(); ++band) {
      const auto of_slice =
          std::span(slice).subspan(static_cast<std::size_t>(band) * volume.band_bytes(), volume.band_bytes());
      copy_overlap(*part, at, of_slice, volume.at(number, band));
    }
    blocks_.keep(file.number * kPartsOfAFile + at / kPart, part);
  }
  unpacked.expect_end();
  return at;
}

cv::Mat Volumes::slice_of_packed(const fs::path& file, int number) {
  const Packed known = packed(file);
  const NiftiVolume& volume = *known.volume;
  if (number < 0 || number >= volume.slices()) check_slice(volume, number, 0);
  std::vector<unsigned char> slice;
  const auto from_parts = [&](std::uint64_t at, std::span<unsigned char> to) {
    return read_parts(known, at, to);
  };
  Unpacking& unpacking = *known.unpacking;
  if (unpacking.is_done && read_bands(volume, number, slice, from_parts)) return volume.decode(slice);
  const std::lock_guard lock(unpacking.mutex);
  if (!unpacking.problem.empty()) throw Error(unpacking.problem);
  if (unpacking.is_done && read_bands(volume, number, slice, from_parts)) return volume.decode(slice);
  try {
    const std::uint64_t size = unpack(file, known, number, slice);
    unpacking.is_done = true;
    check_slice(volume, number, size);
  } catch (const Error& error) {
    if (!unpacking.is_done) unpacking.problem = error.what();
    throw;
  }
  return volume.decode(slice);
}

}  // namespace doppel::dataset
