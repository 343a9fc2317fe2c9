#include "doppel/codec/jpeg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>
#include <string>

#include "codec/exif.h"
#include "doppel/base/error.h"
#include "doppel/codec/image.h"
#include "doppel/codec/jpeg_tiles.h"
#include "entropy.h"
#include "errors.h"
#include "tiles.h"

namespace doppel {
namespace {

/// Between setjmp and longjmp no object with a destructor may be made, so these take what is there.
bool read_header(JpegFailure& failure, jpeg_decompress_struct& jpeg, std::span<const unsigned char> bytes) {
  if (setjmp(failure.jump) != 0) return false;
  jpeg_mem_src(&jpeg, bytes.data(), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  return true;
}

/// The entropy-coded data of some tiles; no segments: of the whole file.
struct TileData {
  std::vector<std::span<const unsigned char>> segments;
  unsigned interval = 0;  ///< MCUs of a segment
};

/// Decodes rows [y, y + height) of columns [x, x + width), and what else of each row comes with them, into
/// `first`: the place of the image's first pixel.
bool read_region(JpegFailure& failure, jpeg_decompress_struct& jpeg, JpegEntropy& entropy,
                 const TileData& tiles, int x, int y, int width, int height, unsigned char* first,
                 std::size_t stride) {
  if (setjmp(failure.jump) != 0) return false;
  jpeg_start_decompress(&jpeg);
  const bool ours = JpegEntropy::reads(jpeg);
  if (ours && tiles.segments.empty()) entropy.attach(jpeg);
  if (ours && !tiles.segments.empty()) {
    const int whole = jpeg.num_components == 1 ? DCTSIZE : DCTSIZE * jpeg.max_h_samp_factor;
    const int mcu = whole / static_cast<int>(jpeg.scale_denom);
    entropy.attach(jpeg, tiles.segments, tiles.interval, static_cast<unsigned>((x + width + mcu - 1) / mcu));
  }
  auto left = static_cast<JDIMENSION>(x), columns = static_cast<JDIMENSION>(width);
  if (columns < jpeg.output_width) jpeg_crop_scanline(&jpeg, &left, &columns);
  const auto top = static_cast<JDIMENSION>(y), bottom = static_cast<JDIMENSION>(y + height);
  if (top > 0) jpeg_skip_scanlines(&jpeg, top);
  while (jpeg.output_scanline < bottom) {
    unsigned char* row = first + jpeg.output_scanline * stride +
                         static_cast<std::size_t>(left) * static_cast<std::size_t>(jpeg.output_components);
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  // Reading to the end would decode the entropy of rows that nobody wants; at the end it finds what's
  // missing.
  if (bottom == jpeg.output_height) {
    if (ours) entropy.leave(jpeg);
    jpeg_finish_decompress(&jpeg);
  } else {
    jpeg_abort_decompress(&jpeg);
  }
  return true;
}

bool encode(JpegFailure& failure, jpeg_compress_struct& jpeg, const cv::Mat& image, int quality,
            EncodedJpeg& out) {
  if (setjmp(failure.jump) != 0) return false;
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, &out.data, &out.size);
  jpeg.image_width = static_cast<JDIMENSION>(image.cols);
  jpeg.image_height = static_cast<JDIMENSION>(image.rows);
  jpeg.input_components = image.channels();
  jpeg.in_color_space = image.channels() == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    auto* row = const_cast<unsigned char*>(image.ptr(static_cast<int>(jpeg.next_scanline)));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  return true;
}

/// Adobe stores CMYK inverted: ink 0 is 255. Colour = (255 - ink) · (255 - black).
cv::Mat rgb_from_cmyk(const cv::Mat& cmyk) {
  cv::Mat rgb(cmyk.rows, cmyk.cols, CV_8UC3);
  for (int y = 0; y < cmyk.rows; ++y) {
    const unsigned char* in = cmyk.ptr(y);
    unsigned char* out = rgb.ptr(y);
    for (int x = 0; x < cmyk.cols; ++x, in += 4, out += 3)
      for (int c = 0; c < 3; ++c) out[c] = static_cast<unsigned char>((in[c] * in[3] + 127) / 255);
  }
  return rgb;
}

}  // namespace

struct JpegReader::Decompressor {
  Decompressor() {
    set_jpeg_errors(failure, jpeg.err);
    jpeg_create_decompress(&jpeg);
  }
  ~Decompressor() { jpeg_destroy_decompress(&jpeg); }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  JpegFailure failure{};
  jpeg_decompress_struct jpeg{};
  JpegEntropy entropy;
  std::vector<unsigned char> header;  ///< of some tiles
  TileData tiles;
};

std::vector<std::unique_ptr<JpegReader::Decompressor>>& JpegReader::pool() {
  thread_local std::vector<std::unique_ptr<Decompressor>> idle;
  return idle;
}

JpegReader::JpegReader(std::span<const unsigned char> bytes, int channels, long max_pixels,
                       const JpegTileTable* tiles)
    : bytes_(bytes), known_(tiles), orientation_(jpeg_orientation(bytes)) {
  if (pool().empty()) {
    jpeg_ = std::make_unique<Decompressor>();
  } else {
    jpeg_ = std::move(pool().back());
    pool().pop_back();
  }
  start(bytes_);
  const auto& jpeg = jpeg_->jpeg;
  if (static_cast<long>(jpeg.image_width) * static_cast<long>(jpeg.image_height) > max_pixels)
    throw Error(fmt::format("{}x{} pixels are more than the limit of {}", jpeg.image_width, jpeg.image_height,
                            max_pixels));
  channels_ = channels != 0 ? channels : jpeg.num_components == 1 ? 1 : 3;
  const bool fits = !tiles || (is_straight() && size() == tiles->size &&
                               (jpeg.num_components == 1 ? 1 : 3) == tiles->channels);
  if (!fits) throw Error("the table of its tiles isn't that of its header");
}

JpegReader::~JpegReader() {
  constexpr std::size_t kKept = 4;
  jpeg_abort_decompress(&jpeg_->jpeg);
  if (pool().size() < kKept) pool().push_back(std::move(jpeg_));
}

void JpegReader::start(std::span<const unsigned char> bytes) {
  jpeg_abort_decompress(&jpeg_->jpeg);
  if (read_header(jpeg_->failure, jpeg_->jpeg, bytes)) return;
  jpeg_abort_decompress(&jpeg_->jpeg);
  throw Error(jpeg_problem(jpeg_->failure.code));
}

cv::Size JpegReader::size() const {
  const cv::Size stored(static_cast<int>(jpeg_->jpeg.image_width),
                        static_cast<int>(jpeg_->jpeg.image_height));
  return upright(stored, orientation_);
}

/// Ready to decode, whether it's the first time or not.
void JpegReader::begin() {
  if (used_) start(bytes_);
  used_ = true;
  jpeg_->tiles.segments.clear();
  choose_colors();
}

void JpegReader::choose_colors() {
  auto& jpeg = jpeg_->jpeg;
  jpeg.out_color_space = jpeg.num_components == 4 ? JCS_CMYK
                         : channels_ == 1         ? JCS_GRAYSCALE
                         : channels_ == 4         ? JCS_EXT_RGBA
                                                  : JCS_RGB;
}

/// Whether what is stored is what is shown.
bool JpegReader::is_straight() const { return jpeg_->jpeg.num_components != 4 && orientation_ == 1; }

/// Goes on with the tiles that a region takes, as an image of their own, where there are any. Returns where
/// that begins.
cv::Point JpegReader::choose_tiles(const cv::Rect& region, int halved) {
  const auto tiles = known_ ? JpegTiles::with(bytes_, *known_) : JpegTiles::find(bytes_);
  if (!tiles) return {};
  const cv::Rect cover = tiles->table().cover(region, halved);
  tiles->select(cover, jpeg_->header, jpeg_->tiles.segments);
  jpeg_->tiles.interval = tiles->interval();
  start(jpeg_->header);
  choose_colors();
  return cover.tl();
}

void JpegReader::read_halved(int times, const cv::Rect& region, cv::Mat& image) {
  begin();
  auto& jpeg = jpeg_->jpeg;
  const cv::Size whole(static_cast<int>(jpeg.image_width), static_cast<int>(jpeg.image_height));
  const bool straight = is_straight();
  cv::Point origin;
  if (straight && (known_ || region.area() < whole.area())) {
    origin = choose_tiles(region, times);
    origin = {origin.x >> times, origin.y >> times};
  }
  jpeg.scale_num = 1;
  jpeg.scale_denom = 1U << times;
  jpeg_calc_output_dimensions(&jpeg);
  const int width = static_cast<int>(jpeg.output_width), height = static_cast<int>(jpeg.output_height);
  cv::Mat stored =
      straight ? image : cv::Mat(height, width, CV_8UC(jpeg.num_components == 4 ? 4 : channels_));
  // Beside and above, whole tiles cost little here: what's spared is what lies below.
  const int rows = straight ? std::min(height, ((region.y + region.height) >> times) + 3 - origin.y) : height;
  if (!read_region(jpeg_->failure, jpeg, jpeg_->entropy, jpeg_->tiles, 0, 0, width, rows,
                   stored.ptr(origin.y) + static_cast<std::size_t>(origin.x) * stored.elemSize(),
                   stored.step[0]))
    throw Error(jpeg_problem(jpeg_->failure.code));
  if (!straight) finish(stored, image);
}

/// What's stored as people see it.
void JpegReader::finish(cv::Mat stored, cv::Mat& image) const {
  if (jpeg_->jpeg.num_components == 4) stored = with_channels(rgb_from_cmyk(stored), channels_);
  upright(stored, orientation_).copyTo(image);
}

void JpegReader::read(const cv::Rect& region, cv::Mat& image) {
  begin();
  auto& jpeg = jpeg_->jpeg;
  const int width = static_cast<int>(jpeg.image_width), height = static_cast<int>(jpeg.image_height);
  const bool straight = is_straight();
  cv::Mat stored = image;
  cv::Rect part(0, 0, width, height);
  if (straight) {
    // Chroma is interpolated from neighbours: two pixels more, and what is between belongs to the region.
    constexpr int kGuard = 2;
    part &= cv::Rect(region.x - kGuard, region.y, region.width + 2 * kGuard, region.height);
  } else {
    stored = cv::Mat(height, width, CV_8UC(jpeg.num_components == 4 ? 4 : channels_));
  }
  const cv::Point origin = straight && part.area() < width * height ? choose_tiles(region, 0) : cv::Point();
  if (!read_region(jpeg_->failure, jpeg, jpeg_->entropy, jpeg_->tiles, part.x - origin.x, part.y - origin.y,
                   part.width, part.height,
                   stored.ptr(origin.y) + static_cast<std::size_t>(origin.x) * stored.elemSize(),
                   stored.step[0]))
    throw Error(jpeg_problem(jpeg_->failure.code));
  if (!straight) finish(stored, image);
}

cv::Mat decode_jpeg(std::span<const unsigned char> bytes, long max_pixels) {
  JpegReader reader(bytes, 0, max_pixels);
  cv::Mat image(reader.size(), CV_8UC(reader.channels()));
  reader.read(cv::Rect({}, image.size()), image);
  return image;
}

std::vector<unsigned char> encode_jpeg(const cv::Mat& image, int quality) {
  JpegFailure failure{};
  jpeg_compress_struct jpeg{};
  set_jpeg_errors(failure, jpeg.err);
  EncodedJpeg out;
  const bool good = encode(failure, jpeg, image, quality, out);
  jpeg_destroy_compress(&jpeg);
  if (!good) throw Error("can't encode as JPEG: " + jpeg_problem(failure.code));
  return {out.data, out.data + out.size};
}

}  // namespace doppel
