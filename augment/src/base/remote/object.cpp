#include "object.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "doppel/base/error.h"
#include "doppel/base/remote.h"
#include "memory_blocks.h"
#include "waiting.h"

namespace doppel::remote {
namespace {

/// One request asks for no more: what is large comes over several connections.
constexpr std::uint64_t kMostOfBlock = std::uint64_t{4} << 20;
/// As far ahead who reads a large part asks.
constexpr std::uint64_t kAhead = std::uint64_t{48} << 20;
/// Reads below that are made larger: with a cache to whole blocks of kRound, else by what follows.
constexpr std::uint64_t kSmall = std::uint64_t{64} << 10, kRound = std::uint64_t{256} << 10;

}  // namespace

std::shared_ptr<RemoteObject> RemoteObject::listed(std::shared_ptr<Store> store, const std::string& key,
                                                   ObjectId id) {
  const std::shared_ptr<RemoteObject> object(new RemoteObject(std::move(store), key));
  object->id_ = std::move(id);
  object->open_cache();
  object->known_ = true;
  return object;
}

std::shared_ptr<RemoteObject> RemoteObject::asked(std::shared_ptr<Store> store, const std::string& key,
                                                  std::uint64_t first) {
  const std::shared_ptr<RemoteObject> object(new RemoteObject(std::move(store), key));
  auto block = std::make_shared<Block>();
  block->size = first;
  MemoryBlocks::all().begin(first, true);
  Call call = object->store_->get(key);
  call.range = Call::Range{0, first};
  call.moved = object->moved_;
  begin(std::move(call), [object, block](Reply&& reply, std::exception_ptr problem) {
    object->take_first(block, std::move(reply), std::move(problem));
  });
  return object;
}

/// In the engine's thread.
void RemoteObject::take_first(const BlockPtr& block, Reply&& reply, std::exception_ptr problem) {
  MemoryBlocks::all().end(block->size);
  const std::string path = store_->path_of(key_);
  const bool is_folder = reply.url.substr(0, reply.url.find('?')).ends_with('/');
  if (!problem && is_folder)
    problem = std::make_exception_ptr(NotThere(fmt::format("{}: it is a folder", path)));
  if (!problem && !reply.total)
    problem = std::make_exception_ptr(Error(fmt::format("{}: the server doesn't say how large it is", path)));
  if (!problem) {
    id_ = {path, reply.tag, *reply.total};
    open_cache();
    block->size = reply.body.size();
    MemoryBlocks::all().begin(block->size, true);
    if (block->size > 0) {
      const std::lock_guard lock(mutex_);
      blocks_[0] = block;
    }
    take(block, std::move(reply), nullptr);
  }
  const std::lock_guard lock(mutex_);
  known_ = !problem;
  unknown_ = problem;
  changed_.notify_all();
}

const ObjectId& RemoteObject::id() const {
  std::unique_lock lock(mutex_);
  wait_until(changed_, lock, [&] { return known_ || unknown_; });
  if (unknown_) std::rethrow_exception(unknown_);
  return id_;
}

bool RemoteObject::is_known() const {
  const std::lock_guard lock(mutex_);
  return known_ || unknown_;
}

void RemoteObject::open_cache() {
  CacheFolder* const folder = cache_folder();
  if (!folder || id_.size == 0 || id_.tag.empty()) return;  // without a tag nobody knows what is the same
  try {
    cached_ = std::make_unique<CachedObject>(*folder, id_);
  } catch (const Error& error) { folder->note(error.what()); }
}

RemoteObject::BlockPtr RemoteObject::holding(std::uint64_t at) const {
  auto found = blocks_.upper_bound(at);
  if (found == blocks_.begin()) return nullptr;
  --found;
  return at < found->first + found->second->size ? found->second : nullptr;
}

std::uint64_t RemoteObject::next_block(std::uint64_t at) const {
  const auto found = blocks_.upper_bound(at);
  return found == blocks_.end() ? id_.size : found->first;
}

void RemoteObject::ask_for(const BlockPtr& block) {
  try {
    Call call = store_->get(key_);
    call.range = Call::Range{block->at, block->size};
    call.moved = moved_;
    begin(std::move(call), [self = shared_from_this(), block](Reply&& reply, std::exception_ptr problem) {
      self->take(block, std::move(reply), std::move(problem));
    });
  } catch (...) { take(block, Reply(), std::current_exception()); }
}

/// In the engine's thread.
void RemoteObject::take(const BlockPtr& block, Reply&& reply, std::exception_ptr problem) {
  if (!problem) {
    const bool steady = store_->has_steady_tags();
    if (reply.total != id_.size || (steady && reply.tag != id_.tag))
      problem = std::make_exception_ptr(
          Error(fmt::format("{}: it has changed since it was first read; begin again", id_.path)));
    else if (reply.at < block->at)  // of a server that sends all of it
      reply.body.erase(reply.body.begin(), reply.body.begin() + static_cast<std::ptrdiff_t>(block->at));
    if (!problem && reply.body.size() < block->size)
      problem = std::make_exception_ptr(Error(fmt::format("{}: it ends too early", id_.path)));
  }
  const bool in_cache =
      !problem && cached_ && cached_->keep(block->at, std::span(reply.body).first(block->size));
  bool stays = false;
  {
    const std::lock_guard lock(mutex_);
    block->ready = true;
    block->problem = problem;
    if (!problem) {
      reply.body.resize(block->size);
      block->bytes = std::move(reply.body);
    }
    stays = !problem && !in_cache;
    if (!stays) blocks_.erase(block->at);
  }
  changed_.notify_all();
  if (stays)
    MemoryBlocks::all().keep(weak_from_this(), block);
  else
    MemoryBlocks::all().end(block->size);
}

void RemoteObject::forget(const BlockPtr& block) {
  const std::lock_guard lock(mutex_);
  const auto found = blocks_.find(block->at);
  if (found != blocks_.end() && found->second == block) blocks_.erase(found);
}

void RemoteObject::round(std::uint64_t& at, std::uint64_t& end) const {
  if (end - at >= kSmall) return;
  if (cached_) at = at / kRound * kRound;
  end = std::min(id_.size, std::max(end, at + kRound));
}

RemoteObject::BlockPtr RemoteObject::want(std::uint64_t at, std::uint64_t end, bool must) {
  const std::uint64_t first = at;
  BlockPtr of_first;
  while (at < end) {
    std::uint64_t until = std::min(end, at + kMostOfBlock);
    {
      const std::lock_guard lock(mutex_);
      const BlockPtr block = holding(at);
      if (block && at == first) of_first = block;
      const std::uint64_t there = block     ? block->at + block->size - at
                                  : cached_ ? cached_->covered(at, end)
                                            : 0;
      at += there;
      if (there > 0) continue;
      until = std::min(until, next_block(at));
      if (cached_) until = std::min(until, cached_->next(at));
    }
    // Not under the lock: room is made by taking it from any object.
    if (!MemoryBlocks::all().begin(until - at, must)) return of_first;
    auto block = std::make_shared<Block>();
    block->at = at;
    block->size = until - at;
    bool mine = false;
    {
      const std::lock_guard lock(mutex_);
      mine = !holding(at) && next_block(at) >= until;
      if (mine) blocks_[at] = block;
    }
    if (!mine) {  // somebody else was faster
      MemoryBlocks::all().end(block->size);
      continue;
    }
    if (at == first) of_first = block;
    ask_for(block);
    at = until;
  }
  return of_first;
}

void RemoteObject::read_all(std::span<const FileRange> parts) {
  const std::uint64_t all = id().size;
  for (const FileRange& part : parts)
    if (part.at < all) (void)want(part.at, std::min<std::uint64_t>(all, part.at + part.into.size()), true);
  for (const FileRange& part : parts) read(part.at, part.into, true);
}

void RemoteObject::read(std::uint64_t at, std::span<unsigned char> into, bool exactly) {
  const ObjectId& what = id();
  if (at > what.size || into.size() > what.size - at)
    throw Error(fmt::format("{} ends {} bytes too early", what.path,
                            into.size() - (what.size - std::min(at, what.size))));
  const std::uint64_t end = at + into.size();
  while (!into.empty()) {
    if (cached_) {
      const std::size_t got = cached_->read(at, into);
      counters().bytes_from_cache += got;
      at += got;
      into = into.subspan(got);
      if (into.empty()) return;
    }
    std::uint64_t from = at, until = std::min(end, at + kAhead);
    if (!exactly) round(from, until);
    (void)want(from, at, true);
    const BlockPtr block = want(at, until, true);
    if (!block) continue;  // it is in the cache
    std::unique_lock lock(mutex_);
    wait_until(changed_, lock, [&] { return block->ready; });
    if (block->problem) std::rethrow_exception(block->problem);
    const std::uint64_t skip = at - block->at,
                        part = std::min<std::uint64_t>(block->size - skip, into.size());
    std::memcpy(into.data(), block->bytes.data() + skip, part);
    at += part;
    into = into.subspan(part);
  }
}

void RemoteObject::fetch(std::uint64_t at, std::uint64_t size, bool exactly) {
  if (!is_known()) return;  // its beginning comes, and who reads asks for the rest
  const std::uint64_t all = id().size;
  std::uint64_t end = at < all ? at + std::min(size, all - at) : at;
  if (at >= end) return;
  // Small objects stay in memory where there is no cache.
  if (!exactly && (cached_ || all <= remote_options().memory / 4)) round(at, end);
  (void)want(at, end, false);
}

MemoryBlocks& MemoryBlocks::all() {
  static MemoryBlocks* const all = new MemoryBlocks;  // the engine's thread may outlive main()
  return *all;
}

bool MemoryBlocks::begin(std::uint64_t bytes, bool must) {
  const std::uint64_t limit = remote_options().memory;
  std::list<Kept> leaving;
  bool may = true;
  {
    const std::lock_guard lock(mutex_);
    while (taken_ + bytes > limit && !kept_.empty()) {
      taken_ -= kept_.front().block->size;
      leaving.splice(leaving.end(), kept_, kept_.begin());
    }
    may = must || taken_ + bytes <= limit;
    if (may) taken_ += bytes;
  }
  for (const Kept& kept : leaving)
    if (const auto object = kept.object.lock()) object->forget(kept.block);
  return may;
}

void MemoryBlocks::end(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  taken_ -= std::min(taken_, bytes);
}

void MemoryBlocks::keep(std::weak_ptr<RemoteObject> object, RemoteObject::BlockPtr block) {
  const std::lock_guard lock(mutex_);
  kept_.push_back({std::move(object), std::move(block)});
}

}  // namespace doppel::remote
