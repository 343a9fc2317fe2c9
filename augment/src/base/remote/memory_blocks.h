// How much of what came over the network may be in memory, of all objects together.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

#include "object.h"

namespace doppel::remote {

/// Blocks that are coming, and those that came and aren't in a cache; the ones that came first go first.
class MemoryBlocks {
 public:
  static MemoryBlocks& all();
  /// True where so many bytes more may come; they count from then on. `must`: they come anyway.
  bool begin(std::uint64_t bytes, bool must);
  /// They are no longer here.
  void end(std::uint64_t bytes);
  /// It stays until others need its room.
  void keep(std::weak_ptr<RemoteObject> object, RemoteObject::BlockPtr block);

 private:
  struct Kept {
    std::weak_ptr<RemoteObject> object;
    RemoteObject::BlockPtr block;
  };
  std::mutex mutex_;
  std::uint64_t taken_ = 0;
  std::list<Kept> kept_;
};

}  // namespace doppel::remote
