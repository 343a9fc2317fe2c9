#include "doppel/dataset/batch/tensor.h"

#include <dlpack/dlpack.h>
#include <gtest/gtest.h>

#include <thread>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

TEST(Tensor, IsAlignedZeroedAndShared) {
  const Tensor t(DType::F32, {3, 5});
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(t.data()) % 64, 0U);
  for (const float v : t.values<float>()) EXPECT_EQ(v, 0);
  const Tensor view = t.first(2);
  EXPECT_EQ(view.count(), 10);
  EXPECT_EQ(view.data(), t.data());
  EXPECT_FALSE(t.is_unique());
}

TEST(Tensor, DlpackOutlivesTheTensorAndNeedsNoCopy) {
  DLManagedTensor* managed = nullptr;
  const void* data = nullptr;
  {
    const Tensor t(DType::U8, {2, 3, 4});
    t.values<unsigned char>()[23] = 77;
    data = t.data();
    managed = t.to_dlpack();
  }
  EXPECT_EQ(managed->dl_tensor.data, data);
  EXPECT_EQ(managed->dl_tensor.ndim, 3);
  EXPECT_EQ(managed->dl_tensor.shape[2], 4);
  EXPECT_EQ(managed->dl_tensor.dtype.code, kDLUInt);
  EXPECT_EQ(managed->dl_tensor.dtype.bits, 8);
  EXPECT_EQ(static_cast<unsigned char*>(managed->dl_tensor.data)[23], 77);
  managed->deleter(managed);
}

TEST(Tensor, AViewHasNoMoreNumbersThanThereAre) {
  const Tensor t(DType::F32, {4, 6});
  const Tensor view = t.as({2, 3, 4});
  EXPECT_EQ(view.data(), t.data());
  EXPECT_EQ(view.count(), 24);
  EXPECT_EQ(t.as({5}).bytes(), 20U);
  EXPECT_EQ(t.first(1).as({24}).count(), 24);  // there's room for them
  EXPECT_THROW((void)t.as({25}), Error);
  EXPECT_EQ(Tensor().count(), 0);
}

/// Under the thread sanitizer: what another thread did before it let go is over for whoever is left alone.
TEST(Tensor, WhoIsLeftAloneMayWrite) {
  const Tensor t(DType::U8, {64});
  std::thread other([view = t.first(1)] { view.values<unsigned char>()[0] = 1; });
  while (!t.is_unique()) std::this_thread::yield();
  t.values<unsigned char>()[0] = 2;
  other.join();
  EXPECT_EQ(t.values<unsigned char>()[0], 2);
}

TEST(Tensor, LargeOnesAreZeroedAndAlignedToo) {
  const Tensor t(DType::U8, {3, 1 << 20});
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(t.data()) % 64, 0U);
  for (const std::size_t i : {0U, (1U << 20), 3U * (1U << 20) - 1})
    EXPECT_EQ(t.values<unsigned char>()[i], 0);
  for (const auto& [type, bytes] :
       {std::pair{DType::U8, 1U}, {DType::BF16, 2U}, {DType::F32, 4U}, {DType::I64, 8U}})
    EXPECT_EQ(Tensor(type, {2, 5}).bytes(), 10 * bytes);
}

}  // namespace
}  // namespace doppel::dataset
