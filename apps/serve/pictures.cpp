#include "serve/pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "doppel/augment/transforms/crop/resize.h"
#include "doppel/base/error.h"

namespace doppel::apps {
namespace {

std::size_t bytes_of(const augment::Sample& sample) {
  std::size_t bytes = sample.image.total() * sample.image.elemSize() + 1;
  for (const cv::Mat& mask : sample.masks) bytes += mask.total() * mask.elemSize();
  for (const augment::FloatMap& map : sample.maps) bytes += map.values.total() * map.values.elemSize();
  return bytes;
}

}  // namespace

Pictures::Ptr Pictures::get(const Key& key) {
  if (key.first >= images_.size())
    throw UsageError(
        fmt::format("there is no image {}; there are {}, counted from 0", key.first, images_.size()));
  std::promise<Ptr> promise;
  {
    std::unique_lock lock(mutex_);
    const auto [found, is_new] = entries_.try_emplace(key);
    found->second.used = ++clock_;
    if (!is_new) {
      const std::shared_future<Ptr> sample = found->second.sample;
      lock.unlock();
      return sample.get();
    }
    found->second.sample = promise.get_future().share();
  }
  try {
    Ptr sample = make(key);
    promise.set_value(sample);
    keep(key, bytes_of(*sample));
    return sample;
  } catch (...) {  // whoever waits gets it too; whoever comes later tries again
    promise.set_exception(std::current_exception());
    const std::lock_guard lock(mutex_);
    entries_.erase(key);
    throw;
  }
}

Pictures::Ptr Pictures::make(const Key& key) {
  const auto& [index, side] = key;
  if (side == 0) return std::make_shared<augment::Sample>(images_.read(index));
  Ptr whole = get({index, 0});
  const Size size = augment::size_of(whole->image);
  const double scale = double(side) / std::max(size.height, size.width);
  if (scale >= 1) return whole;
  const auto scaled = [&](int length) { return std::max(1, static_cast<int>(std::lround(scale * length))); };
  const augment::Recipe resize{
      augment::Resize{.size = {scaled(size.height), scaled(size.width)}, .filter = Filter::Area}};
  return std::make_shared<augment::Sample>(resize.apply(*whole, {}));
}

/// Those that weren't asked for the longest go.
void Pictures::keep(const Key& key, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  entries_.at(key).bytes = bytes;
  bytes_ += bytes;
  while (bytes_ > most_bytes_) {
    auto oldest = entries_.end();
    for (auto it = entries_.begin(); it != entries_.end(); ++it)
      if (it->second.bytes > 0 && (oldest == entries_.end() || it->second.used < oldest->second.used))
        oldest = it;
    if (oldest == entries_.end()) return;
    bytes_ -= oldest->second.bytes;
    entries_.erase(oldest);
  }
}

}  // namespace doppel::apps
