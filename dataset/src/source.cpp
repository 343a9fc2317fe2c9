#include "doppel/dataset/source.h"

#include "doppel/augment/error.h"
#include "doppel/dataset/decode.h"

namespace doppel::dataset {
augment::Sample load(const Source& source, std::size_t index, int channels) {
  try {
    Item item = source.read(index);
    if (item.encoded.empty()) {
      item.sample.image = with_channels(item.sample.image, channels);
    } else {
      Picture picture(item.encoded, channels);
      item.sample.image.create(picture.size(), CV_8UC(picture.channels()));
      picture.decode({{}, picture.size()}, item.sample.image);
    }
    return std::move(item.sample);
  } catch (const Error& error) {
    const std::string what = error.what(), name = source.name(index);
    throw Error(what.find(name) == std::string::npos ? name + ": " + what : what);
  }
}

}  // namespace doppel::dataset
