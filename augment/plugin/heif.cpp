// HEIC, and what else HEIF holds, by libheif, which turns, mirrors and crops as the file says.
#include <libheif/heif.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <opencv2/core.hpp>

#include "format.h"
#include "quiet_stderr.h"

namespace doppel {
namespace {

template <auto free>
struct FreeHeif {
  void operator()(auto* one) const { free(one); }
};

void check_heif(const heif_error& error) {
  if (error.code == heif_error_Ok) return;
  if (error.code == heif_error_Unsupported_filetype || error.code == heif_error_Unsupported_feature ||
      error.code == heif_error_Plugin_loading_error)
    throw std::runtime_error("of a kind that isn't read");
  if (error.code == heif_error_Memory_allocation_error) throw std::bad_alloc();
  throw std::runtime_error("truncated or damaged");
}

class HeifFile {
 public:
  HeifFile(const unsigned char* bytes, std::size_t size) : context_(heif_context_alloc()) {
    if (!context_) throw std::bad_alloc();
    const QuietStderr quiet;  // libde265 prints what it misses
    check_heif(heif_context_read_from_memory_without_copy(context_.get(), bytes, size, nullptr));
    heif_image_handle* handle = nullptr;
    check_heif(heif_context_get_primary_image_handle(context_.get(), &handle));
    handle_.reset(handle);
  }
  FormatFacts facts() const {
    const int bits = heif_image_handle_get_luma_bits_per_pixel(handle_.get());
    expect(bits >= 1 && bits <= 16, "of a kind that isn't read");
    const bool alpha = heif_image_handle_has_alpha_channel(handle_.get()) != 0;
    return {.width = heif_image_handle_get_width(handle_.get()),
            .height = heif_image_handle_get_height(handle_.get()),
            .channels = alpha ? 4 : 3,
            .alpha = alpha,
            .bits = bits,
            .depth = bits > 8 ? CV_16U : CV_8U,
            .shift = std::max(0, bits - 8),
            .frames = std::max(1, heif_context_get_number_of_top_level_images(context_.get()))};
  }
  void read(cv::Mat& image) const;

 private:
  std::unique_ptr<heif_context, FreeHeif<heif_context_free>> context_;
  std::unique_ptr<heif_image_handle, FreeHeif<heif_image_handle_release>> handle_;
};

void HeifFile::read(cv::Mat& image) const {
  const bool wide = image.depth() == CV_16U, alpha = image.channels() == 4;
  const heif_chroma chroma =
      wide ? (alpha ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RRGGBB_LE)
           : (alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB);
  heif_image* raw = nullptr;
  const QuietStderr quiet;
  check_heif(heif_decode_image(handle_.get(), &raw, heif_colorspace_RGB, chroma, nullptr));
  const std::unique_ptr<heif_image, FreeHeif<heif_image_release>> decoded(raw);
  int stride = 0;
  const unsigned char* data = heif_image_get_plane_readonly(raw, heif_channel_interleaved, &stride);
  expect(data != nullptr && heif_image_get_width(raw, heif_channel_interleaved) == image.cols &&
             heif_image_get_height(raw, heif_channel_interleaved) == image.rows,
         "its pixels are of another size than it says");
  const std::size_t row = static_cast<std::size_t>(image.cols) * image.elemSize();
  for (int y = 0; y < image.rows; ++y) std::memcpy(image.ptr(y), data + std::ptrdiff_t{y} * stride, row);
}

}  // namespace
}  // namespace doppel

extern "C" int doppel_format2_facts(const unsigned char* bytes, std::size_t size, doppel::FormatFacts& facts,
                                    std::string& problem) noexcept {
  return doppel::without_throwing(problem, [&] { facts = doppel::HeifFile(bytes, size).facts(); });
}

extern "C" int doppel_format2_pixels(const unsigned char* bytes, std::size_t size, int, cv::Mat& image,
                                     std::string& problem) noexcept {
  return doppel::without_throwing(problem, [&] { doppel::HeifFile(bytes, size).read(image); });
}
