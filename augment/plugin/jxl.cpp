// JPEG XL by libjxl: the first frame on its canvas, as it's stored; its orientation is said, not applied.
#include <jxl/decode.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <opencv2/core.hpp>

#include "format.h"
#include "quiet_stderr.h"

namespace doppel {
namespace {

struct FreeJxl {
  void operator()(JxlDecoder* decoder) const { JxlDecoderDestroy(decoder); }
};

/// Memory up to a limit, whatever a header claims.
struct JxlMemory {
  std::size_t left;
  static constexpr std::size_t kHead = 64;
  static void* take(void* self, std::size_t size) {
    auto& memory = *static_cast<JxlMemory*>(self);
    if (size > memory.left) return nullptr;
    void* block = std::malloc(size + kHead);
    if (block == nullptr) return nullptr;
    memory.left -= size;
    *static_cast<std::size_t*>(block) = size;
    return static_cast<unsigned char*>(block) + kHead;
  }
  static void give_back(void* self, void* address) {
    if (address == nullptr) return;
    void* block = static_cast<unsigned char*>(address) - kHead;
    static_cast<JxlMemory*>(self)->left += *static_cast<std::size_t*>(block);
    std::free(block);
  }
};

class JxlFile {
 public:
  JxlFile(const unsigned char* bytes, std::size_t size, std::size_t most_memory, int events)
      : memory_{most_memory} {
    JxlMemoryManager manager{&memory_, JxlMemory::take, JxlMemory::give_back};
    decoder_.reset(JxlDecoderCreate(&manager));
    if (!decoder_) throw std::bad_alloc();
    JxlDecoderSetKeepOrientation(decoder_.get(), JXL_TRUE);
    JxlDecoderSetUnpremultiplyAlpha(decoder_.get(), JXL_TRUE);
    expect(JxlDecoderSubscribeEvents(decoder_.get(), JXL_DEC_BASIC_INFO | events) == JXL_DEC_SUCCESS &&
               JxlDecoderSetInput(decoder_.get(), bytes, size) == JXL_DEC_SUCCESS,
           "truncated or damaged");
    expect(next() == JXL_DEC_BASIC_INFO && JxlDecoderGetBasicInfo(decoder_.get(), &info_) == JXL_DEC_SUCCESS,
           "truncated or damaged");
    constexpr std::uint32_t kLongest = 1U << 30;
    expect(info_.xsize > 0 && info_.ysize > 0 && info_.xsize < kLongest && info_.ysize < kLongest,
           "of a size that makes no sense");
    expect(floats() || info_.bits_per_sample <= 16,
           "of whole numbers of more than 16 bits, which aren't read");
  }
  bool floats() const { return info_.exponent_bits_per_sample != 0; }
  JxlDecoderStatus next() {
    const QuietStderr quiet;  // Debian 12's libjxl 0.7 prints where in its sources it gave up
    return JxlDecoderProcessInput(decoder_.get());
  }
  FormatFacts facts() {
    const bool wide = info_.bits_per_sample > 8;
    FormatFacts facts{.width = static_cast<int>(info_.xsize),
                      .height = static_cast<int>(info_.ysize),
                      .channels = info_.alpha_bits > 0            ? 4
                                  : info_.num_color_channels == 1 ? 1
                                                                  : 3,
                      .alpha = info_.alpha_bits > 0,
                      .bits = static_cast<int>(info_.bits_per_sample),
                      .depth = floats() ? CV_32F
                               : wide   ? CV_16U
                                        : CV_8U,
                      .shift = wide ? 8 : 0,  // they are scaled to 16 bits
                      .orientation = std::clamp(static_cast<int>(info_.orientation), 1, 8)};
    facts.frames = 0;
    // A file that is cut off within its frames has those that begin.
    while (info_.have_animation == JXL_TRUE && next() == JXL_DEC_FRAME) ++facts.frames;
    facts.frames = std::max(1, facts.frames);
    return facts;
  }
  void read(cv::Mat& image);

 private:
  void prefer_srgb();

  JxlMemory memory_;
  std::unique_ptr<JxlDecoder, FreeJxl> decoder_;
  JxlBasicInfo info_{};
};

/// What was made for eyes comes as sRGB, whatever it was made from.
void JxlFile::prefer_srgb() {
  JxlColorEncoding srgb{};
  srgb.color_space = info_.num_color_channels == 1 ? JXL_COLOR_SPACE_GRAY : JXL_COLOR_SPACE_RGB;
  srgb.white_point = JXL_WHITE_POINT_D65;
  srgb.primaries = JXL_PRIMARIES_SRGB;
  srgb.transfer_function = JXL_TRANSFER_FUNCTION_SRGB;
  srgb.rendering_intent = JXL_RENDERING_INTENT_RELATIVE;
  (void)JxlDecoderSetPreferredColorProfile(decoder_.get(), &srgb);
}

void JxlFile::read(cv::Mat& image) {
  const bool grey_alpha = info_.num_color_channels == 1 && image.channels() == 4;
  cv::Mat stored = grey_alpha ? cv::Mat(image.size(), CV_MAKETYPE(image.depth(), 2)) : image;
  const JxlPixelFormat format{static_cast<std::uint32_t>(stored.channels()),
                              image.depth() == CV_32F   ? JXL_TYPE_FLOAT
                              : image.depth() == CV_16U ? JXL_TYPE_UINT16
                                                        : JXL_TYPE_UINT8,
                              JXL_NATIVE_ENDIAN, 0};
  const std::size_t size = stored.total() * stored.elemSize();
  for (JxlDecoderStatus status = next(); status != JXL_DEC_FULL_IMAGE; status = next()) {
    if (status == JXL_DEC_COLOR_ENCODING) {
      if (info_.uses_original_profile == JXL_FALSE) prefer_srgb();
      continue;
    }
    expect(status == JXL_DEC_NEED_IMAGE_OUT_BUFFER, "truncated or damaged");
    std::size_t needed = 0;
    expect(JxlDecoderImageOutBufferSize(decoder_.get(), &format, &needed) == JXL_DEC_SUCCESS &&
               needed == size &&
               JxlDecoderSetImageOutBuffer(decoder_.get(), &format, stored.data, size) == JXL_DEC_SUCCESS,
           "its header contradicts itself");
  }
  if (!grey_alpha) return;
  const int from_to[] = {0, 0, 0, 1, 0, 2, 1, 3};
  cv::mixChannels(&stored, 1, &image, 1, from_to, 4);
}

}  // namespace
}  // namespace doppel

extern "C" int doppel_format2_facts(const unsigned char* bytes, std::size_t size, doppel::FormatFacts& facts,
                                    std::string& problem) noexcept {
  constexpr std::size_t kMostMemory = std::size_t{256} << 20;
  return doppel::without_throwing(
      problem, [&] { facts = doppel::JxlFile(bytes, size, kMostMemory, JXL_DEC_FRAME).facts(); });
}

extern "C" int doppel_format2_pixels(const unsigned char* bytes, std::size_t size, int, cv::Mat& image,
                                     std::string& problem) noexcept {
  // Floats of each channel, a few times over.
  const std::size_t most_memory = (std::size_t{256} << 20) + 128 * image.total();
  return doppel::without_throwing(problem, [&] {
    doppel::JxlFile(bytes, size, most_memory, JXL_DEC_COLOR_ENCODING | JXL_DEC_FULL_IMAGE).read(image);
  });
}
