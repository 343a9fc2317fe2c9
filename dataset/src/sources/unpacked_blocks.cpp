#include "unpacked_blocks.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace doppel::dataset {
namespace {

bool read_at(int fd, std::uint64_t at, std::span<unsigned char> into) {
  while (!into.empty()) {
    const ssize_t got = ::pread(fd, into.data(), into.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

bool write_at(int fd, std::uint64_t at, std::span<const unsigned char> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    at += static_cast<std::uint64_t>(put);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace

UnpackedBlocks::~UnpackedBlocks() {
  if (fd_ >= 0) ::close(fd_);
}

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
  if (!bytes) return read_at(fd_, in_file + at, into);
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
  return read_at(fd_, in_file, *bytes) ? bytes : nullptr;
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
  const auto found = blocks_.find(last_.back());
  last_.pop_back();
  Block& block = found->second;  // stays where it is, whatever comes meanwhile
  in_memory_ -= block.size;
  if (!block.at) {
    const auto at = room_for(block.size);
    block.leaves = true;
    lock.unlock();
    const bool is_written = at && write_at(fd_, *at, *block.bytes);
    lock.lock();
    block.leaves = false;
    if (!is_written) return (void)blocks_.erase(found->first);
    block.at = at;
  }
  block.bytes.reset();
}

std::optional<std::uint64_t> UnpackedBlocks::room_for(std::uint64_t size) {
  if (!tried_) open_file();
  if (fd_ < 0 || owner_ != ::getpid() || size > file_most_ - file_end_) return {};
  const std::uint64_t at = file_end_;
  file_end_ += size;
  return at;
}

void UnpackedBlocks::open_file() {
  tried_ = true;
  owner_ = ::getpid();
  const char* set = std::getenv("TMPDIR");
  fd_ = ::open(set && *set ? set : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  struct statvfs space{};
  if (fd_ < 0 || ::fstatvfs(fd_, &space) != 0) return;
  constexpr std::uint64_t kShare = 4;
  file_most_ = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize / kShare;
}

}  // namespace doppel::dataset
