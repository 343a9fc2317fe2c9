// Aligned floats.
#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace doppel::nn::engine {

/// 64-byte aligned, zeroed, never copied.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t count) : count_(count) {
    const std::size_t bytes = (count * sizeof(float) + 64) / 64 * 64;
    data_.reset(static_cast<float*>(std::aligned_alloc(64, bytes)));
    if (!data_) throw std::bad_alloc();
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
