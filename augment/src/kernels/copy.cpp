#include "kernels/copy.h"

#include <cstring>

#include "kernels/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/copy.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

void CopyRows(const std::uint8_t* from, std::ptrdiff_t from_step, std::size_t bytes, int rows,
              std::uint8_t* to, std::ptrdiff_t to_step) {
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

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {
HWY_EXPORT(CopyRows);
}

void copy_rows(const std::uint8_t* from, std::ptrdiff_t from_step, std::size_t bytes, int rows,
               std::uint8_t* to, std::ptrdiff_t to_step) {
  HWY_DYNAMIC_DISPATCH(CopyRows)(from, from_step, bytes, rows, to, to_step);
}

}  // namespace doppel::augment
#endif
