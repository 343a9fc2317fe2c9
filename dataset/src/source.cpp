#include "doppel/dataset/source.h"

#include <opencv2/imgproc.hpp>

#include "doppel/augment/error.h"
#include "doppel/dataset/decode.h"

namespace doppel::dataset {
namespace {

/// Grey or RGB; transparency is dropped.
cv::Mat with_channels(const cv::Mat& image, int channels) {
  if (channels == 0 || image.channels() == channels) return image;
  cv::Mat out;
  const int from = image.channels();
  cv::cvtColor(image, out,
               channels == 1 ? (from == 4 ? cv::COLOR_RGBA2GRAY : cv::COLOR_RGB2GRAY)
                             : (from == 4 ? cv::COLOR_RGBA2RGB : cv::COLOR_GRAY2RGB));
  return out;
}

}  // namespace

augment::Sample load(const Source& source, std::size_t index, int channels) {
  try {
    Item item = source.read(index);
    if (!item.encoded.empty()) item.sample.image = decode_image(item.encoded);
    item.sample.image = with_channels(item.sample.image, channels);
    return std::move(item.sample);
  } catch (const Error& error) {
    const std::string what = error.what(), name = source.name(index);
    throw Error(what.find(name) == std::string::npos ? name + ": " + what : what);
  }
}

}  // namespace doppel::dataset
