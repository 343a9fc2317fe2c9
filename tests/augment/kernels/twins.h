// A vector kernel and its scalar twin.
#pragma once

#include <gtest/gtest.h>

#include <hwy/highway.h>
#include <hwy/targets.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace doppel::augment {

/// While it lives, only the scalar kernels run.
class ScalarOnly {
 public:
  ScalarOnly() { use(HWY_SCALAR); }
  ~ScalarOnly() { use(0); }
  ScalarOnly(const ScalarOnly&) = delete;
  ScalarOnly& operator=(const ScalarOnly&) = delete;

 private:
  static void use(std::int64_t targets) {
    hwy::SetSupportedTargetsForTest(targets);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

/// Runs `kernel` on the widest vectors and as scalars, into buffers whose other bytes must not change.
template <class T>
void expect_twins(int count, double tolerance, const std::function<void(T*)>& kernel,
                  const std::string& what) {
  constexpr std::size_t kGuard = 64;
  for (std::size_t shift = 0; shift < 3; ++shift) {
    std::vector<T> wide(static_cast<std::size_t>(count) + 2 * kGuard, T(77)), scalar = wide;
    kernel(wide.data() + kGuard + shift);
    {
      const ScalarOnly only;
      kernel(scalar.data() + kGuard + shift);
    }
    for (std::size_t i = 0; i < wide.size(); ++i) {
      const bool inside = i >= kGuard + shift && i < kGuard + shift + static_cast<std::size_t>(count);
      if (!inside) { ASSERT_EQ(wide[i], T(77)) << what << " wrote beyond its end, " << count; }
      ASSERT_NEAR(double(wide[i]), double(scalar[i]), tolerance) << what << " at " << i << " of " << count;
    }
  }
}

inline constexpr std::array kLengths{1, 2, 3, 7, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 255};

inline std::vector<std::uint8_t> some_bytes(int n) {
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>((i * 2654435761U) >> 13);
  return bytes;
}

inline std::vector<float> some_floats(int n) {
  std::vector<float> floats;
  for (const std::uint8_t b : some_bytes(n)) floats.push_back(static_cast<float>(b) / 255.F);
  return floats;
}

}  // namespace doppel::augment
