#include "doppel/augment/codec_jpeg.h"

// jpeglib.h needs these two before it.
#include <csetjmp>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include <memory>
#include <string>

#include "doppel/augment/error.h"

namespace doppel::augment {
namespace {

/// libjpeg reports errors by a call that must not return.
struct Failure {
  jpeg_error_mgr base;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
};

void on_error(j_common_ptr info) {
  auto* failure = reinterpret_cast<Failure*>(info->err);
  failure->base.format_message(info, failure->message);
  std::longjmp(failure->jump, 1);
}

void on_message(j_common_ptr) {}

/// A warning means that data was missing or corrupt and pixels were made up: that's an error to us.
void on_warning(j_common_ptr info, int level) {
  if (level < 0) on_error(info);
}

void set_errors(Failure& failure, jpeg_error_mgr*& slot) {
  slot = jpeg_std_error(&failure.base);
  failure.base.error_exit = on_error;
  failure.base.output_message = on_message;
  failure.base.emit_message = on_warning;
}

/// Between setjmp and longjmp no object with a destructor may be made, so pixels are the caller's.
bool decode(Failure& failure, jpeg_decompress_struct& jpeg, std::span<const unsigned char> bytes,
            long max_pixels, cv::Mat& image) {
  if (setjmp(failure.jump) != 0) return false;
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, bytes.data(), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  if (static_cast<long>(jpeg.image_width) * static_cast<long>(jpeg.image_height) > max_pixels) {
    std::snprintf(failure.message, sizeof failure.message, "%ux%u pixels are more than the limit of %ld",
                  jpeg.image_width, jpeg.image_height, max_pixels);
    return false;
  }
  jpeg.out_color_space = jpeg.num_components == 1   ? JCS_GRAYSCALE
                         : jpeg.num_components == 4 ? JCS_CMYK
                                                    : JCS_RGB;
  jpeg_start_decompress(&jpeg);
  image.create(static_cast<int>(jpeg.output_height), static_cast<int>(jpeg.output_width),
               CV_8UC(jpeg.output_components));
  while (jpeg.output_scanline < jpeg.output_height) {
    unsigned char* row = image.ptr(static_cast<int>(jpeg.output_scanline));
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  return true;
}

struct Encoded {
  unsigned char* data = nullptr;
  unsigned long size = 0;
};

bool encode(Failure& failure, jpeg_compress_struct& jpeg, const cv::Mat& image, int quality, Encoded& out) {
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

cv::Mat decode_jpeg(std::span<const unsigned char> bytes, long max_pixels) {
  Failure failure{};
  jpeg_decompress_struct jpeg{};
  set_errors(failure, jpeg.err);
  cv::Mat image;
  const bool good = decode(failure, jpeg, bytes, max_pixels, image);
  jpeg_destroy_decompress(&jpeg);
  if (!good) throw Error(std::string("not a whole JPEG: ") + failure.message);
  return image.channels() == 4 ? rgb_from_cmyk(image) : image;
}

std::vector<unsigned char> encode_jpeg(const cv::Mat& image, int quality) {
  Failure failure{};
  jpeg_compress_struct jpeg{};
  set_errors(failure, jpeg.err);
  Encoded out;
  const bool good = encode(failure, jpeg, image, quality, out);
  jpeg_destroy_compress(&jpeg);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(out.data, std::free);
  if (!good) throw Error(std::string("can't encode as JPEG: ") + failure.message);
  return {out.data, out.data + out.size};
}

}  // namespace doppel::augment
