// TIFF by libtiff, with what that brings: loaded when the first such image is met.
#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <opencv2/core.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "tiff_request.h"

namespace doppel {
namespace {

/// A file in memory that can only be read.
struct Memory {
  const unsigned char* bytes;
  toff_t size, at = 0;
};

tmsize_t read_memory(thandle_t handle, void* to, tmsize_t count) {
  auto& memory = *static_cast<Memory*>(handle);
  const toff_t there = memory.at < memory.size ? memory.size - memory.at : 0,
               size = std::min(static_cast<toff_t>(count), there);
  if (size > 0) std::memcpy(to, memory.bytes + memory.at, size);
  memory.at += size;
  return static_cast<tmsize_t>(size);
}
tmsize_t write_memory(thandle_t, void*, tmsize_t) { return 0; }
toff_t seek_memory(thandle_t handle, toff_t offset, int whence) {
  auto& memory = *static_cast<Memory*>(handle);
  memory.at = offset + (whence == SEEK_CUR ? memory.at : whence == SEEK_END ? memory.size : 0);
  return memory.at;
}
int close_memory(thandle_t) { return 0; }
toff_t size_of_memory(thandle_t handle) { return static_cast<Memory*>(handle)->size; }
int map_memory(thandle_t, void**, toff_t*) { return 0; }
void unmap_memory(thandle_t, void*, toff_t) {}

/// libtiff would print them; what is wrong is said in words of ours.
int drop_error(TIFF*, void*, const char*, const char*, va_list) { return 1; }
int drop_warning(TIFF*, void*, const char*, const char*, va_list) { return 1; }

struct Close {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
using Tiff = std::unique_ptr<TIFF, Close>;

Tiff open(Memory& memory, std::size_t most_memory) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(),
                                                                                 TIFFOpenOptionsFree);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(most_memory));
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), drop_error, nullptr);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), drop_warning, nullptr);
  Tiff tiff(TIFFClientOpenExt("image", "rm", &memory, read_memory, write_memory, seek_memory, close_memory,
                              size_of_memory, map_memory, unmap_memory, options.get()));
  if (!tiff) throw std::runtime_error("its header makes no sense");
  return tiff;
}

/// One number of the first directory, by what libtiff takes where it isn't said.
template <class T>
T number_of(TIFF* tiff, unsigned tag) {
  T value = 0;
  TIFFGetFieldDefaulted(tiff, tag, &value);
  return value;
}

/// A piece of the image as it's stored: a strip or a tile, of all samples or of one.
struct Piece {
  int x, y, width, height;
  int stride;  ///< samples from one pixel to the next
  int sample;  ///< the first that it holds
};

/// Takes the wanted samples out of a piece; whole rows where these are all there are.
template <class T>
void place(const T* data, const Piece& piece, const int* samples, cv::Mat& image) {
  const int channels = image.channels(), columns = std::min(piece.width, image.cols - piece.x),
            rows = std::min(piece.height, image.rows - piece.y);
  const std::ptrdiff_t step = std::ptrdiff_t{piece.width} * piece.stride;
  const bool all =
      piece.stride == channels && piece.sample == 0 && std::is_sorted(samples, samples + channels);
  for (int y = 0; y < rows; ++y) {
    const T* row = data + y * step;
    T* out = image.ptr<T>(piece.y + y) + std::ptrdiff_t{piece.x} * channels;
    if (all) {
      std::copy_n(row, std::ptrdiff_t{columns} * channels, out);
      continue;
    }
    for (int c = 0; c < channels; ++c) {
      const int within = samples[c] - piece.sample;
      if (within < 0 || within >= piece.stride) continue;
      for (std::ptrdiff_t x = 0; x < columns; ++x) out[x * channels + c] = row[x * piece.stride + within];
    }
  }
}

/// Numbers of 9 to 15 bits, which lie packed, high bits first, each row from a byte on; in place of what is
/// packed come numbers of 16 bits.
void unpack(const unsigned char* packed, std::size_t packed_row, const Piece& piece, int bits,
            std::uint16_t* out) {
  const std::size_t count = static_cast<std::size_t>(piece.width) * static_cast<std::size_t>(piece.stride);
  for (int y = 0; y < piece.height; ++y, packed += packed_row) {
    const unsigned char* next = packed;
    std::uint32_t held = 0;
    int held_bits = 0;
    for (std::size_t i = 0; i < count; ++i) {
      for (; held_bits < bits; held_bits += 8) held = held << 8 | *next++;
      held_bits -= bits;
      *out++ = static_cast<std::uint16_t>(held >> held_bits & ((1U << bits) - 1));
    }
  }
}

