// JPEG in memory, by libjpeg-turbo. Here and not in dataset, since a transform needs it too.
#pragma once

#include <limits>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <span>
#include <vector>

namespace doppel {

struct JpegTileTable;

/// A JPEG that is decoded as far as it's needed. Reads the header at once; the bytes must outlive it. Colour
/// is RGB or grey, 8 bits; CMYK becomes RGB; the EXIF orientation is applied. Grey of a colour JPEG is the
/// luma that it holds, which with_channels() would find from RGB only roughly. For one thread; decompressors
/// are kept by the thread and used again.
class JpegReader {
 public:
  /// `channels`: 1, 3 or 4 to get grey, RGB or RGBA that is opaque, 0 for what the file has. `tiles`: of a
  /// file whose bytes are as many as they are, but of which only parts are there: the header, and those that
  /// JpegTileTable::parts() names for what is read. Throws Error for what isn't a JPEG, where the table isn't
  /// this file's, and where the header asks for more than `max_pixels`: before memory is taken.
  explicit JpegReader(std::span<const unsigned char> bytes, int channels = 0,
                      long max_pixels = std::numeric_limits<long>::max(),
                      const JpegTileTable* tiles = nullptr);
  ~JpegReader();
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;
  /// Of the upright image.
  cv::Size size() const;
  int channels() const { return channels_; }  ///< of what is decoded: 1 or 3
  /// Decodes at least `region` to its place in `image`, which has the whole image's size and type: the same
  /// bits as decoding everything. Rows below the region aren't read, nor what lies beside it where the
  /// file has restart markers (with_restarts()). Throws Error where what is read is
  /// damaged or truncated (libjpeg would make up the missing pixels).
  void read(const cv::Rect& region, cv::Mat& image);
  /// The image halved 1 to 3 times, which costs much less than all of it: `image` has its sides divided and
  /// rounded up. At least what `region` of the whole image covers is there; what else is read, and what
  /// isn't, is as with read().
  void read_halved(int times, const cv::Rect& region, cv::Mat& image);

 private:
  void begin();
  void choose_colors();
  bool is_straight() const;
  cv::Point choose_tiles(const cv::Rect& region, int halved);
  void finish(cv::Mat stored, cv::Mat& image) const;
  struct Decompressor;
  static std::vector<std::unique_ptr<Decompressor>>& pool();
  void start(std::span<const unsigned char> bytes);

  std::span<const unsigned char> bytes_;
  const JpegTileTable* known_;  ///< null: all bytes are there
  std::unique_ptr<Decompressor> jpeg_;
  int channels_ = 0, orientation_ = 1;
  bool used_ = false;
};

/// Decodes a whole JPEG.
cv::Mat decode_jpeg(std::span<const unsigned char> bytes, long max_pixels = std::numeric_limits<long>::max());

/// The same image with restart markers, which make it decodable by tiles of about 4 MCUs (JpegReader goes
/// by them): the same coefficients in new Huffman codes, a progressive file's as a baseline one; orientation
/// and colour profile stay, other metadata goes. About 2 % larger. Throws Error where the file is damaged.
std::vector<unsigned char> with_restarts(std::span<const unsigned char> jpeg);

/// Encodes 8-bit RGB or grey at `quality` 1 to 100, chroma 4:2:0.
std::vector<unsigned char> encode_jpeg(const cv::Mat& image, int quality);

}  // namespace doppel
