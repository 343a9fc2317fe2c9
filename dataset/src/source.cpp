#include "doppel/dataset/source.h"

#include "doppel/augment/error.h"
#include "doppel/dataset/decode.h"

namespace doppel::dataset {

augment::Sample load(const Source& source, std::size_t index) {
  try {
    Item item = source.read(index);
    if (!item.encoded.empty()) item.sample.image = decode_image(item.encoded);
    return std::move(item.sample);
  } catch (const Error& error) {
    const std::string what = error.what(), name = source.name(index);
    throw Error(what.find(name) == std::string::npos ? name + ": " + what : what);
  }
}

}  // namespace doppel::dataset
