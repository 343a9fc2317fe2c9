#include "doppel/dataset/sources/source.h"

#include <exception>

#include "decoded.h"
#include "doppel/base/error.h"
#include "doppel/codec/decode_error.h"
#include "doppel/codec/image.h"

namespace doppel::dataset {

std::optional<UnreadItem> unread_whole(const Source& source, std::size_t index) {
  std::optional<UnreadItem> item = source.unread(index);
  if (item) item->file = nullptr;
  return item;
}

std::string name_of(const Source& source, std::size_t index) noexcept {
  try {
    return source.name(index);
  } catch (...) { return "sample " + std::to_string(index); }
}

std::string named(const Source& source, std::size_t index, const std::string& what) {
  const std::string name = name_of(source, index);
  return what.find(name) == std::string::npos ? name + ": " + what : what;
}

double full_range(const cv::Mat& image) {
  return image.depth() == CV_8U ? 255 : image.depth() == CV_16U ? 65535 : 1;
}

cv::Mat pixels_of(const Item& item, int channels, AlphaOver alpha) {
  const cv::Mat& image = item.sample.image;
  if (item.sample.bands && image.channels() == 4 && channels != 0 && channels != 4)
    throw_four_bands(channels);
  return with_channels(image, channels, alpha);
}

bool has_bands(const EncodedImage& image) { return image.channels() == 4 && !image.has_alpha(); }

cv::Mat decoded(Item& item, int channels, AlphaOver alpha) {
  try {
    if (item.encoded.empty()) return pixels_of(item, channels, alpha);
    EncodedImage encoded(item.encoded, channels, alpha, {.depth = ImageDepth::AsStored});
    item.sample.bands = has_bands(encoded);
    if (const cv::Mat* pixels = encoded.pixels()) return pixels->clone();
    cv::Mat image(encoded.size(), CV_MAKETYPE(encoded.depth(), encoded.channels()));
    encoded.decode({{}, encoded.size()}, image);
    return image;
  } catch (...) { throw_decode_error(); }
}

augment::Sample load(const Source& source, std::size_t index, int channels, AlphaOver alpha,
                     ImageFacts* facts) {
  check_channels(channels, alpha);
  try {
    Item item = source.read(index);
    if (facts && !item.encoded.empty()) *facts = facts_of(item.encoded, {.depth = ImageDepth::AsStored});
    item.sample.image = decoded(item, channels, alpha);
    return std::move(item.sample);
  } catch (const Error& error) { std::throw_with_nested(Error(named(source, index, error.what()))); }
}

}  // namespace doppel::dataset
