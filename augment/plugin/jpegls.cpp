// JPEG-LS by CharLS: samples as they are stored, neither scaled nor made RGB.
#include <charls/charls.h>

#include <opencv2/core.hpp>
#include <vector>

#include "format.h"

namespace doppel {
namespace {

class JpegLsFile {
 public:
  JpegLsFile(const unsigned char* bytes, std::size_t size) {
    decoder_.source(bytes, size);
    decoder_.read_header();
    const charls::frame_info& info = decoder_.frame_info();
    constexpr std::uint32_t kLongest = 1U << 30;
    expect(info.width > 0 && info.height > 0 && info.width < kLongest && info.height < kLongest,
           "of a size that makes no sense");
    expect(info.component_count >= 1 && info.component_count <= 4, "of more than 4 samples a pixel");
    facts_ = {.width = static_cast<int>(info.width),
              .height = static_cast<int>(info.height),
              .channels = info.component_count,
              .bits = info.bits_per_sample,
              .depth = info.bits_per_sample > 8 ? CV_16U : CV_8U};
  }
  const FormatFacts& facts() const { return facts_; }
  void read(cv::Mat& image) {
    const std::size_t size = image.total() * image.elemSize();
    expect(decoder_.destination_size() == size, "its header contradicts itself");
    if (image.channels() == 1 || decoder_.interleave_mode() != charls::interleave_mode::none) {
      decoder_.decode(image.data, size);
      return;
    }
    cv::Mat planes(image.channels() * image.rows, image.cols, image.depth());
    decoder_.decode(planes.data, size);
    std::vector<cv::Mat> each;
    for (int c = 0; c < image.channels(); ++c)
      each.push_back(planes.rowRange(c * image.rows, (c + 1) * image.rows));
    cv::merge(each, image);
  }

 private:
  charls::jpegls_decoder decoder_;
  FormatFacts facts_;
};

}  // namespace
}  // namespace doppel

extern "C" int doppel_format2_facts(const unsigned char* bytes, std::size_t size, doppel::FormatFacts& facts,
                                    std::string& problem) noexcept {
  return doppel::without_throwing(problem, [&] { facts = doppel::JpegLsFile(bytes, size).facts(); });
}

extern "C" int doppel_format2_pixels(const unsigned char* bytes, std::size_t size, int, cv::Mat& image,
                                     std::string& problem) noexcept {
  return doppel::without_throwing(problem, [&] { doppel::JpegLsFile(bytes, size).read(image); });
}
