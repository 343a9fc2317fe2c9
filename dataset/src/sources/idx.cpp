#include "doppel/dataset/sources/idx.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::dataset {
namespace {

struct IdxHeader {
  std::vector<std::size_t> dims;
  std::size_t bytes;        ///< of the header
  std::size_t payload = 1;  ///< bytes that follow
};

std::size_t big_endian(const unsigned char* p) {
  return (std::size_t{p[0]} << 24) | (std::size_t{p[1]} << 16) | (std::size_t{p[2]} << 8) | p[3];
}

/// Of the first bytes. Throws Error where they are no such header.
IdxHeader read_header(std::span<const unsigned char> bytes, const std::string& path, std::size_t rank) {
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0)
    throw Error(fmt::format("{}: not an IDX file (it must begin with two zero bytes)", path));
  if (bytes[2] != 8 || bytes[3] != rank)
    throw Error(
        fmt::format("{}: needs unsigned bytes in {} dimensions (IDX type 08 0{}), but has type {:02x} {:02x}",
                    path, rank, rank, bytes[2], bytes[3]));
  IdxHeader header{{}, 4 + 4 * rank};
  if (bytes.size() < header.bytes) throw Error(fmt::format("{}: the file ends inside its header", path));
  for (std::size_t d = 0; d < rank; ++d) {
    header.dims.push_back(big_endian(bytes.data() + 4 + 4 * d));
    if (header.dims[d] != 0 && header.payload > (std::size_t{1} << 40) / header.dims[d])
      throw Error(fmt::format("{}: the header asks for more than 2^40 bytes", path));
    header.payload *= header.dims[d];
  }
  return header;
}

/// A file's header, and all its bytes, of which no more are unpacked than the header promises.
std::pair<IdxHeader, std::vector<unsigned char>> read_idx(const std::filesystem::path& file,
                                                          std::size_t rank) {
  const std::string path = file.string();
  (void)FileStream(file);  // says what is wrong where it can't be read
  const IdxHeader header = read_header(read_head_or_gzip(file, 4 + 4 * rank), path, rank);
  std::vector<unsigned char> bytes = read_file_or_gzip(file, header.bytes + header.payload);
  if (bytes.size() < header.bytes) throw Error(fmt::format("{}: the file ends inside its header", path));
  if (header.payload != bytes.size() - header.bytes)
    throw Error(fmt::format("{}: the header promises {} bytes of data ({}), but {} follow", path,
                            header.payload, fmt::join(header.dims, " x "), bytes.size() - header.bytes));
  return {header, std::move(bytes)};
}

}  // namespace

IdxFiles::IdxFiles(const std::filesystem::path& images, const std::filesystem::path& labels, int classes)
    : stem_(images.filename().string()) {
  auto [header, image_bytes] = read_idx(images, 3);
  auto [label_header, label_bytes] = read_idx(labels, 1);
  if (header.dims[0] != label_header.dims[0])
    throw Error(fmt::format("{} has {} images, but {} has {} labels", images.string(), header.dims[0],
                            labels.string(), label_header.dims[0]));
  if (header.dims[0] == 0 || header.dims[1] == 0 || header.dims[2] == 0)
    throw Error(fmt::format("{}: holds no pixels ({})", images.string(), fmt::join(header.dims, " x ")));
  if (header.dims[1] > 65535 || header.dims[2] > 65535)
    throw Error(
        fmt::format("{}: images of {} x {} are too large", images.string(), header.dims[1], header.dims[2]));
  height_ = static_cast<int>(header.dims[1]);
  width_ = static_cast<int>(header.dims[2]);
  image_bytes.erase(image_bytes.begin(), image_bytes.begin() + static_cast<std::ptrdiff_t>(header.bytes));
  label_bytes.erase(label_bytes.begin(),
                    label_bytes.begin() + static_cast<std::ptrdiff_t>(label_header.bytes));
  pixels_ = std::move(image_bytes);
  labels_ = std::move(label_bytes);
  const auto largest = std::ranges::max_element(labels_);
  if (classes > 0 && *largest >= classes)
    throw Error(fmt::format("{}: label {} at position {} is outside the {} classes (0 to {})",
                            labels.string(), *largest, largest - labels_.begin(), classes, classes - 1));
  const int count = classes > 0 ? classes : *largest + 1;
  for (int c = 0; c < count; ++c) classes_.push_back(std::to_string(c));
}

Item IdxFiles::read(std::size_t index) const {
  const std::size_t bytes = static_cast<std::size_t>(height_) * static_cast<std::size_t>(width_);
  Item item;
  // A copy: samples outlive their source. Small beside everything else that is done to it.
  item.sample.image.create(height_, width_, CV_8UC1);
  std::copy_n(pixels_.data() + index * bytes, bytes, item.sample.image.data);
  item.sample.label = labels_[index];
  return item;
}

}  // namespace doppel::dataset
