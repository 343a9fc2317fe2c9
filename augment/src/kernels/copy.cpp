#include "copy.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/copy.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

void CopyRows(const std::uint8_t* from, std::ptrdiff_t from_step, std::size_t bytes, int rows,
              std::uint8_t* to, std::ptrdiff_t to_step) {
  if (from_step == to_step && std::cmp_equal(to_step, bytes))  // they follow each other
    return static_cast<void>(std::memcpy(to, from, bytes * static_cast<std::size_t>(rows)));
#if HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<std::uint8_t> d;
  const std::size_t lanes = hn::Lanes(d);
  // Long rows are memcpy's own.
  if (bytes >= lanes && bytes <= 4096) {
    for (int y = 0; y < rows; ++y, from += from_step, to += to_step) {
      std::size_t i = 0;
      for (; i + 2 * lanes <= bytes; i += 2 * lanes) {
        const auto a = hn::LoadU(d, from + i), b = hn::LoadU(d, from + i + lanes);
        hn::StoreU(a, d, to + i);
        hn::StoreU(b, d, to + i + lanes);
      }
      if (i + lanes <= bytes) hn::StoreU(hn::LoadU(d, from + i), d, to + i);
      hn::StoreU(hn::LoadU(d, from + bytes - lanes), d, to + bytes - lanes);
    }
    return;
  }
#endif
  for (int y = 0; y < rows; ++y, from += from_step, to += to_step) std::memcpy(to, from, bytes);
}

void CopyPastCaches(const std::uint8_t* from, std::size_t bytes, std::uint8_t* to) {
#if HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::ScalableTag<std::uint8_t> d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t head = std::min(bytes, (lanes - reinterpret_cast<std::uintptr_t>(to) % lanes) % lanes);
  std::memcpy(to, from, head);
  std::size_t i = head;
  for (; i + lanes <= bytes; i += lanes) hn::Stream(hn::LoadU(d, from + i), d, to + i);
  std::memcpy(to + i, from + i, bytes - i);
#else
  std::memcpy(to, from, bytes);
#endif
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {
HWY_EXPORT(CopyRows);
HWY_EXPORT(CopyPastCaches);
}  // namespace

void copy_rows(const std::uint8_t* from, std::ptrdiff_t from_step, std::size_t bytes, int rows,
               std::uint8_t* to, std::ptrdiff_t to_step) {
  HWY_DYNAMIC_DISPATCH(CopyRows)(from, from_step, bytes, rows, to, to_step);
}

void copy_past_caches(const void* from, std::size_t bytes, void* to) {
  HWY_DYNAMIC_DISPATCH(CopyPastCaches)
  (static_cast<const std::uint8_t*>(from), bytes, static_cast<std::uint8_t*>(to));
}

void finish_copies_past_caches() { hwy::FlushStream(); }

}  // namespace doppel::augment
#endif
