// Scaling, mixing and turning of colours. Steps that follow each other are one stage: a pixel is loaded once,
// goes through all of them in registers and is stored once.
#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "color_steps.h"
#include "doppel/base/simd_targets.h"
#include "render/pixel_stage.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "render/stages/color_steps.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/matrix.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

struct ColorStep {
  enum class Kind {
    Scale,   ///< number[c] · v + number[3 + c]
    Matrix,  ///< three rows of four
    Turn,    ///< of hue alone: number[0] sixths of a turn
    Hsv      ///< Turn, then saturation times number[1] plus number[2], and value plus number[3]
  };
  Kind kind = Kind::Scale;
  std::array<float, 12> number{};
};

/// A vector of pixels.
template <class D>
struct Pixels {
  hn::Vec<D> r, g, b;
};

template <class D, class V>
HWY_INLINE V Clamp(D d, V v) {
  return hn::Min(hn::Max(v, hn::Zero(d)), hn::Set(d, 1.F));
}

template <class D, class V>
HWY_INLINE V Scaled(D d, V v, float by, float plus) {
  return Clamp(d, hn::MulAdd(hn::Set(d, by), v, hn::Set(d, plus)));
}

template <class D>
HWY_INLINE hn::Vec<D> Mixed(D d, const Pixels<D>& p, const float* row) {
  const auto r = hn::MulAdd(hn::Set(d, row[0]), p.r, hn::Set(d, row[3]));
  return Clamp(d, hn::MulAdd(hn::Set(d, row[2]), p.b, hn::MulAdd(hn::Set(d, row[1]), p.g, r)));
}

/// HSV without leaving RGB: value and chroma, and the hexagon's phase (Smith 1978, as one formula). Where
/// only the hue turns, value and chroma stay.
template <bool kHueOnly, class D>
HWY_INLINE void Turn(D d, const float* number, Pixels<D>& p) {
  using V = hn::Vec<D>;
  const V one = hn::Set(d, 1.F), tiny = hn::Set(d, 1e-6F);
  const V high = hn::Max(p.r, hn::Max(p.g, p.b)), low = hn::Min(p.r, hn::Min(p.g, p.b));
  V value = high, chroma = hn::Sub(high, low);
  const auto colored = hn::Gt(chroma, tiny);
  // One division serves both 1 / chroma and chroma / high.
  const V divisor = hn::IfThenElse(colored, chroma, one),
          top = kHueOnly ? one : hn::IfThenElse(hn::Gt(high, tiny), high, one);
  const V quotient = hn::Div(one, kHueOnly ? divisor : hn::Mul(divisor, top)),
          inverse = kHueOnly ? quotient : hn::Mul(quotient, top);
  const V of_red = hn::Mul(hn::Sub(p.g, p.b), inverse),
          of_green = hn::MulAdd(hn::Sub(p.b, p.r), inverse, hn::Set(d, 2.F)),
          of_blue = hn::MulAdd(hn::Sub(p.r, p.g), inverse, hn::Set(d, 4.F));
  const V of_cold = hn::IfThenElse(hn::Eq(high, p.g), of_green, of_blue);
  const V hue = hn::Add(hn::IfThenElse(hn::Eq(high, p.r), of_red, of_cold), hn::Set(d, number[0]));
  if constexpr (!kHueOnly) {
    const V share = hn::Mul(hn::Mul(chroma, divisor), quotient);
    const V saturation = Scaled(d, share, number[1], number[2]);
    value = Clamp(d, hn::Add(high, hn::Set(d, number[3])));
    chroma = hn::IfThenElseZero(colored, hn::Mul(saturation, value));
  }
  // Around the hexagon each primary rises, stays and falls.
  const V turns = hn::Floor(hn::Mul(hue, hn::Set(d, 1 / 6.F)));
  const V h = hn::NegMulAdd(hn::Set(d, 6.F), turns, hue), floor = hn::Sub(value, chroma);
  const V two = hn::Set(d, 2.F);
  const auto from = [&](float place) HWY_ATTR { return hn::Abs(hn::Sub(h, hn::Set(d, place))); };
  const auto primary = [&](V share) HWY_ATTR { return hn::MulAdd(chroma, Clamp(d, share), floor); };
  p.r = primary(hn::Sub(from(3), one));
  p.g = primary(hn::Sub(two, from(2)));
  p.b = primary(hn::Sub(two, from(4)));
}

template <int N, class D>
HWY_INLINE void Apply(D d, const ColorStep& step, Pixels<D>* pixels) {
  const float* n = step.number.data();
  switch (step.kind) {
    case ColorStep::Kind::Scale:
      for (int k = 0; k < N; ++k) {
        Pixels<D>& p = pixels[k];
        p = {Scaled(d, p.r, n[0], n[3]), Scaled(d, p.g, n[1], n[4]), Scaled(d, p.b, n[2], n[5])};
      }
      return;
    case ColorStep::Kind::Matrix:
      for (int k = 0; k < N; ++k) {
        Pixels<D>& p = pixels[k];
        p = {Mixed(d, p, n), Mixed(d, p, n + 4), Mixed(d, p, n + 8)};
      }
      return;
    case ColorStep::Kind::Turn:
      for (int k = 0; k < N; ++k) Turn<true>(d, n, pixels[k]);
      return;
    case ColorStep::Kind::Hsv:
      for (int k = 0; k < N; ++k) Turn<false>(d, n, pixels[k]);
      return;
  }
}

class ColorStage final : public PixelStage {
 public:
  explicit ColorStage(const ColorStep& step) : step_{step}, count_(1) {}
  ColorStage(const ColorStep& step, const ByteMatrix& bytes) : step_{step}, count_(1), bytes_(bytes) {}

