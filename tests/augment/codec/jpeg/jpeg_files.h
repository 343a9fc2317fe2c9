// JPEGs of any coding, made and read by libjpeg alone.
#pragma once

// jpeglib.h needs these two before it.
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>
#include <vector>

namespace doppel::augment {

/// How a JPEG is coded.
struct Coding {
  int across, down;  ///< chroma subsampling
  bool progressive = false;
  int restart = 0;
  int quality = 92;
  bool own_codes = false;  ///< Huffman codes of this image
};

/// By libjpeg.
inline std::vector<unsigned char> encoded(const cv::Mat& image, const Coding& coding) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &data, &size);
  jpeg.image_width = static_cast<JDIMENSION>(image.cols);
  jpeg.image_height = static_cast<JDIMENSION>(image.rows);
  jpeg.input_components = image.channels();
  jpeg.in_color_space = image.channels() == 1 ? JCS_GRAYSCALE : image.channels() == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, coding.quality, TRUE);
  jpeg.optimize_coding = coding.own_codes ? TRUE : FALSE;
  if (image.channels() == 3) {
    jpeg.comp_info[0].h_samp_factor = coding.across;
    jpeg.comp_info[0].v_samp_factor = coding.down;
  }
  if (coding.progressive) jpeg_simple_progression(&jpeg);
  jpeg.restart_interval = static_cast<unsigned>(coding.restart);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    auto* row = const_cast<unsigned char*>(image.ptr(static_cast<int>(jpeg.next_scanline)));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  std::vector<unsigned char> bytes(data, data + size);
  jpeg_destroy_compress(&jpeg);
  std::free(data);
  return bytes;
}

/// The same file with an EXIF block that names an orientation.
inline std::vector<unsigned char> with_orientation(std::vector<unsigned char> jpeg, int orientation,
                                                   bool little) {
  std::vector<unsigned char> block{'E', 'x', 'i', 'f', 0, 0};
  const auto put = [&](std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i)
      block.push_back(static_cast<unsigned char>(value >> (8 * (little ? i : size - 1 - i))));
  };
  block.push_back(little ? 'I' : 'M');
  block.push_back(little ? 'I' : 'M');
  put(42, 2), put(8, 4), put(2, 2);
  put(0x0100, 2), put(3, 2), put(1, 4), put(7, 2), put(0, 2);
  put(0x0112, 2), put(3, 2), put(1, 4), put(static_cast<std::uint32_t>(orientation), 2), put(0, 2);
  const std::size_t length = block.size() + 2;
  std::vector<unsigned char> segment{0xff, 0xe1, static_cast<unsigned char>(length >> 8),
                                     static_cast<unsigned char>(length)};
  segment.insert(segment.end(), block.begin(), block.end());
  jpeg.insert(jpeg.begin() + 2, segment.begin(), segment.end());
  return jpeg;
}

/// By libjpeg alone.
inline cv::Mat by_libjpeg(std::span<const unsigned char> bytes, int channels) {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, bytes.data(), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  if (channels == 1) jpeg.out_color_space = JCS_GRAYSCALE;
  jpeg_start_decompress(&jpeg);
  cv::Mat image(static_cast<int>(jpeg.output_height), static_cast<int>(jpeg.output_width), CV_8UC(channels));
  while (jpeg.output_scanline < jpeg.output_height) {
    unsigned char* row = image.ptr(static_cast<int>(jpeg.output_scanline));
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return image;
}

}  // namespace doppel::augment
