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

/// The first piece of an image whose header agrees with what is asked for.
Piece first_piece(TIFF* tiff, const int* samples, const cv::Mat& image) {
  const bool separate = number_of<std::uint16_t>(tiff, TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE;
  const int all = number_of<std::uint16_t>(tiff, TIFFTAG_SAMPLESPERPIXEL);
  if (number_of<std::uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE) != 8 * image.elemSize1() ||
      *std::max_element(samples, samples + image.channels()) >= all)
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

/// Reads every strip or tile, and takes the wanted samples out.
void read_samples(TIFF* tiff, const int* samples, std::size_t most_memory, cv::Mat& image) {
  Piece piece = first_piece(tiff, samples, image);
  const std::size_t row =
      static_cast<std::size_t>(piece.width) * static_cast<std::size_t>(piece.stride) * image.elemSize1();
  const auto height = static_cast<std::size_t>(piece.height);
  if (row > most_memory / height) throw std::bad_alloc();
  const auto data = std::make_unique_for_overwrite<unsigned char[]>(row * height);
  const auto read_plane = [&] {
    for (piece.y = 0; piece.y < image.rows; piece.y += piece.height)
      for (piece.x = 0; piece.x < image.cols; piece.x += piece.width) {
        read_piece(tiff, piece, row, data.get(), image.rows);
        if (image.elemSize1() == 1)
          place(data.get(), piece, samples, image);
        else
          place(reinterpret_cast<const std::uint16_t*>(data.get()), piece, samples, image);
      }
  };
  if (number_of<std::uint16_t>(tiff, TIFFTAG_PLANARCONFIG) != PLANARCONFIG_SEPARATE) return read_plane();
  for (int c = 0; c < image.channels(); ++c) {
    piece.sample = samples[c];
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

}  // namespace

/// The first image of a TIFF, as it's stored, into `image`, which has its size: of each pixel those samples
/// whose numbers are given, one for each channel, of 8 or 16 bits; where `samples` is null, its colours as
/// RGBA of 8 bits. 0 where it can't be read, and `problem` says why. Nothing is thrown across the border.
extern "C" int doppel_format_pixels(const unsigned char* bytes, std::size_t size, const int* samples,
                                    cv::Mat& image, std::string& problem) noexcept {
  try {
    Memory memory{bytes, size};
    // A piece may hold more samples than are wanted, and hang over the image's edge.
    const std::size_t most_memory = (std::size_t{64} << 20) + 64 * image.total();
    try {
      const Tiff tiff = open(memory, most_memory);
      if (number_of<std::uint32_t>(tiff.get(), TIFFTAG_IMAGEWIDTH) !=
              static_cast<std::uint32_t>(image.cols) ||
          number_of<std::uint32_t>(tiff.get(), TIFFTAG_IMAGELENGTH) != static_cast<std::uint32_t>(image.rows))
        throw std::runtime_error("its header contradicts itself");
      if (samples)
        read_samples(tiff.get(), samples, most_memory, image);
      else
        convert(tiff.get(), image);
      return 1;
    } catch (const std::bad_alloc&) {
      problem = "there isn't the memory for it";
    } catch (const std::exception& error) { problem = error.what(); }
  } catch (...) {}
  return 0;
}
