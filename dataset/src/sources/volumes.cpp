#include "volumes.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/place.h"
#include "doppel/base/random_file.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// Of a packed file: gzip never makes bytes that many more.
constexpr std::size_t kPackedHead = 1 << 12;

/// By gzip, or in an archive, which may have packed it.
bool is_packed(const fs::path& file) {
  return lower(file.extension().string()) == ".gz" || placed(file).place;
}

NiftiVolume header_of(const fs::path& file) {
  const std::vector<unsigned char> head = read_head(file, kPackedHead);
  if (head.empty()) throw Error(is_there(file) ? "an empty file, or one that can't be read" : "isn't there");
  return NiftiVolume(head);
}

/// `size`: of the unpacked file, bytes.
void check_slice(const NiftiVolume& volume, int number, std::uint64_t size) {
  if (number < 0 || number >= volume.slices())
    throw Error(fmt::format("has no slice {}: it has {}, from 0", number, volume.slices()));
  if (size < volume.at(number) + volume.slice_bytes())
    throw Error("not a whole NIfTI: its pixels aren't all there");
}

cv::Mat slice_of_plain(const fs::path& file, int number) {
  const RandomFile bytes(file);
  std::vector<unsigned char> head(std::min<std::uint64_t>(kNiftiHead, bytes.size()));
  bytes.read(0, head);
  const NiftiVolume volume(head);
  check_slice(volume, number, bytes.size());
  std::vector<unsigned char> slice(volume.slice_bytes());
  bytes.read(volume.at(number), slice);
  return volume.decode(slice);
}

}  // namespace

int Volumes::slices(const fs::path& file) {
  try {
    return header_of(file).slices();
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", file.string(), error.what())); }
}

cv::Mat Volumes::slice(const fs::path& file, int number) {
  return is_packed(file) ? slice_of_packed(file, number) : slice_of_plain(file, number);
}

Volumes::Packed Volumes::packed(const fs::path& file) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(file.native()); known != known_.end()) return known->second;
  }
  auto volume = std::make_shared<const NiftiVolume>(header_of(file));
  const std::lock_guard lock(mutex_);
  return known_.try_emplace(file.native(), Packed{known_.size(), std::move(volume)}).first->second;
}

cv::Mat Volumes::slice_of_packed(const fs::path& file, int number) {
  const auto [block, volume] = packed(file);
  std::vector<unsigned char> slice(volume->slice_bytes());
  if (number < 0 || number >= volume->slices() || !blocks_.read(block, volume->at(number), slice)) {
    const auto whole = std::make_shared<UnpackedBlocks::Bytes>(read_file_or_gzip(file));
    check_slice(*volume, number, whole->size());
    std::copy_n(whole->begin() + static_cast<std::ptrdiff_t>(volume->at(number)), slice.size(),
                slice.begin());
    blocks_.keep(block, whole);
  }
  return volume->decode(slice);
}

}  // namespace doppel::dataset