/// The first piece of an image whose header agrees with what is asked for.
Piece first_piece(TIFF* tiff, const TiffRequest& request, const cv::Mat& image) {
  const bool separate = number_of<std::uint16_t>(tiff, TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE;
  const int all = number_of<std::uint16_t>(tiff, TIFFTAG_SAMPLESPERPIXEL);
  if (number_of<std::uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE) != request.bits ||
      *std::max_element(request.samples, request.samples + image.channels()) >= all)
    throw std::runtime_error("its header contradicts itself");
  Piece piece{0, 0, image.cols, image.rows, separate ? 1 : all, 0};
  if (TIFFIsTiled(tiff) != 0) {
    piece.width = static_cast<int>(number_of<std::uint32_t>(tiff, TIFFTAG_TILEWIDTH));
    piece.height = static_cast<int>(number_of<std::uint32_t>(tiff, TIFFTAG_TILELENGTH));
  } else {
    const auto rows = number_of<std::uint32_t>(tiff, TIFFTAG_ROWSPERSTRIP);
    piece.height = static_cast<int>(std::min(rows, static_cast<std::uint32_t>(image.rows)));
  }
  constexpr int kLongest = 1 << 28;
  if (piece.width < 1 || piece.width > kLongest || piece.height < 1 || piece.height > kLongest)
    throw std::runtime_error("its strips or tiles have no size that makes sense");
  return piece;
}

/// Throws where tiles hang so far over the image's edge that reading them all is out of proportion.
void check_overhang(const Piece& piece, std::size_t bytes, const cv::Mat& image) {
  const auto count = [](int size, int step) { return static_cast<std::size_t>((size - 1) / step + 1); };
  constexpr std::size_t kMost = std::size_t{1} << 30;
  const std::size_t most = kMost + 16 * image.total() * image.elemSize();
  if (bytes > most / (count(image.cols, piece.width) * count(image.rows, piece.height)))
    throw std::runtime_error("its tiles are far larger than what they hold");
}

/// Reads a piece's bytes: all of a tile, and as many rows of a strip as there are.
void read_piece(TIFF* tiff, const Piece& piece, std::size_t row, unsigned char* data, int all_rows) {
  const bool tiled = TIFFIsTiled(tiff) != 0;
  const auto x = static_cast<std::uint32_t>(piece.x), y = static_cast<std::uint32_t>(piece.y);
  const auto plane = static_cast<std::uint16_t>(piece.sample);
  const int rows = tiled ? piece.height : std::min(piece.height, all_rows - piece.y);
  const auto wanted = static_cast<tmsize_t>(row * static_cast<std::size_t>(rows));
  const tmsize_t got = tiled ? TIFFReadEncodedTile(tiff, TIFFComputeTile(tiff, x, y, 0, plane), data, wanted)
                             : TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, y, plane), data, wanted);
  if (got < wanted) throw std::runtime_error("its pixels aren't all there");
}

void place_numbers(const unsigned char* data, const Piece& piece, const int* samples, cv::Mat& image) {
  switch (image.elemSize1()) {
    case 1:
      return place(data, piece, samples, image);
    case 2:
      return place(reinterpret_cast<const std::uint16_t*>(data), piece, samples, image);
    case 4:
      return place(reinterpret_cast<const std::uint32_t*>(data), piece, samples, image);
    default:
      return place(reinterpret_cast<const std::uint64_t*>(data), piece, samples, image);
  }
}

