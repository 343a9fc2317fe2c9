// AVIF by libavif: the first image as it's stored; turning and mirroring are said, not done.
#include <avif/avif.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <opencv2/core.hpp>

#include "format.h"

namespace doppel {
namespace {

struct FreeAvif {
  void operator()(avifDecoder* decoder) const { avifDecoderDestroy(decoder); }
};

void check_avif(avifResult result) {
  if (result == AVIF_RESULT_OK) return;
  if (result == AVIF_RESULT_OUT_OF_MEMORY) throw std::bad_alloc();
  if (result == AVIF_RESULT_NO_CODEC_AVAILABLE || result == AVIF_RESULT_NOT_IMPLEMENTED)
    throw std::runtime_error("of a kind that isn't read");
  throw std::runtime_error("truncated or damaged");
}

/// What turns and mirrors make together: quarter turns against the clock, and then the mirror.
int orientation_of(const avifImage& image) {
  const bool turns = (image.transformFlags & AVIF_TRANSFORM_IROT) != 0,
             mirrors = (image.transformFlags & AVIF_TRANSFORM_IMIR) != 0;
  const int quarters = turns ? image.irot.angle & 3 : 0;
#if AVIF_VERSION_MAJOR >= 1
  const bool sides = image.imir.axis != 0;
#else
  const bool sides = image.imir.mode != 0;
#endif
  constexpr int kPlain[] = {1, 8, 3, 6}, kSides[] = {2, 7, 4, 5}, kUpsideDown[] = {4, 5, 2, 7};
  return !mirrors ? kPlain[quarters] : sides ? kSides[quarters] : kUpsideDown[quarters];
}

class AvifFile {
 public:
  AvifFile(const unsigned char* bytes, std::size_t size) : decoder_(avifDecoderCreate()) {
    if (!decoder_) throw std::bad_alloc();
    decoder_->maxThreads = 1;
    decoder_->ignoreExif = decoder_->ignoreXMP = AVIF_TRUE;
    decoder_->strictFlags = AVIF_STRICT_DISABLED;
    decoder_->imageSizeLimit = 1U << 28;
    // dav1d, the quicker one, prints what it finds in damaged files.
    if (avifCodecName(AVIF_CODEC_CHOICE_AOM, AVIF_CODEC_FLAG_CAN_DECODE) != nullptr)
      decoder_->codecChoice = AVIF_CODEC_CHOICE_AOM;
    check_avif(avifDecoderSetIOMemory(decoder_.get(), bytes, size));
    check_avif(avifDecoderParse(decoder_.get()));
    const avifImage& image = *decoder_->image;
    crop_ = {0, 0, static_cast<int>(image.width), static_cast<int>(image.height)};
    if ((image.transformFlags & AVIF_TRANSFORM_CLAP) == 0) return;
    avifDiagnostics ignored{};
    avifCropRect crop{};
    expect(avifCropRectConvertCleanApertureBox(&crop, &image.clap, image.width, image.height, image.yuvFormat,
                                               &ignored) == AVIF_TRUE,
           "a part of it is meant that makes no sense");
    crop_ = {static_cast<int>(crop.x), static_cast<int>(crop.y), static_cast<int>(crop.width),
             static_cast<int>(crop.height)};
  }
  FormatFacts facts() const {
    const avifImage& image = *decoder_->image;
    const bool grey = image.yuvFormat == AVIF_PIXEL_FORMAT_YUV400,
               alpha = decoder_->alphaPresent == AVIF_TRUE;
    const int bits = static_cast<int>(image.depth);
    return {.width = crop_.width,
            .height = crop_.height,
            .channels = alpha  ? 4
                        : grey ? 1
                               : 3,
            .alpha = alpha,
            .bits = bits,
            .depth = bits > 8 ? CV_16U : CV_8U,
            .shift = std::max(0, bits - 8),
            .orientation = orientation_of(image),
            .frames = std::max(1, decoder_->imageCount)};
  }
  void read(cv::Mat& image);

 private:
  std::unique_ptr<avifDecoder, FreeAvif> decoder_;
  cv::Rect crop_;
};

void AvifFile::read(cv::Mat& image) {
  const FormatFacts said = facts();
  check_avif(avifDecoderNextImage(decoder_.get()));
  expect(static_cast<int>(decoder_->image->depth) == said.bits, "its header contradicts itself");
  avifRGBImage rgb{};
  avifRGBImageSetDefaults(&rgb, decoder_->image);
  rgb.depth = image.depth() == CV_16U ? decoder_->image->depth : 8;
  const int channels = image.channels() == 4 ? 4 : 3;
  rgb.format = channels == 4 ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
  cv::Mat whole(static_cast<int>(rgb.height), static_cast<int>(rgb.width),
                CV_MAKETYPE(image.depth(), channels));
  rgb.pixels = whole.data;
  rgb.rowBytes = static_cast<std::uint32_t>(whole.step[0]);
  check_avif(avifImageYUVToRGB(decoder_->image, &rgb));
  expect((crop_ & cv::Rect({}, whole.size())) == crop_, "its header contradicts itself");
  const cv::Mat part = whole(crop_);
  if (image.channels() == channels)
    part.copyTo(image);
  else
    cv::extractChannel(part, image, 0);
}

}  // namespace
}  // namespace doppel

extern "C" int doppel_format2_facts(const unsigned char* bytes, std::size_t size, doppel::FormatFacts& facts,
                                    std::string& problem) noexcept {
  return doppel::without_throwing(problem, [&] { facts = doppel::AvifFile(bytes, size).facts(); });
}

extern "C" int doppel_format2_pixels(const unsigned char* bytes, std::size_t size, int, cv::Mat& image,
                                     std::string& problem) noexcept {
  return doppel::without_throwing(problem, [&] { doppel::AvifFile(bytes, size).read(image); });
}
