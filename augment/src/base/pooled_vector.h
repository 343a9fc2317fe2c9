// Vectors for the time of one rendering: their memory comes from blocks that were used before.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <vector>

namespace doppel {

/// Keeps what it got from the system, for all threads; of small blocks each thread keeps a few for itself.
std::pmr::memory_resource& block_pool();

template <class T>
struct PoolAllocator {
  using value_type = T;
  PoolAllocator() = default;
  template <class U>
  PoolAllocator(const PoolAllocator<U>&) noexcept {}  // NOLINT: as allocators must
  T* allocate(std::size_t n) { return static_cast<T*>(block_pool().allocate(n * sizeof(T), alignof(T))); }
  void deallocate(T* data, std::size_t n) { block_pool().deallocate(data, n * sizeof(T), alignof(T)); }
  template <class U>
  bool operator==(const PoolAllocator<U>&) const {
    return true;
  }
};

template <class T>
using PooledVector = std::vector<T, PoolAllocator<T>>;

}  // namespace doppel
