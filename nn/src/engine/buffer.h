// Aligned floats.
#pragma once

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace doppel::nn::engine {

/// 64-byte aligned, zeroed, never copied; in large pages where the system gives them, since a step walks over
/// gigabytes.
class Buffer {
 public:
  struct Later {};

  Buffer() = default;
  explicit Buffer(std::size_t count) : count_(count) { take_memory(); }
  /// Without memory, until it takes or is lent some.
  Buffer(std::size_t count, Later) : count_(count) {}

  float* data() const { return own_ ? own_.get() : lent_; }
  std::size_t count() const { return count_; }
  bool has_memory() const { return data() != nullptr; }
  bool owns_memory() const { return own_ != nullptr; }

  void take_memory() {
    constexpr std::size_t kLine = 64, kLargePage = std::size_t{1} << 21;
    const std::size_t unit = count_ * sizeof(float) >= 2 * kLargePage ? kLargePage : kLine;
    const std::size_t bytes = (count_ * sizeof(float) + unit) / unit * unit;
    own_.reset(static_cast<float*>(std::aligned_alloc(unit, bytes)));
    if (!own_) throw std::bad_alloc();
    if (unit == kLargePage) madvise(own_.get(), bytes, MADV_HUGEPAGE);
    std::memset(own_.get(), 0, bytes);
  }
  /// Memory of somebody who outlives it.
  void borrow_memory(float* memory) { lent_ = memory; }

 private:
  struct Free {
    void operator()(float* p) const { std::free(p); }
  };
  std::size_t count_ = 0;
  std::unique_ptr<float, Free> own_;
  float* lent_ = nullptr;
};

}  // namespace doppel::nn::engine