  bool is_table() const override {
    return std::ranges::all_of(steps(), [](const auto& s) { return s.kind == ColorStep::Kind::Scale; });
  }
  bool is_one_table() const override {
    return is_table() && std::ranges::all_of(steps(), [](const ColorStep& s) {
             const auto& n = s.number;
             return n[0] == n[1] && n[0] == n[2] && n[3] == n[4] && n[3] == n[5];
           });
  }
  bool takes_bytes() const override { return bytes_.has_value(); }
  bool rounds_bytes() const override { return true; }
  void run_bytes(const std::uint8_t* in, std::uint8_t* pixels, int channels, int, int width) const override {
    if (channels == 3) return apply_matrix(*bytes_, in, width, pixels);
    copy_bytes(in, channels * width, pixels);
    for (int x = 0; x < width; ++x, pixels += channels) apply_matrix(*bytes_, pixels, 1, pixels);
  }

  bool join(const PixelStage& next) override {
    const auto* other = dynamic_cast<const ColorStage*>(&next);
    if (!other || count_ + other->count_ > step_.size()) return false;
    std::ranges::copy(other->steps(), step_.begin() + static_cast<std::ptrdiff_t>(count_));
    count_ += other->count_;
    bytes_.reset();
    return true;
  }

  void run(const PixelRow& row) const override {
    if (row.planes == 1) return run_gray(row);
    const hn::ScalableTag<float> d;
    const int lanes = static_cast<int>(hn::Lanes(d)), width = row.width;
    int x = 0;
    for (; x + 2 * lanes <= width; x += 2 * lanes) run_at<2>(d, row, x);
    for (; x < width; ++x) run_at<1>(hn::FixedTag<float, 1>(), row, x);
  }

 private:
  std::span<const ColorStep> steps() const { return {step_.data(), count_}; }

  /// `N` vectors at once: one alone would wait for its own sums.
  template <int N, class D>
  HWY_INLINE void run_at(D d, const PixelRow& row, int x) const {
    const std::size_t lanes = hn::Lanes(d);
    float *r = row.plane[0] + x, *g = row.plane[1] + x, *b = row.plane[2] + x;
    Pixels<D> p[N];
    for (std::size_t k = 0; k < N; ++k)
      p[k] = {hn::LoadU(d, r + k * lanes), hn::LoadU(d, g + k * lanes), hn::LoadU(d, b + k * lanes)};
    const ColorStep* const end = step_.data() + count_;
    for (const ColorStep* step = step_.data(); step != end; ++step) Apply<N>(d, *step, p);
    for (std::size_t k = 0; k < N; ++k) {
      hn::StoreU(p[k].r, d, r + k * lanes);
      hn::StoreU(p[k].g, d, g + k * lanes);
      hn::StoreU(p[k].b, d, b + k * lanes);
    }
  }

  /// Grey has only scales.
  void run_gray(const PixelRow& row) const {
    float* HWY_RESTRICT v = row.plane[0];
    for (const ColorStep& step : steps()) {
      const float by = step.number[0], plus = step.number[3];
      for (int x = 0; x < row.width; ++x) {
        const float t = by * v[x] + plus, above = t > 0 ? t : 0;
        v[x] = above < 1 ? above : 1.F;
      }
    }
  }

  std::array<ColorStep, 6> step_{};
  std::size_t count_;
  std::optional<ByteMatrix> bytes_;  ///< of a single matrix
};

StagePtr MakeScale(const std::array<double, 3>& scale, const std::array<double, 3>& offset,
                   const StageContext& context) {
  ColorStep step{ColorStep::Kind::Scale, {}};
  for (std::size_t c = 0; c < 3; ++c) {
    step.number[c] = static_cast<float>(scale[c]);
    step.number[3 + c] = static_cast<float>(offset[c]);
  }
  return context.make<ColorStage>(step);
}

StagePtr MakeMatrix(const op::ColorMatrix& o, const StageContext& context) {
  ColorStep step{ColorStep::Kind::Matrix, {}};
  for (std::size_t i = 0; i < 12; ++i) step.number[i] = static_cast<float>(o.matrix[i]);
  if (ByteMatrix bytes; make_byte_matrix(o.matrix, bytes)) return context.make<ColorStage>(step, bytes);
  return context.make<ColorStage>(step);
}

StagePtr MakeHsv(const op::Hsv& o, const StageContext& context) {
  const bool hue_only = o.gain == 1 && o.saturation == 0 && o.value == 0;
  // Two turns more keep every hue positive.
  return context.make<ColorStage>(ColorStep{hue_only ? ColorStep::Kind::Turn : ColorStep::Kind::Hsv,
                                            {static_cast<float>(o.turn * 6 + 12), static_cast<float>(o.gain),
                                             static_cast<float>(o.saturation), static_cast<float>(o.value)}});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {
namespace {
HWY_EXPORT(MakeScale);
HWY_EXPORT(MakeMatrix);
HWY_EXPORT(MakeHsv);
}  // namespace

StagePtr make_scale_stage(const std::array<double, 3>& scale, const std::array<double, 3>& offset,
                          const StageContext& context) {
  return HWY_DYNAMIC_DISPATCH(MakeScale)(scale, offset, context);
}

StagePtr make_matrix_stage(const op::ColorMatrix& matrix, const StageContext& context) {
  return HWY_DYNAMIC_DISPATCH(MakeMatrix)(matrix, context);
}

StagePtr make_hsv_stage(const op::Hsv& hsv, const StageContext& context) {
  // Value alone moves on grey images.
  if (context.planes == 3) return HWY_DYNAMIC_DISPATCH(MakeHsv)(hsv, context);
  return hsv.value == 0 ? nullptr : make_scale_stage({1, 1, 1}, {hsv.value, hsv.value, hsv.value}, context);
}

}  // namespace doppel::augment
#endif
