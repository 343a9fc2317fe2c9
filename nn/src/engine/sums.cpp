// Sums of values, and the rectifier after or before them.
#include <algorithm>

#include "kernels.h"

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/sums.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "bf16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

void AddTo(float* HWY_RESTRICT to, const float* HWY_RESTRICT from, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] += from[i];
}

template <class T>
void AddNumbers(T* HWY_RESTRICT to, const T* HWY_RESTRICT from, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<float>(to[i]) + static_cast<float>(from[i]);
}
void AddToNumbers(const Numbers& to, const Numbers& from, std::size_t count) {
  Typed(to, [&](auto* p) { AddNumbers(p, static_cast<decltype(p)>(from.at), count); });
}

template <class T>
void SumNumbers(T* HWY_RESTRICT to, const T* HWY_RESTRICT a, const T* HWY_RESTRICT b, float slope,
                std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const float v = static_cast<float>(a[i]) + static_cast<float>(b[i]);
    to[i] = std::max(v, 0.F) + slope * std::min(v, 0.F);
  }
}
void Sum(const Numbers& to, const Numbers& a, const Numbers& b, float slope, std::size_t count) {
  Typed(to, [&](auto* p) {
    SumNumbers(p, static_cast<decltype(p)>(a.at), static_cast<decltype(p)>(b.at), slope, count);
  });
}

void Rectify(const Numbers& values, float slope, std::size_t count) {
  Typed(values, [&](auto* p) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto v = static_cast<float>(p[i]);
      p[i] = std::max(v, 0.F) + slope * std::min(v, 0.F);
    }
  });
}

template <class T>
void GradientOfRectified(const T* HWY_RESTRICT y, float slope, T* HWY_RESTRICT dy, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    dy[i] = static_cast<float>(dy[i]) * (static_cast<float>(y[i]) > 0 ? 1.F : slope);
}
void RectifyGradient(const Numbers& y, float slope, const Numbers& dy, std::size_t count) {
  Typed(dy, [&](auto* p) { GradientOfRectified(static_cast<decltype(p)>(y.at), slope, p, count); });
}

template <class T>
void SumOfGradients(T* HWY_RESTRICT to, const T* HWY_RESTRICT a, const T* HWY_RESTRICT b,
                    const T* HWY_RESTRICT y, float slope, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    to[i] =
        (static_cast<float>(a[i]) + static_cast<float>(b[i])) * (static_cast<float>(y[i]) > 0 ? 1.F : slope);
}
void SumGradients(const Numbers& to, const Numbers& a, const Numbers& b, const Numbers& y, float slope,
                  std::size_t count) {
  Typed(to, [&](auto* p) {
    using T = decltype(p);
    SumOfGradients(p, static_cast<T>(a.at), static_cast<T>(b.at), static_cast<T>(y.at), slope, count);
  });
}

void Positive(const Numbers& values, std::size_t count, std::uint8_t* HWY_RESTRICT piece) {
  Typed(values, [&](auto* p) {
    for (std::size_t i = 0; i < count; ++i) piece[i] = static_cast<float>(p[i]) > 0;
  });
}
void ScaleByPiece(const Numbers& from, const std::uint8_t* HWY_RESTRICT piece, float slope, std::size_t count,
                  const Numbers& to) {
  Typed(from, [&](auto* p) {
    auto* out = static_cast<decltype(p)>(to.at);
    for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<float>(p[i]) * (piece[i] ? 1.F : slope);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(AddTo);
HWY_EXPORT(AddToNumbers);
HWY_EXPORT(Sum);
HWY_EXPORT(Rectify);
HWY_EXPORT(RectifyGradient);
HWY_EXPORT(SumGradients);
HWY_EXPORT(Positive);
HWY_EXPORT(ScaleByPiece);

void add_to(float* to, const float* from, std::size_t count) { HWY_DYNAMIC_DISPATCH(AddTo)(to, from, count); }
void add_to(Numbers to, Numbers from, std::size_t count) {
  expect_one_type(to, from);
  HWY_DYNAMIC_DISPATCH(AddToNumbers)(to, from, count);
}
void sum(Numbers to, Numbers a, Numbers b, float slope, std::size_t count) {
  expect_one_type(to, a, b);
  HWY_DYNAMIC_DISPATCH(Sum)(to, a, b, slope, count);
}
void rectify(Numbers values, float slope, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(Rectify)(values, slope, count);
}
void rectify_gradient(Numbers y, float slope, Numbers dy, std::size_t count) {
  expect_one_type(y, dy);
  HWY_DYNAMIC_DISPATCH(RectifyGradient)(y, slope, dy, count);
}
void sum_gradients(Numbers to, Numbers a, Numbers b, Numbers y, float slope, std::size_t count) {
  expect_one_type(to, a, b, y);
  HWY_DYNAMIC_DISPATCH(SumGradients)(to, a, b, y, slope, count);
}
void positive(Numbers values, std::size_t count, std::uint8_t* piece) {
  HWY_DYNAMIC_DISPATCH(Positive)(values, count, piece);
}
void scale_by_piece(Numbers from, const std::uint8_t* piece, float slope, std::size_t count, Numbers to) {
  expect_one_type(from, to);
  HWY_DYNAMIC_DISPATCH(ScaleByPiece)(from, piece, slope, count, to);
}

}  // namespace doppel::nn::engine
#endif
