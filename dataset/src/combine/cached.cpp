#include "doppel/dataset/combine/cached.h"

#include <memory>
#include <utility>

#include "doppel/codec/image.h"

namespace doppel::dataset {

Cached::Cached(SourcePtr source, std::size_t bytes, Keep keep)
    : source_(std::move(source)), budget_(bytes), keep_(keep), items_(source_->size()) {}
std::size_t Cached::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}
std::size_t Cached::kept() const {
  const std::lock_guard lock(mutex_);
  return kept_;
}
bool Cached::has(std::size_t index) const {
  const std::lock_guard lock(mutex_);
  return items_[index] != nullptr;
}
void Cached::prepare(std::size_t index) const {
  if (!has(index)) source_->prepare(index);
}
/// Whole, as long as there is room to keep it.
std::optional<UnreadItem> Cached::unread(std::size_t index) const {
  if (has(index)) return std::nullopt;
  return bytes() < budget_ ? unread_whole(*source_, index) : source_->unread(index);
}
Item Cached::read(std::size_t index) const {
  std::shared_ptr<const Item> held;
  bool room = false;
  {
    const std::lock_guard lock(mutex_);
    held = items_[index];
    room = bytes_ < budget_;
  }
  if (held) return *held;
  Item item = source_->read(index);
  if (!room) return item;
  if (keep_ == Keep::Decoded && !item.encoded.empty()) {
    item.sample.image = decode_image(item.encoded, {.depth = ImageDepth::AsStored});
    item.encoded = {};
  }
  std::size_t size =
      item.encoded.size() + item.sample.image.total() * item.sample.image.elemSize() + sizeof(Item);
  for (const cv::Mat& mask : item.sample.masks) size += mask.total() * mask.elemSize();
  const auto kept = std::make_shared<const Item>(std::move(item));
  const std::lock_guard lock(mutex_);
  if (!items_[index] && bytes_ + size <= budget_) {
    items_[index] = kept;
    bytes_ += size;
    ++kept_;
  }
  return *kept;
}

}  // namespace doppel::dataset
