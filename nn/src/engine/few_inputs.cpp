// A product of [filters, pixels] and [pixels, taps], where a tap is an input, a row and a column of the
// kernel: a register holds a pixel's gradients of neighbouring filters, and one more for each tap the sums.
// The taps' numbers are read where they lie, out of a copy of the input with zeros around it.
#include "few_inputs.h"

#include <array>

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/few_inputs.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "bf16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using SixteenFilters = hn::CappedTag<float, 16>;
using EightFilters = hn::CappedTag<float, 8>;

constexpr int kMostRuns = 9;
constexpr int kAhead = 24;  ///< pixels, whose gradients are fetched early
/// Runs whose sums fit the registers, beside the gradients and a tap's number.
constexpr int RunsAtOnce(int run) {
  constexpr int kRegisters = HWY_MAX_BYTES >= 64 || HWY_ARCH_ARM_A64 ? 32 : 16;
  return std::min(kMostRuns, (kRegisters - 2) / run);
}

/// Some rows of the output, and the copy of the input that belongs to them.
struct Strip {
  int rows, width;
  const float* dy;
  int dy_step;  ///< from pixel to pixel
  const float* x;
  int x_step;
  std::ptrdiff_t x_row_step;
};

/// Adds to sums [kRuns, kLength, lanes] the products of gradients with taps: the first of each run begins at
/// `starts`.
template <class D, int kLength, int kRuns>
void AddRuns(const Strip& strip, const std::array<std::ptrdiff_t, kMostRuns>& starts, float* sums) {
  const D d;
  hn::Vec<D> sum[kRuns][kLength];
  const float* x[kRuns];
  for (int r = 0; r < kRuns; ++r) {
    x[r] = strip.x + starts[static_cast<std::size_t>(r)];
    for (int i = 0; i < kLength; ++i) sum[r][i] = hn::Zero(d);
  }
  const float* dy = strip.dy;
  for (int row = 0; row < strip.rows; ++row) {
    std::ptrdiff_t at = row * strip.x_row_step;
    for (int column = 0; column < strip.width; ++column, at += strip.x_step, dy += strip.dy_step) {
      const auto v = hn::LoadU(d, dy);
      hwy::Prefetch(dy + kAhead * strip.dy_step);
      for (int r = 0; r < kRuns; ++r)
        for (int i = 0; i < kLength; ++i) sum[r][i] = hn::MulAdd(v, hn::Set(d, x[r][at + i]), sum[r][i]);
    }
  }
  for (int r = 0; r < kRuns; ++r)
    for (int i = 0; i < kLength; ++i, sums += hn::Lanes(d))
      hn::StoreU(hn::Add(hn::LoadU(d, sums), sum[r][i]), d, sums);
}

using RunLoop = void (*)(const Strip&, const std::array<std::ptrdiff_t, kMostRuns>&, float*);

template <class D, int kLength, int kRuns = RunsAtOnce(kLength)>
RunLoop LoopOfRuns(int runs) {
  if constexpr (kRuns > 1)
    if (runs < kRuns) return LoopOfRuns<D, kLength, kRuns - 1>(runs);
  return AddRuns<D, kLength, kRuns>;
}
template <class D, int kLength = PlaneConv::kLongestRun>
RunLoop LoopOf(int length, int runs) {
  if constexpr (kLength > 1)
    if (length < kLength) return LoopOf<D, kLength - 1>(length, runs);
  return LoopOfRuns<D, kLength>(runs);
}

/// Adds to sums [lanes] the gradients themselves.
template <class D>
void AddGradients(const Strip& strip, float* sums) {
  constexpr int kSideBySide = 4;  // one sum alone waits for each addition
  const D d;
  hn::Vec<D> sum[kSideBySide];
  for (auto& s : sum) s = hn::Zero(d);
  const int pixels = strip.rows * strip.width, whole = pixels / kSideBySide * kSideBySide;
  const auto gradient = [&](int i) {
    return hn::LoadU(d, strip.dy + static_cast<std::ptrdiff_t>(i) * strip.dy_step);
  };
  for (int i = 0; i < whole; i += kSideBySide)
    for (int s = 0; s < kSideBySide; ++s) sum[s] = hn::Add(sum[s], gradient(i + s));
  for (int i = whole; i < pixels; ++i) sum[0] = hn::Add(sum[0], gradient(i));
  const auto all = hn::Add(hn::Add(sum[0], sum[1]), hn::Add(sum[2], sum[3]));
  hn::StoreU(hn::Add(hn::LoadU(d, sums), all), d, sums);
}

