#include "doppel/dataset/batch/tensor.h"

#include <dlpack/dlpack.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>
#include <numeric>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

constexpr std::size_t kAlignment = 64;

/// What a capsule keeps alive.
struct Capsule {
  DLManagedTensor managed{};
  std::vector<std::int64_t> shape;
  std::shared_ptr<void> storage;
};

void delete_capsule(DLManagedTensor* managed) { delete static_cast<Capsule*>(managed->manager_ctx); }

/// Large blocks are pages that the system clears when they are first touched: by the threads that fill them,
/// side by side.
std::shared_ptr<void> zeros(std::size_t size) {
  constexpr std::size_t kLarge = std::size_t{1} << 20;
  if (size < kLarge) {
    void* memory = std::aligned_alloc(kAlignment, size);
    if (!memory) throw std::bad_alloc();
    std::memset(memory, 0, size);
    return {memory, std::free};
  }
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  ::madvise(memory, size, MADV_HUGEPAGE);
  return {memory, [size](void* pages) { ::munmap(pages, size); }};
}

DLDataType dlpack_type(DType type) {
  switch (type) {
    case DType::U8:
      return {kDLUInt, 8, 1};
    case DType::F32:
      return {kDLFloat, 32, 1};
    case DType::BF16:
      return {kDLBfloat, 16, 1};
    case DType::I64:
      return {kDLInt, 64, 1};
    case DType::U16:
      return {kDLUInt, 16, 1};
    case DType::F16:
      return {kDLFloat, 16, 1};
  }
  return {};
}

}  // namespace

std::size_t size_of(DType type) {
  switch (type) {
    case DType::U8:
      return 1;
    case DType::F32:
      return 4;
    case DType::BF16:
    case DType::U16:
    case DType::F16:
      return 2;
    case DType::I64:
      return 8;
  }
  return 0;
}

Tensor::Tensor(DType type, std::vector<std::int64_t> shape) : type_(type), shape_(std::move(shape)) {
  room_ = bytes();
  storage_ = zeros((room_ + kAlignment) / kAlignment * kAlignment);
}

Tensor::Tensor(DType type, std::vector<std::int64_t> shape, std::shared_ptr<void> storage)
    : type_(type), shape_(std::move(shape)), storage_(std::move(storage)) {
  room_ = bytes();
}

std::int64_t Tensor::count() const {
  return std::accumulate(shape_.begin(), shape_.end(), std::int64_t{1}, std::multiplies<>());
}

Tensor Tensor::first(std::int64_t rows) const {
  Tensor view = *this;
  view.shape_[0] = rows;
  return view;
}

Tensor Tensor::as(std::vector<std::int64_t> shape) const {
  Tensor view = *this;
  view.shape_ = std::move(shape);
  if (view.bytes() > room_) throw Error("a tensor's view has more numbers than the tensor");
  return view;
}

DLManagedTensor* Tensor::to_dlpack() const {
  auto* capsule = new Capsule{{}, shape_, storage_};
  DLTensor& t = capsule->managed.dl_tensor;
  t.data = storage_.get();
  t.device = {kDLCPU, 0};
  t.ndim = static_cast<int>(shape_.size());
  t.dtype = dlpack_type(type_);
  t.shape = capsule->shape.data();
  capsule->managed.manager_ctx = capsule;
  capsule->managed.deleter = delete_capsule;
  return &capsule->managed;
}

}  // namespace doppel::dataset
