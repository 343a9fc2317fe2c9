// One object, of which any part is read by any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "cache.h"
#include "doppel/base/random_file.h"
#include "store.h"

namespace doppel::remote {

/// Its bytes come in blocks, each by one request, that are read ahead where somebody says so; what came is in
/// the cache, or for a while in memory.
class RemoteObject : public std::enable_shared_from_this<RemoteObject> {
 public:
  /// Of an object whose size and tag a list said.
  static std::shared_ptr<RemoteObject> listed(std::shared_ptr<Store> store, const std::string& key,
                                              ObjectId id);
  /// Begins to ask for its first `first` bytes, by which its size is learnt.
  static std::shared_ptr<RemoteObject> asked(std::shared_ptr<Store> store, const std::string& key,
                                             std::uint64_t first);
  /// Waits until it's known. Throws Error: NotThere where there is none.
  const ObjectId& id() const;
  /// Whether id() would not wait.
  bool is_known() const;
  /// Throws Error where it can't be had, and where the object isn't what it was.
  void read(std::uint64_t at, std::span<unsigned char> into) { read(at, into, false); }
  /// The same of several parts, all of them asked for before the first is waited for, and not a byte more.
  void read_all(std::span<const FileRange> parts);
  /// Begins to fetch what isn't there yet, and returns; nothing where too much is under way already.
  /// `exactly`: not a byte more than that.
  void fetch(std::uint64_t at, std::uint64_t size, bool exactly);

 private:
  /// Bytes that are coming, or came and aren't in the cache.
  struct Block {
    std::uint64_t at = 0, size = 0;
    bool ready = false;
    std::vector<unsigned char> bytes;
    std::exception_ptr problem;
  };
  using BlockPtr = std::shared_ptr<Block>;
  friend class MemoryBlocks;

  RemoteObject(std::shared_ptr<Store> store, std::string key)
      : store_(std::move(store)), key_(std::move(key)) {}
  void take_first(const BlockPtr& block, Reply&& reply, std::exception_ptr problem);
  void open_cache();
  void read(std::uint64_t at, std::span<unsigned char> into, bool exactly);
  BlockPtr holding(std::uint64_t at) const;
  std::uint64_t next_block(std::uint64_t at) const;
  /// Begins what of [at, end) is neither there nor coming, as far as there is memory for it, or all of it
  /// where it `must`. Returns the block that holds `at`; null where it's in the cache, or there was no
  /// memory.
  BlockPtr want(std::uint64_t at, std::uint64_t end, bool must);
  void ask_for(const BlockPtr& block);
  void take(const BlockPtr& block, Reply&& reply, std::exception_ptr problem);
  /// [at, end), made larger where small reads would each wait for an answer.
  void round(std::uint64_t& at, std::uint64_t& end) const;
  void forget(const BlockPtr& block);

  std::shared_ptr<Store> store_;
  std::string key_;
  ObjectId id_;
  std::unique_ptr<CachedObject> cached_;  ///< null: no cache
  std::shared_ptr<Moved> moved_ = std::make_shared<Moved>();
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool known_ = false;
  std::exception_ptr unknown_;  ///< why it can't be
  std::map<std::uint64_t, BlockPtr> blocks_;
};

/// The process' cache; null where there is none.
CacheFolder* cache_folder();

}  // namespace doppel::remote
