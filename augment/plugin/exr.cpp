// OpenEXR by its library: the first part's pixels as floats.
#include <OpenEXR/ImfChannelList.h>
#include <OpenEXR/ImfFrameBuffer.h>
#include <OpenEXR/ImfHeader.h>
#include <OpenEXR/ImfIO.h>
#include <OpenEXR/ImfInputPart.h>
#include <OpenEXR/ImfMultiPartInputFile.h>

#include <opencv2/core.hpp>

#include "exr_header.h"

namespace doppel {
namespace {

using ExrSpan = std::span<const unsigned char>;

/// A file in memory.
class ExrStream : public Imf::IStream {
 public:
  explicit ExrStream(ExrSpan bytes) : IStream("image"), bytes_(bytes) {}
  bool read(char to[], int count) override {
    const auto size = static_cast<std::size_t>(std::max(count, 0));
    expect(at_ <= bytes_.size() && size <= bytes_.size() - at_, "truncated or damaged");
    if (size > 0) std::memcpy(to, bytes_.data() + at_, size);
    at_ += size;
    return at_ < bytes_.size();
  }
  std::uint64_t tellg() override { return at_; }
  void seekg(std::uint64_t at) override { at_ = at; }

 private:
  ExrSpan bytes_;
  std::size_t at_ = 0;
};

FormatFacts exr_facts(ExrSpan bytes) {
  const ExrHeader header = exr_header(bytes);
  bool halves = true;
  for (const ExrChannel& channel : header.channels) halves = halves && channel.is_half;
  return {.width = static_cast<int>(header.width),
          .height = static_cast<int>(header.height),
          .channels = header.alpha ? 4 : static_cast<int>(header.channels.size()),
          .alpha = header.alpha,
          .bits = halves ? 16 : 32,
          .depth = CV_32F};
}

/// Colours are multiplied by their alpha, as OpenEXR has it: they are divided by it. What shines without
/// covering anything stays as it is.
void divide_by_alpha(cv::Mat& image) {
  for (int y = 0; y < image.rows; ++y)
    for (int x = 0; x < image.cols; ++x) {
      auto& pixel = image.at<cv::Vec4f>(y, x);
      for (int c = 0; c < 3 && pixel[3] != 0; ++c) pixel[c] /= pixel[3];
    }
}

void read_channels(ExrSpan bytes, const ExrHeader& header, cv::Mat& stored) {
  ExrStream stream(bytes);
  Imf::MultiPartInputFile file(stream, 0);
  Imf::InputPart part(file, 0);
  const Imath::Box2i window = part.header().dataWindow();
  expect(window.max.x - window.min.x + 1 == stored.cols && window.max.y - window.min.y + 1 == stored.rows,
         "its header contradicts itself");
  Imf::FrameBuffer buffer;
  for (std::size_t c = 0; c < header.channels.size(); ++c)
    buffer.insert(header.channels[c].name, Imf::Slice::Make(Imf::FLOAT, stored.ptr<float>() + c, window,
                                                            stored.elemSize(), stored.step[0]));
  part.setFrameBuffer(buffer);
  part.readPixels(window.min.y, window.max.y);
}

void read_exr(ExrSpan bytes, cv::Mat& image) {
  const ExrHeader header = exr_header(bytes);
  const int count = static_cast<int>(header.channels.size());
  cv::Mat stored = count == image.channels() ? image : cv::Mat(image.size(), CV_32FC(count));
  try {
    read_channels(bytes, header, stored);
  } catch (const std::bad_alloc&) { throw; } catch (const std::exception&) {  // the library's words
    throw std::runtime_error("truncated or damaged");
  }
  if (count != image.channels()) {  // grey with alpha
    const int from_to[] = {0, 0, 0, 1, 0, 2, 1, 3};
    cv::mixChannels(&stored, 1, &image, 1, from_to, 4);
  }
  if (header.alpha) divide_by_alpha(image);
}

}  // namespace
}  // namespace doppel

extern "C" int doppel_format2_facts(const unsigned char* bytes, std::size_t size, doppel::FormatFacts& facts,
                                    std::string& problem) noexcept {
  return doppel::without_throwing(problem, [&] { facts = doppel::exr_facts({bytes, size}); });
}

extern "C" int doppel_format2_pixels(const unsigned char* bytes, std::size_t size, int, cv::Mat& image,
                                     std::string& problem) noexcept {
  return doppel::without_throwing(problem, [&] { doppel::read_exr({bytes, size}, image); });
}
