#include "doppel/dataset/batch/tensor.h"

#include <dlpack/dlpack.h>
#include <gtest/gtest.h>

#include <map>

#include "doppel/dataset/order/sampler.h"

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

TEST(Shuffle, IsAPermutationForEverySize) {
  for (std::uint64_t n = 1; n < 200; ++n) {
    std::vector<bool> seen(n);
    const Shuffle shuffle(n, 3, 4);
    for (std::uint64_t i = 0; i < n; ++i) {
      const auto k = shuffle(i);
      ASSERT_LT(k, n);
      ASSERT_FALSE(seen[k]);
      seen[k] = true;
    }
  }
}

TEST(Shuffle, SeedAndEpochAreNotExchangeableAndPlacesAreEven) {
  const Shuffle a(1000, 0, 1), b(1000, 1, 0);
  int same = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) same += a(i) == b(i);
  EXPECT_LT(same, 10);
  // Where position 0 goes over many epochs: every tenth of the range alike.
  std::map<std::uint64_t, int> tenths;
  for (std::uint64_t e = 0; e < 5000; ++e) ++tenths[Shuffle(1000, 7, e)(0) / 100];
  for (const auto& [tenth, n] : tenths) EXPECT_NEAR(n, 500, 90);
  EXPECT_LT(Shuffle(std::uint64_t{1} << 40, 1, 1)(12345), std::uint64_t{1} << 40);
}

}  // namespace
}  // namespace doppel::dataset
