#include "remade_images.h"

#include <algorithm>

#include "doppel/base/parallel.h"
#include "doppel/nn/gan/generated_source.h"

namespace doppel::nn {
namespace {

constexpr std::size_t kRemadeAtOnce = 512;  // images
constexpr std::size_t kRecentChunks = 3;    // readers in order are within two

}  // namespace

RemadeImages::Pixels RemadeImages::make(std::size_t chunk) const {
  const std::size_t first = chunk * kRemadeAtOnce, last = std::min(size(), first + kRemadeAtOnce);
  std::vector<float> rows;
  for (std::size_t i = first; i < last; ++i) {
    const std::vector<float> row =
        generator_.latents(std::span(&labels_[i], 1), drawn_.seed, numbers_[i], drawn_.truncation);
    rows.insert(rows.end(), row.begin(), row.end());
  }
  return std::make_shared<const std::vector<unsigned char>>(
      pixels_of(generator_.images(rows), generator_.image()));
}

RemadeImages::Pixels RemadeImages::chunk(std::size_t which) const {
  const std::lock_guard lock(making_);
  const auto found = std::ranges::find(recent_, which, &std::pair<std::size_t, Pixels>::first);
  if (found != recent_.end()) return found->second;
  // Whoever waits for its tasks takes no others, which would wait for this lock.
  Pixels pixels = isolated([&] { return make(which); });
  recent_.emplace_back(which, pixels);
  if (recent_.size() > kRecentChunks) recent_.pop_front();
  return pixels;
}

dataset::Item RemadeImages::read(std::size_t index) const {
  const Shape& shape = generator_.image();
  const auto bytes = static_cast<std::size_t>(shape.count());
  const Pixels pixels = chunk(index / kRemadeAtOnce);
  dataset::Item item;
  item.sample.image.create(shape.height, shape.width, CV_8UC(shape.channels));
  std::copy_n(pixels->data() + index % kRemadeAtOnce * bytes, bytes, item.sample.image.data);
  item.sample.label = labels_[index];
  return item;
}

}  // namespace doppel::nn
