#include "doppel/dataset/decode.h"

#include <fmt/format.h>
#include <spng.h>

#include <cstdlib>
#include <memory>

#include "doppel/augment/error.h"
#include "doppel/augment/picture.h"
#include "doppel/dataset/files.h"

namespace doppel::dataset {
namespace {

using Context = std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)>;

void check_png(int status) {
  if (status != SPNG_OK) throw Error(fmt::format("can't write PNG: {}", spng_strerror(status)));
}

}  // namespace

cv::Mat decode_image(std::span<const unsigned char> bytes, const DecodeLimits& limits) {
  return augment::decode_picture(bytes, limits.pixels);
}

std::vector<unsigned char> encode_png(const cv::Mat& image) {
  const Context png(spng_ctx_new(SPNG_CTX_ENCODER), spng_ctx_free);
  check_png(spng_set_option(png.get(), SPNG_ENCODE_TO_BUFFER, 1));
  spng_ihdr header{};
  header.width = static_cast<std::uint32_t>(image.cols);
  header.height = static_cast<std::uint32_t>(image.rows);
  header.bit_depth = 8;
  header.color_type = image.channels() == 1   ? SPNG_COLOR_TYPE_GRAYSCALE
                      : image.channels() == 3 ? SPNG_COLOR_TYPE_TRUECOLOR
                                              : SPNG_COLOR_TYPE_TRUECOLOR_ALPHA;
  check_png(spng_set_ihdr(png.get(), &header));
  const cv::Mat dense = image.isContinuous() ? image : image.clone();
  check_png(spng_encode_image(png.get(), dense.data, dense.total() * dense.elemSize(), SPNG_FMT_PNG,
                              SPNG_ENCODE_FINALIZE));
  std::size_t size = 0;
  int status = SPNG_OK;
  const std::unique_ptr<void, decltype(&std::free)> buffer(spng_get_png_buffer(png.get(), &size, &status),
                                                           std::free);
  check_png(status);
  const auto* first = static_cast<const unsigned char*>(buffer.get());
  return {first, first + size};
}

void write_png(const std::filesystem::path& path, const cv::Mat& image) {
  write_file(path, encode_png(image));
}

}  // namespace doppel::dataset
