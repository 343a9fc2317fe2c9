#include "unpacked_blocks.h"

#include <unistd.h>

#include <cstring>

namespace doppel::dataset {

/// Of the mutex's holder.
UnpackedBlocks::BytesPtr UnpackedBlocks::in_memory(Block& block) {
  if (block.bytes && !block.leaves) last_.splice(last_.begin(), last_, block.used);
  return block.bytes;
}

bool UnpackedBlocks::read(std::uint64_t block, std::uint64_t at, std::span<unsigned char> into) {
  BytesPtr bytes;
  std::uint64_t in_file = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto found = blocks_.find(block);
    if (found == blocks_.end() || at > found->second.size || into.size() > found->second.size - at)
      return false;
    bytes = in_memory(found->second);
    if (!bytes) in_file = *found->second.at;
  }
  if (!bytes) return file_->read(in_file + at, into);
  std::memcpy(into.data(), bytes->data() + at, into.size());
  return true;
}

UnpackedBlocks::BytesPtr UnpackedBlocks::get(std::uint64_t block) {
  std::uint64_t in_file = 0, size = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto found = blocks_.find(block);
    if (found == blocks_.end()) return nullptr;
    if (BytesPtr bytes = in_memory(found->second)) return bytes;
    in_file = *found->second.at;
    size = found->second.size;
  }
  auto bytes = std::make_shared<Bytes>(static_cast<std::size_t>(size));
  return file_->read(in_file, *bytes) ? bytes : nullptr;
}

void UnpackedBlocks::keep(std::uint64_t block, BytesPtr bytes) {
  std::unique_lock lock(mutex_);
  const auto [at, is_new] = blocks_.try_emplace(block);
  if (!is_new) return;  // another thread unpacked it, too
  last_.push_front(block);
  in_memory_ += bytes->size();
  at->second = {.bytes = std::move(bytes), .used = last_.begin()};
  at->second.size = at->second.bytes->size();
  while (in_memory_ > most_ && last_.size() > 1) spill(lock);
}

void UnpackedBlocks::spill(std::unique_lock<std::mutex>& lock) {
  const std::uint64_t number = last_.back();
  last_.pop_back();
  Block& block = blocks_.at(number);  // stays where it is, whatever comes meanwhile
  in_memory_ -= block.size;
  if (!block.at) {
    const auto at = room_for(block.size);
    block.leaves = true;
    lock.unlock();
    const bool is_written = at && file_->write(*at, *block.bytes);
    lock.lock();
    block.leaves = false;
    if (!is_written) return (void)blocks_.erase(number);
    block.at = at;
  }
  block.bytes.reset();
}

std::optional<std::uint64_t> UnpackedBlocks::room_for(std::uint64_t size) {
  constexpr std::uint64_t kShare = 4;
  if (!file_) {
    file_.emplace();
    owner_ = ::getpid();
  }
  if (owner_ != ::getpid() || size > file_->free_space() / kShare - file_end_) return {};
  const std::uint64_t at = file_end_;
  file_end_ += size;
  return at;
}

}  // namespace doppel::dataset
