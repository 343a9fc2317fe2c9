#include "doppel/dataset/sources/source.h"

#include "doppel/base/error.h"
#include "doppel/codec/picture.h"

namespace doppel::dataset {

std::string name_of(const Source& source, std::size_t index) noexcept {
  try {
    return source.name(index);
  } catch (...) { return "sample " + std::to_string(index); }
}

std::string named(const Source& source, std::size_t index, const std::string& what) {
  const std::string name = name_of(source, index);
  return what.find(name) == std::string::npos ? name + ": " + what : what;
}

augment::Sample load(const Source& source, std::size_t index, int channels) {
  try {
    Item item = source.read(index);
    if (item.encoded.empty()) {
      item.sample.image = with_channels(item.sample.image, channels);
    } else {
      Picture picture(item.encoded, channels);
      if (const cv::Mat* pixels = picture.pixels()) {
        item.sample.image = pixels->clone();
      } else {
        item.sample.image.create(picture.size(), CV_8UC(picture.channels()));
        picture.decode({{}, picture.size()}, item.sample.image);
      }
    }
    return std::move(item.sample);
  } catch (const Error& error) { throw Error(named(source, index, error.what())); }
}

}  // namespace doppel::dataset