/// Reads every strip or tile, and takes the wanted samples out.
void read_samples(TIFF* tiff, const TiffRequest& request, std::size_t most_memory, cv::Mat& image) {
  Piece piece = first_piece(tiff, request, image);
  const std::size_t numbers = static_cast<std::size_t>(piece.width) * static_cast<std::size_t>(piece.stride),
                    row = (numbers * static_cast<std::size_t>(request.bits) + 7) / 8;
  const auto height = static_cast<std::size_t>(piece.height);
  if (row > most_memory / height) throw std::bad_alloc();
  check_overhang(piece, row * height, image);
  const bool packed = request.bits % 8 != 0;
  // Numbers of 64 bits ask for memory that they may lie in.
  const auto data = std::make_unique_for_overwrite<std::uint64_t[]>((row * height + 7) / 8);
  const auto unpacked = std::make_unique_for_overwrite<std::uint16_t[]>(packed ? numbers * height : 0);
  auto* bytes = reinterpret_cast<unsigned char*>(data.get());
  const auto read_plane = [&] {
    for (piece.y = 0; piece.y < image.rows; piece.y += piece.height)
      for (piece.x = 0; piece.x < image.cols; piece.x += piece.width) {
        read_piece(tiff, piece, row, bytes, image.rows);
        if (packed) unpack(bytes, row, piece, request.bits, unpacked.get());
        place_numbers(packed ? reinterpret_cast<unsigned char*>(unpacked.get()) : bytes, piece,
                      request.samples, image);
      }
  };
  if (number_of<std::uint16_t>(tiff, TIFFTAG_PLANARCONFIG) != PLANARCONFIG_SEPARATE) return read_plane();
  for (int c = 0; c < image.channels(); ++c) {
    piece.sample = request.samples[c];
    read_plane();
  }
}

/// Whatever libtiff can make RGBA of, as it's stored: not turned.
void convert(TIFF* tiff, cv::Mat& image) {
  char why[1024] = "";
  TIFFRGBAImage source;
  if (TIFFRGBAImageOK(tiff, why) == 0 || TIFFRGBAImageBegin(&source, tiff, 1, why) == 0)
    throw std::runtime_error("its colours, or how they are packed");
  const std::unique_ptr<TIFFRGBAImage, decltype(&TIFFRGBAImageEnd)> end(&source, TIFFRGBAImageEnd);
  source.orientation = source.req_orientation = ORIENTATION_TOPLEFT;
  std::vector<std::uint32_t> raster(image.total());
  if (TIFFRGBAImageGet(&source, raster.data(), static_cast<std::uint32_t>(image.cols),
                       static_cast<std::uint32_t>(image.rows)) == 0)
    throw std::runtime_error("its pixels aren't all there");
  unsigned char* out = image.data;
  for (const std::uint32_t pixel : raster) {
    *out++ = TIFFGetR(pixel);
    *out++ = TIFFGetG(pixel);
    *out++ = TIFFGetB(pixel);
    *out++ = TIFFGetA(pixel);
  }
}

void go_to_page(TIFF* tiff, const TiffRequest& request, const cv::Mat& image) {
  if (TIFFCurrentDirOffset(tiff) != request.directory && TIFFSetSubDirectory(tiff, request.directory) == 0)
    throw std::runtime_error("a page's header makes no sense");
  if (number_of<std::uint32_t>(tiff, TIFFTAG_IMAGEWIDTH) != static_cast<std::uint32_t>(image.cols) ||
      number_of<std::uint32_t>(tiff, TIFFTAG_IMAGELENGTH) != static_cast<std::uint32_t>(image.rows))
    throw std::runtime_error("its header contradicts itself");
}

}  // namespace
}  // namespace doppel

extern "C" int doppel_tiff_pixels(const unsigned char* bytes, std::size_t size,
                                  const doppel::TiffRequest& request, cv::Mat& image,
                                  std::string& problem) noexcept {
  try {
    doppel::Memory memory{bytes, size};
    // A piece may hold more samples than are wanted, and hang over the image's edge.
    const std::size_t most_memory =
        (std::size_t{64} << 20) + std::max<std::size_t>(64, 16 * image.elemSize()) * image.total();
    try {
      const doppel::Tiff tiff = doppel::open(memory, most_memory);
      doppel::go_to_page(tiff.get(), request, image);
      if (request.samples)
        doppel::read_samples(tiff.get(), request, most_memory, image);
      else
        doppel::convert(tiff.get(), image);
      return 1;
    } catch (const std::bad_alloc&) {
      problem = "there isn't the memory for it";
    } catch (const std::exception& error) { problem = error.what(); }
  } catch (...) {}
  return 0;
}
