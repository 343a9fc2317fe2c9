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
  if (side == 0) {
    const FileStamp stamp = stamp_of(images_.path(index));
    {
      const std::lock_guard lock(mutex_);
      stamps_[index] = stamp;
    }
    return std::make_shared<augment::Sample>(images_.read(index));
  }
  Ptr whole = get({index, 0});
  const Size size = augment::size_of(whole->image);
  const double scale = double(side) / std::max(size.height, size.width);
  if (scale >= 1) return whole;
  const auto scaled = [&](int length) { return std::max(1, static_cast<int>(std::lround(scale * length))); };
  const augment::Recipe resize{
      augment::Resize{.size = {scaled(size.height), scaled(size.width)}, .filter = Filter::Area}};
  return std::make_shared<augment::Sample>(resize.apply(*whole, {}));
}

std::vector<std::size_t> Pictures::latest(std::size_t most) const {
  std::map<std::size_t, std::uint64_t> used;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, entry] : entries_) used[key.first] = std::max(used[key.first], entry.used);
  }
  std::vector<std::pair<std::uint64_t, std::size_t>> sorted;
  for (const auto& [index, when] : used) sorted.emplace_back(when, index);
  std::ranges::sort(sorted, std::greater());
  std::vector<std::size_t> indices;
  for (std::size_t k = 0; k < std::min(most, sorted.size()); ++k) indices.push_back(sorted[k].second);
  return indices;
}

void Pictures::forget(std::size_t index) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& one) {
    const bool goes = one.first.first == index && one.second.bytes > 0;  // what is being made stays
    if (goes) bytes_ -= one.second.bytes;
    return goes;
  });
}

std::vector<std::size_t> Pictures::forget_written(std::size_t most) {
  std::vector<std::size_t> written;
  for (const std::size_t index : latest(most)) {
    const FileStamp now = stamp_of(images_.path(index));
    {
      const std::lock_guard lock(mutex_);
      const auto [known, is_new] = stamps_.try_emplace(index, now);
      if (is_new || known->second == now) continue;
      known->second = now;
    }
    forget(index);
    written.push_back(index);
  }
  return written;
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
