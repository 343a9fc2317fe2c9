#include "volumes.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

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

cv::Mat Volumes::slice_of_packed(const fs::path& file, int number) {
  const Packed known = packed(file);
  const NiftiVolume& volume = *known.volume;
  if (number < 0 || number >= volume.slices()) check_slice(volume, number, 0);
  std::vector<unsigned char> slice;
  const auto from_blocks = [&](std::uint64_t at, std::span<unsigned char> to) {
    return blocks_.read(known.number, at, to);
  };
  if (read_bands(volume, number, slice, from_blocks)) return volume.decode(slice);
  // One at a time, which others wait for.
  const std::lock_guard lock(*known.unpacking);
  if (!read_bands(volume, number, slice, from_blocks)) {
    const auto whole = std::make_shared<UnpackedBlocks::Bytes>(read_file_or_gzip(file));
    check_slice(volume, number, whole->size());
    read_bands(volume, number, slice, [&](std::uint64_t at, std::span<unsigned char> to) {
      std::copy_n(whole->begin() + static_cast<std::ptrdiff_t>(at), to.size(), to.begin());
      return true;
    });
    blocks_.keep(known.number, whole);
  }
  return volume.decode(slice);
}

}  // namespace doppel::dataset
