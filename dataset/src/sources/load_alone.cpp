#include "doppel/dataset/sources/load_alone.h"

#include "decoded.h"
#include "doppel/base/error.h"

namespace doppel::dataset {

std::unique_lock<std::mutex> alone_with(std::span<const unsigned char> encoded, std::mutex& large) {
  constexpr std::size_t kUsual = 16'000'000;  // bytes, as the loader has for each thread
  if (encoded.empty()) return {};
  const ImageFacts facts = facts_of(encoded, {.depth = ImageDepth::AsStored});
  const auto pixels = static_cast<std::size_t>(facts.size.area());
  const std::size_t bytes = pixels * static_cast<std::size_t>(facts.channels) *
                            static_cast<std::size_t>(CV_ELEM_SIZE1(facts.depth));
  return bytes > kUsual ? std::unique_lock(large) : std::unique_lock<std::mutex>();
}

LoadedAlone load_alone(const Source& source, std::size_t index, std::mutex& large) {
  try {
    Item item = source.read(index);
    LoadedAlone loaded;
    loaded.alone = alone_with(item.encoded, large);
    if (!item.encoded.empty()) loaded.facts = facts_of(item.encoded, {.depth = ImageDepth::AsStored});
    item.sample.image = decoded(item, 0, AlphaOver::White);
    loaded.sample = std::move(item.sample);
    return loaded;
  } catch (const Error& error) { std::throw_with_nested(Error(named(source, index, error.what()))); }
}

}  // namespace doppel::dataset