/// Adds what a strip gives for as many filters as a register holds, to sums [taps and bias, lanes].
template <class D>
void AddStrip(const PlaneConv& conv, const Strip& strip, bool with_bias, float* sums) {
  const int length = conv.run(), runs = conv.runs(), at_once = RunsAtOnce(length),
            passes = (runs + at_once - 1) / at_once, per_row = conv.runs_per_row(),
            pitch = conv.columns_read(), height = conv.rows_read(conv.strip_rows());
  std::array<std::ptrdiff_t, kMostRuns> starts{};
  for (int pass = 0, run = 0; pass < passes; ++pass) {
    const int first = run, last = runs * (pass + 1) / passes;
    for (; run < last; ++run) {
      const int row = run / per_row, input = row / conv.window.kernel_h, ky = row % conv.window.kernel_h;
      starts[static_cast<std::size_t>(run - first)] =
          static_cast<std::ptrdiff_t>(input * height + ky) * pitch + run % per_row * length;
    }
    LoopOf<D>(length, last - first)(strip, starts, sums);
    sums += static_cast<std::size_t>(last - first) * length * hn::Lanes(D());
  }
  if (with_bias) AddGradients<D>(strip, sums);
}

void CopyRow(const float* HWY_RESTRICT from, int count, float* HWY_RESTRICT to) {
  const SixteenFilters d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  if (count < lanes) {
    for (int i = 0; i < count; ++i) to[i] = from[i];
    return;
  }
  for (int i = 0; i < count - lanes; i += lanes) hn::StoreU(hn::LoadU(d, from + i), d, to + i);
  hn::StoreU(hn::LoadU(d, from + count - lanes), d, to + count - lanes);
}

/// Copies what rows [first, first + rows) of the output read of one row of the batch. `to` has zeros at both
/// sides.
void CopyInput(const PlaneConv& conv, const float* x, int first, int rows, float* to) {
  const SlidingWindow& w = conv.window;
  const int pitch = conv.columns_read(), inside = std::clamp(pitch - w.left, 0, w.in_w),
            height = conv.rows_read(conv.strip_rows()), read = conv.rows_read(rows);
  for (int input = 0; input < conv.inputs; ++input)
    for (int row = 0; row < read; ++row) {
      const int y = first * w.stride - w.top + row;
      float* const out = to + static_cast<std::size_t>(input * height + row) * pitch;
      if (y < 0 || y >= w.in_h)
        std::fill_n(out, pitch, 0.F);
      else
        CopyRow(x + static_cast<std::size_t>(input * w.in_h + y) * w.in_w, inside, out + w.left);
    }
}

const float* AsFloats(const float* numbers, std::size_t, float*) { return numbers; }
const float* AsFloats(const Bf16* numbers, std::size_t count, float* HWY_RESTRICT to) {
  for (std::size_t i = 0; i < count; ++i) to[i] = numbers[i];
  return to;
}

/// Filters in a register, of those left in a block.
int FiltersAtOnce(int left) {
  return static_cast<int>(left > 8 ? hn::Lanes(SixteenFilters()) : hn::Lanes(EightFilters()));
}

/// Brings sums [taps and bias, lanes] of filters [first, first + count) to where they belong.
void Deliver(const PlaneConv& conv, const float* sums, int first, int count, int lanes, float* dw,
             float* db) {
  const int per_row = conv.runs_per_row() * conv.run(), rows = conv.inputs * conv.window.kernel_h,
            columns = conv.window.kernel_w;
  for (int f = 0; f < count; ++f) {
    float* to = dw + static_cast<std::size_t>(first + f) * rows * columns;
    for (int row = 0; row < rows; ++row)
      for (int kx = 0; kx < columns; ++kx)
        *to++ = sums[static_cast<std::size_t>(row * per_row + kx) * lanes + f];
    if (db) db[first + f] = sums[static_cast<std::size_t>(conv.taps()) * lanes + f];
  }
}

