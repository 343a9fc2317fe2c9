// An aligned block of numbers with a shape, shared by reference, that other frameworks can take without a
// copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

struct DLManagedTensor;  // of dlpack/dlpack.h

namespace doppel::dataset {

/// BF16 is the upper half of a float, F16 IEEE's half.
enum class DType { U8, F32, BF16, I64, U16, F16 };

/// Bytes of one number.
std::size_t size_of(DType type);

/// Dense and row-major, 64-byte aligned. Copies share the numbers.
class Tensor {
 public:
  Tensor() = default;  ///< of no numbers: shape [0]
  /// Zeros.
  Tensor(DType type, std::vector<std::int64_t> shape);
  /// Numbers that lie in `storage`, which has room for them, aligned to 64 bytes or not.
  Tensor(DType type, std::vector<std::int64_t> shape, std::shared_ptr<void> storage);

  DType type() const { return type_; }                               ///< of each number
  const std::vector<std::int64_t>& shape() const { return shape_; }  ///< the slowest dimension first
  std::int64_t count() const;                                        ///< of numbers
  /// That the numbers take.
  std::size_t bytes() const { return static_cast<std::size_t>(count()) * size_of(type_); }
  void* data() const { return storage_.get(); }  ///< the first number; null in a Tensor()
  /// All numbers. T must be the C++ type of type(); BF16 and F16 are
  /// std::uint16_t.
  template <class T>
  std::span<T> values() const {
    return {static_cast<T*>(data()), static_cast<std::size_t>(count())};
  }
  /// The first `rows` of the first dimension, sharing the numbers.
  Tensor first(std::int64_t rows) const;
  /// The same numbers, or the first of them, in another shape. Throws Error where it has more of them than
  /// there is room for.
  Tensor as(std::vector<std::int64_t> shape) const;
  /// True where no copy, view or DLPack capsule of this storage is alive elsewhere. What other threads did
  /// with theirs is over then.
  bool is_unique() const {
    if (storage_.use_count() > 1) return false;
    // use_count() is a relaxed read; letting go of a reference acquires what others released.
    std::shared_ptr<void>(storage_).reset();
    return true;
  }

  /// Hands the numbers to another framework (DLPack 0.6, CPU). The caller, or who takes it over, calls its
  /// deleter; the numbers live until then.
  DLManagedTensor* to_dlpack() const;

 private:
  DType type_ = DType::F32;
  std::vector<std::int64_t> shape_{0};
  std::size_t room_ = 0;  ///< bytes
  std::shared_ptr<void> storage_;
};

}  // namespace doppel::dataset
