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
  Buffer() = default;
  explicit Buffer(std::size_t count) : count_(count) {
    constexpr std::size_t kLine = 64, kLargePage = std::size_t{1} << 21;
    const std::size_t unit = count * sizeof(float) >= 2 * kLargePage ? kLargePage : kLine;
    const std::size_t bytes = (count * sizeof(float) + unit) / unit * unit;
    data_.reset(static_cast<float*>(std::aligned_alloc(unit, bytes)));
    if (!data_) throw std::bad_alloc();
    if (unit == kLargePage) madvise(data_.get(), bytes, MADV_HUGEPAGE);
    std::memset(data_.get(), 0, bytes);
  }
  float* data() const { return data_.get(); }
  std::size_t count() const { return count_; }

 private:
  struct Free {
    void operator()(float* p) const { std::free(p); }
  };
  std::size_t count_ = 0;
  std::unique_ptr<float, Free> data_;
};

}  // namespace doppel::nn::engine