template <class T>
void WeightGrad(const PlaneConv& conv, const ChannelLayout& l, const float* x, const T* dy, float* dw,
                float* db, float* scratch) {
  const SlidingWindow& w = conv.window;
  const std::size_t in = static_cast<std::size_t>(conv.inputs) * w.in_h * w.in_w,
                    plane = static_cast<std::size_t>(l.pixels) * l.block,
                    each = static_cast<std::size_t>(conv.taps() + 1);  // filter's sums
  const int strip_rows = conv.strip_rows();
  float *const sums = scratch, *const padded = sums + each * l.groups * l.block,
               *const floats = padded + static_cast<std::size_t>(conv.inputs) * conv.rows_read(strip_rows) *
                                            conv.columns_read();
  const auto each_register = [&](int group, auto call) {  // filters from, how many, sums
    for (int f = group * l.block; f < std::min((group + 1) * l.block, conv.filters);) {
      const int lanes = FiltersAtOnce(std::min((group + 1) * l.block, conv.filters) - f);
      call(f, lanes, sums + each * f);
      f += lanes;
    }
  };
  std::fill(sums, floats, 0.F);
  for (int row = 0; row < l.rows; ++row)
    for (int first = 0; first < w.out_h; first += strip_rows) {
      const int rows = std::min(strip_rows, w.out_h - first);
      CopyInput(conv, x + row * in, first, rows, padded);
      for (int group = 0; group < l.groups; ++group) {
        const float* gradients = AsFloats(dy + (static_cast<std::size_t>(row) * l.groups + group) * plane +
                                              static_cast<std::size_t>(first) * w.out_w * l.block,
                                          static_cast<std::size_t>(rows) * w.out_w * l.block, floats);
        each_register(group, [&](int filter, int lanes, float* to) {
          const Strip strip{rows,
                            w.out_w,
                            gradients + filter % l.block,
                            l.block,
                            padded,
                            w.stride,
                            static_cast<std::ptrdiff_t>(w.stride) * conv.columns_read()};
          if (lanes > 8)
            AddStrip<SixteenFilters>(conv, strip, db, to);
          else
            AddStrip<EightFilters>(conv, strip, db, to);
        });
      }
    }
  for (int group = 0; group < l.groups; ++group)
    each_register(group, [&](int filter, int lanes, const float* from) {
      Deliver(conv, from, filter, std::min(lanes, conv.filters - filter), lanes, dw, db);
    });
}

void FewInputsWeightGrad(const PlaneConv& conv, const ChannelLayout& l, const float* x, const Numbers& dy,
                         float* dw, float* db, float* scratch) {
  Typed(dy, [&](auto* pdy) { WeightGrad(conv, l, x, pdy, dw, db, scratch); });
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(FewInputsWeightGrad);

std::size_t few_inputs_scratch(const PlaneConv& conv) {
  constexpr int kBlock = 16;
  const int blocks = (conv.filters + kBlock - 1) / kBlock, rows = conv.strip_rows();
  const std::size_t sums = static_cast<std::size_t>(blocks) * kBlock * (conv.taps() + 1),
                    padded =
                        static_cast<std::size_t>(conv.inputs) * conv.rows_read(rows) * conv.columns_read(),
                    gradients = static_cast<std::size_t>(rows) * conv.window.out_w * kBlock;
  return (sums + padded + gradients) * sizeof(float);
}

void few_inputs_weight_grad(const PlaneConv& conv, const ChannelLayout& out, const float* x, Numbers dy,
                            float* dw, float* db, void* scratch) {
  HWY_DYNAMIC_DISPATCH(FewInputsWeightGrad)(conv, out, x, dy, dw, db, static_cast<float*>(scratch));
}

}  // namespace doppel::nn::engine
#endif
