#include "animation.h"

#include <fmt/format.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include <memory>
#include <opencv2/imgproc.hpp>
#include <string>

#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::apps {
namespace {

struct Delete {
  void operator()(WebPAnimEncoder* encoder) const { WebPAnimEncoderDelete(encoder); }
};

/// An image in libwebp's own memory.
class Frame {
 public:
  explicit Frame(const cv::Mat& image) {
    cv::Mat rgb = image;
    if (image.channels() == 1) cv::cvtColor(image, rgb, cv::COLOR_GRAY2RGB);
    WebPPictureInit(&image_);
    image_.use_argb = 1;
    image_.width = rgb.cols;
    image_.height = rgb.rows;
    if (!WebPPictureImportRGB(&image_, rgb.data, static_cast<int>(rgb.step[0])))
      throw Error("out of memory for a frame");
  }
  ~Frame() { WebPPictureFree(&image_); }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  WebPPicture* get() { return &image_; }

 private:
  WebPPicture image_{};
};

}  // namespace

void write_animation(const std::filesystem::path& path, const std::vector<cv::Mat>& images,
                     int milliseconds) {
  if (images.empty()) throw UsageError("an animation needs an image");
  WebPAnimEncoderOptions options;
  WebPAnimEncoderOptionsInit(&options);
  const std::unique_ptr<WebPAnimEncoder, Delete> encoder(
      WebPAnimEncoderNew(images[0].cols, images[0].rows, &options));
  WebPConfig config;
  WebPConfigInit(&config);
  config.lossless = 1;
  config.quality = 20;  // of the search, not of the pixels
  config.method = 2;
  const auto check = [&](int ok) {
    if (!ok) throw Error(fmt::format("{}: {}", path.string(), WebPAnimEncoderGetError(encoder.get())));
  };
  int time = 0;
  for (const cv::Mat& image : images) {
    if (image.size() != images[0].size()) throw UsageError("an animation's images have one size");
    Frame frame(image);
    check(WebPAnimEncoderAdd(encoder.get(), frame.get(), time, &config));
    time += milliseconds;
  }
  check(WebPAnimEncoderAdd(encoder.get(), nullptr, time, nullptr));
  WebPData data;
  WebPDataInit(&data);
  check(WebPAnimEncoderAssemble(encoder.get(), &data));
  const std::string bytes(reinterpret_cast<const char*>(data.bytes), data.size);
  WebPDataClear(&data);
  write_file(path, bytes);
}

}  // namespace doppel::apps
