// GIF by giflib: the first frame on its canvas.
#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <opencv2/core.hpp>
#include <span>
#include <vector>

#include "format.h"

namespace doppel {
namespace {

struct GifBytes {
  std::span<const unsigned char> bytes;
  std::size_t at = 0;
};

int read_gif(GifFileType* gif, GifByteType* to, int count) {
  auto& memory = *static_cast<GifBytes*>(gif->UserData);
  const std::size_t size = std::min(static_cast<std::size_t>(count), memory.bytes.size() - memory.at);
  if (size > 0) std::memcpy(to, memory.bytes.data() + memory.at, size);
  memory.at += size;
  return static_cast<int>(size);
}

struct CloseGif {
  void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};

/// Walks through the file up to the first image's pixels.
class GifFile {
 public:
  GifFile(const unsigned char* bytes, std::size_t size) : memory_{{bytes, size}} {
    gif_.reset(DGifOpen(&memory_, read_gif, nullptr));
    expect(gif_ != nullptr, "its header makes no sense");
    find_first();
    const GifImageDesc& image = gif_->Image;
    expect(image.Width > 0 && image.Height > 0 && image.Left >= 0 && image.Top >= 0,
           "a frame without pixels");
    // Some say a smaller canvas than their first frame needs, or none.
    width_ = std::max(gif_->SWidth, image.Left + image.Width);
    height_ = std::max(gif_->SHeight, image.Top + image.Height);
    colors_ = image.ColorMap ? image.ColorMap : gif_->SColorMap;
    expect(colors_ != nullptr, "a frame without colours");
  }
  cv::Rect place() const {
    return {gif_->Image.Left, gif_->Image.Top, gif_->Image.Width, gif_->Image.Height};
  }
  bool has_alpha() const { return transparent_ >= 0 || place().size() != cv::Size(width_, height_); }
  FormatFacts facts() const {
    return {.width = width_, .height = height_, .channels = has_alpha() ? 4 : 3, .alpha = has_alpha()};
  }
  void read(cv::Mat& image);
  /// The rest of the file, passed by.
  int count_frames();

 private:
  void find_first();
  void read_extension();

  GifBytes memory_;
  std::unique_ptr<GifFileType, CloseGif> gif_;
  ColorMapObject* colors_ = nullptr;
  int width_ = 0, height_ = 0, transparent_ = -1;
};

void GifFile::read_extension() {
  int code = 0;
  GifByteType* block = nullptr;
  expect(DGifGetExtension(gif_.get(), &code, &block) == GIF_OK, "it ends early");
  while (block != nullptr) {
    GraphicsControlBlock control{};
    if (code == GRAPHICS_EXT_FUNC_CODE && block[0] >= 4 &&
        DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
      transparent_ = control.TransparentColor;
    expect(DGifGetExtensionNext(gif_.get(), &block) == GIF_OK, "it ends early");
  }
}

void GifFile::find_first() {
  for (;;) {
    GifRecordType type = UNDEFINED_RECORD_TYPE;
    expect(DGifGetRecordType(gif_.get(), &type) == GIF_OK, "it ends early");
    expect(type != TERMINATE_RECORD_TYPE, "it holds no image");
    if (type == IMAGE_DESC_RECORD_TYPE) {
      expect(DGifGetImageDesc(gif_.get()) == GIF_OK, "it ends early");
      return;
    }
    if (type == EXTENSION_RECORD_TYPE) read_extension();
  }
}

void GifFile::read(cv::Mat& image) {
  const cv::Rect frame = place();
  image.setTo(0);
  std::vector<GifPixelType> line(static_cast<std::size_t>(frame.width));
  const auto read_row = [&](int y) {
    expect(DGifGetLine(gif_.get(), line.data(), frame.width) == GIF_OK, "its pixels aren't all there");
    unsigned char* out = image.ptr(frame.y + y) + std::ptrdiff_t{frame.x} * image.channels();
    for (const GifPixelType index : line) {
      const bool clear = index == transparent_;
      const bool known = index < colors_->ColorCount;
      const GifColorType color = known && !clear ? colors_->Colors[index] : GifColorType{0, 0, 0};
      *out++ = color.Red;
      *out++ = color.Green;
      *out++ = color.Blue;
      if (image.channels() == 4) *out++ = clear ? 0 : 255;
    }
  };
  if (!gif_->Image.Interlace) {
    for (int y = 0; y < frame.height; ++y) read_row(y);
    return;
  }
  constexpr int kFirst[] = {0, 4, 2, 1}, kStep[] = {8, 8, 4, 2};
  for (int pass = 0; pass < 4; ++pass)
    for (int y = kFirst[pass]; y < frame.height; y += kStep[pass]) read_row(y);
}

int GifFile::count_frames() {
  const auto bytes = memory_.bytes;
  // giflib has read the byte before the pixels' blocks: lengths and contents, up to a length of 0.
  std::size_t at = memory_.at;
  const auto pass_blocks = [&] {
    while (at < bytes.size() && bytes[at] != 0) at += std::size_t{1} + bytes[at];
    ++at;
  };
  pass_blocks();
  int frames = 1;
  while (at < bytes.size()) {
    const unsigned char kind = bytes[at++];
    if (kind == 0x21) {
      ++at;
      pass_blocks();
    } else if (kind == 0x2c && at + 9 <= bytes.size()) {
      const unsigned char flags = bytes[at + 8];
      at += 9 + ((flags & 0x80) != 0 ? std::size_t{3} << ((flags & 7) + 1) : 0) + 1;
      pass_blocks();
      ++frames;
    } else {
      break;
    }
  }
  return frames;
}

}  // namespace
}  // namespace doppel

extern "C" int doppel_format2_facts(const unsigned char* bytes, std::size_t size, doppel::FormatFacts& facts,
                                    std::string& problem) noexcept {
  return doppel::without_throwing(problem, [&] {
    doppel::GifFile gif(bytes, size);
    facts = gif.facts();
    facts.frames = gif.count_frames();
  });
}

extern "C" int doppel_format2_pixels(const unsigned char* bytes, std::size_t size, int, cv::Mat& image,
                                     std::string& problem) noexcept {
  return doppel::without_throwing(problem, [&] { doppel::GifFile(bytes, size).read(image); });
}
