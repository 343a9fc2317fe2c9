// What dropout multiplies by: draws of Philox 4x32 in 10 rounds (Salmon et al., "Parallel Random Numbers: As
// Easy as 1, 2, 3", 2011), many counters at a time, to the same words as Random123's.
#include <algorithm>
#include <cstddef>

#include "kernels.h"

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/dropout_factors.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "bf16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

/// A product's upper and lower half.
struct Halves {
  std::uint32_t upper, lower;
};
using Words = std::uint32_t;
inline Halves Multiply(Words word, std::uint32_t by) {
  const std::uint64_t product = std::uint64_t{word} * by;
  return {static_cast<std::uint32_t>(product >> 32), static_cast<std::uint32_t>(product)};
}
inline Words Mix(Words a, Words b, std::uint32_t key) { return a ^ b ^ key; }

#else

/// Words of as many counters as a register has lanes.
using WordTag = hn::ScalableTag<std::uint32_t>;
using Words = hn::Vec<WordTag>;
struct Halves {
  Words upper, lower;
};
HWY_INLINE Halves Multiply(Words words, std::uint32_t by) {
  const WordTag d;
  const hn::RepartitionToWide<WordTag> d64;
  const auto factor = hn::Set(d, by);
  const auto even = hn::MulEven(words, factor),
             odd = hn::MulEven(hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(d64, words))), factor);
  return {hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even))),
          hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even))};
}
HWY_INLINE Words Mix(Words a, Words b, std::uint32_t key) {
  return hn::Xor(hn::Xor(a, b), hn::Set(WordTag(), key));
}

#endif

/// The four words of each counter, in 10 rounds.
HWY_INLINE void Philox(Words (&words)[4], std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round, key0 += 0x9E3779B9U, key1 += 0xBB67AE85U) {
    const Halves a = Multiply(words[0], 0xD2511F53U), b = Multiply(words[2], 0xCD9E8D57U);
    words[0] = Mix(b.upper, words[1], key0);
    words[1] = b.lower;
    words[2] = Mix(a.upper, words[3], key1);
    words[3] = a.lower;
  }
}

#if HWY_TARGET == HWY_SCALAR

constexpr std::size_t kAtOnce = 4;
/// Factors of words [first, first + kAtOnce).
inline void SomeFactors(const DropoutDraws& draws, std::size_t first, float* factors) {
  Words words[4] = {static_cast<std::uint32_t>(first / 4), draws.row, static_cast<std::uint32_t>(draws.step),
                    static_cast<std::uint32_t>(draws.step >> 32)};
  Philox(words, draws.key0, draws.key1);
  for (std::size_t k = 0; k < 4; ++k) factors[k] = words[k] < draws.limit ? 0 : draws.keep;
}

#else

constexpr std::size_t kAtOnce = 4 * hn::MaxLanes(WordTag());
/// Factors of words [first, first + kAtOnce).
HWY_INLINE void SomeFactors(const DropoutDraws& draws, std::size_t first, float* factors) {
  const WordTag d;
  const hn::RebindToFloat<WordTag> d_float;
  Words words[4] = {hn::Iota(d, static_cast<std::uint32_t>(first / 4)), hn::Set(d, draws.row),
                    hn::Set(d, static_cast<std::uint32_t>(draws.step)),
                    hn::Set(d, static_cast<std::uint32_t>(draws.step >> 32))};
  Philox(words, draws.key0, draws.key1);
  const auto factor = [&](Words w) HWY_ATTR {
    const auto dropped = hn::RebindMask(d_float, hn::Lt(w, hn::Set(d, draws.limit)));
    return hn::IfThenZeroElse(dropped, hn::Set(d_float, draws.keep));
  };
  hn::StoreInterleaved4(factor(words[0]), factor(words[1]), factor(words[2]), factor(words[3]), d_float,
                        factors);
}

#endif

void DropoutFactors(const DropoutDraws& draws, std::size_t first, std::size_t count, float* factors) {
  std::size_t done = 0;
  for (; done + kAtOnce <= count; done += kAtOnce) SomeFactors(draws, first + done, factors + done);
  if (done == count) return;
  float last[kAtOnce];
  SomeFactors(draws, first + done, last);
  std::copy_n(last, count - done, factors + done);
}

template <class T>
void ScaleEach(const T* HWY_RESTRICT from, const float* HWY_RESTRICT factors, std::size_t count,
               T* HWY_RESTRICT to) {
  for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]) * factors[i];
}
void Scale(const Numbers& from, const float* factors, std::size_t count, const Numbers& to) {
  Typed(to, [&](auto* p) { ScaleEach(static_cast<const decltype(p)>(from.at), factors, count, p); });
}

template <int kBlock, class T>
void ScalePlanes(const ChannelLayout& l, const T* HWY_RESTRICT from, const float* HWY_RESTRICT factors,
                 T* HWY_RESTRICT to) {
  for (int group = 0; group < l.rows * l.groups; ++group, factors += kBlock)
    for (int p = 0; p < l.pixels; ++p, from += kBlock, to += kBlock)
      for (int c = 0; c < kBlock; ++c) to[c] = static_cast<float>(from[c]) * factors[c];
}
void ScaleChannels(const ChannelLayout& layout, const Numbers& from, const float* factors,
                   const Numbers& to) {
  Typed(to, [&](auto* p) {
    const auto* const x = static_cast<const decltype(p)>(from.at);
    if (layout.block == 16)
      ScalePlanes<16>(layout, x, factors, p);
    else if (layout.block == 8)
      ScalePlanes<8>(layout, x, factors, p);
    else
      ScalePlanes<1>(layout, x, factors, p);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(DropoutFactors);
HWY_EXPORT(Scale);
HWY_EXPORT(ScaleChannels);

void dropout_factors(const DropoutDraws& draws, std::size_t first, std::size_t count, float* factors) {
  HWY_DYNAMIC_DISPATCH(DropoutFactors)(draws, first, count, factors);
}
void scale(Numbers from, const float* factors, std::size_t count, Numbers to) {
  expect_one_type(from, to);
  HWY_DYNAMIC_DISPATCH(Scale)(from, factors, count, to);
}
void scale_channels(const ChannelLayout& layout, Numbers from, const float* factors, Numbers to) {
  expect_one_type(from, to);
  HWY_DYNAMIC_DISPATCH(ScaleChannels)(layout, from, factors, to);
}

}  // namespace doppel::nn::engine
#endif
