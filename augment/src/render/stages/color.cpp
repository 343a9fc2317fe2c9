// Colour: functions of a pixel's three values.
#include <algorithm>

#include "color_steps.h"
#include "doppel/base/simd_targets.h"
#include "render/pixel_stage.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "render/stages/color.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::augment {
namespace HWY_NAMESPACE {
namespace {

class GammaStage final : public PixelStage {
 public:
  explicit GammaStage(double gamma) : gamma_(static_cast<float>(gamma)) {}
  bool is_table() const override { return true; }
  bool is_one_table() const override { return true; }
  void run(const PixelRow& row) const override {
    const float gamma = gamma_;
    for (std::size_t c = 0; c < static_cast<std::size_t>(row.planes); ++c) {
      float* HWY_RESTRICT v = row.plane[c];
      for (int x = 0; x < row.width; ++x) v[x] = Power(Clamp01(v[x]), gamma);
    }
  }

 private:
  float gamma_;
};

class ColorizeStage final : public PixelStage {
 public:
  explicit ColorizeStage(const op::Colorize& o) : o_(o) {}
  void run(const PixelRow& row) const override {
    const auto share = static_cast<float>(o_.share);
    float* luma = scratch_row(0, row.width);
    for (int x = 0; x < row.width; ++x)
      luma[x] = row.planes == 1
                    ? row.plane[0][x]
                    : 0.299F * row.plane[0][x] + 0.587F * row.plane[1][x] + 0.114F * row.plane[2][x];
    for (std::size_t c = 0; c < static_cast<std::size_t>(row.planes); ++c) {
      const auto black = static_cast<float>(o_.black[c]), middle = static_cast<float>(o_.middle[c]),
                 white = static_cast<float>(o_.white[c]);
      float* HWY_RESTRICT v = row.plane[c];
      for (int x = 0; x < row.width; ++x) {
        const float t = 2 * luma[x];
        const float ramp = t < 1 ? black + t * (middle - black) : middle + (t - 1) * (white - middle);
        v[x] = Clamp01(v[x] + share * (ramp - v[x]));
      }
    }
  }

 private:
  op::Colorize o_;
};

/// Ruifrok and Johnston's vectors of haematoxylin and eosin; the third is across both.
class StainStage final : public PixelStage {
 public:
  explicit StainStage(const op::Stain& o) : o_(o) {}
  void run(const PixelRow& row) const override {
    constexpr float h[3] = {0.65F, 0.70F, 0.29F}, e[3] = {0.07F, 0.99F, 0.11F};
    constexpr float hh = h[0] * h[0] + h[1] * h[1] + h[2] * h[2],
                    ee = e[0] * e[0] + e[1] * e[1] + e[2] * e[2],
                    he = h[0] * e[0] + h[1] * e[1] + h[2] * e[2], det = 1 / (hh * ee - he * he);
    const float gain_h = static_cast<float>(o_.gain_h) - 1, gain_e = static_cast<float>(o_.gain_e) - 1;
    const auto shift_h = static_cast<float>(o_.shift_h), shift_e = static_cast<float>(o_.shift_e);
    float *HWY_RESTRICT r = row.plane[0], *HWY_RESTRICT g = row.plane[1], *HWY_RESTRICT b = row.plane[2];
    for (int x = 0; x < row.width; ++x) {
      const float dr = -Log(Most(r[x], 1 / 255.F)), dg = -Log(Most(g[x], 1 / 255.F)),
                  db = -Log(Most(b[x], 1 / 255.F));
      // Least squares for the two amounts; what they don't explain stays.
      const float ph = dr * h[0] + dg * h[1] + db * h[2], pe = dr * e[0] + dg * e[1] + db * e[2];
      const float ah = (ee * ph - he * pe) * det, ae = (hh * pe - he * ph) * det;
      const float mh = ah * gain_h + shift_h, me = ae * gain_e + shift_e;
      r[x] = Clamp01(r[x] * Exp(-(mh * h[0] + me * e[0])));
      g[x] = Clamp01(g[x] * Exp(-(mh * h[1] + me * e[1])));
      b[x] = Clamp01(b[x] * Exp(-(mh * h[2] + me * e[2])));
    }
  }

 private:
  op::Stain o_;
};

class DitherStage final : public PixelStage {
 public:
  explicit DitherStage(int bits) : steps_(static_cast<float>((1 << bits) - 1)) {
    // Bayer's matrix: bits of x ^ y and y, interleaved from the finest.
    for (int y = 0; y < 8; ++y)
      for (int x = 0; x < 8; ++x) {
        int rank = 0;
        for (int bit = 0; bit < 3; ++bit) rank = rank * 4 + 2 * (((x ^ y) >> bit) & 1) + ((y >> bit) & 1);
        threshold_[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] =
            (static_cast<float>(rank) + 0.5F) / 64;
      }
  }
  void run(const PixelRow& row) const override {
    const auto& rank = threshold_[static_cast<std::size_t>(row.y & 7)];
    for (int c = 0; c < row.planes; ++c) {
      float* v = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x)
        v[x] = Clamp01(Floor(v[x] * steps_ + rank[static_cast<std::size_t>(x & 7)]) / steps_);
    }
  }

 private:
  float steps_;
  std::array<std::array<float, 8>, 8> threshold_{};
};

StagePtr MakeDither(int bits, const StageContext& context) { return context.make<DitherStage>(bits); }
StagePtr MakeColorize(const op::Colorize& o, const StageContext& context) {
  return context.make<ColorizeStage>(o);
}
StagePtr MakeStain(const op::Stain& o, const StageContext& context) {
  return context.planes == 3 ? context.make<StainStage>(o) : nullptr;
}

StagePtr MakeGamma(double gamma, const StageContext& context) { return context.make<GammaStage>(gamma); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace doppel::augment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::augment {

HWY_EXPORT(MakeDither);
HWY_EXPORT(MakeColorize);
HWY_EXPORT(MakeStain);
HWY_EXPORT(MakeGamma);

struct ColorMaker {
  const StageContext& context;
  StagePtr operator()(const op::Hsv& o) const { return make_hsv_stage(o, context); }
  StagePtr operator()(const op::ColorMatrix& o) const {
    return context.planes == 3 ? make_matrix_stage(o, context) : nullptr;
  }
  StagePtr operator()(const op::Dither& o) const { return HWY_DYNAMIC_DISPATCH(MakeDither)(o.bits, context); }
  StagePtr operator()(const op::Colorize& o) const { return HWY_DYNAMIC_DISPATCH(MakeColorize)(o, context); }
  StagePtr operator()(const op::Stain& o) const { return HWY_DYNAMIC_DISPATCH(MakeStain)(o, context); }
  template <class O>
    requires(!ColorOp<O>)
  StagePtr operator()(const O&) const {
    return nullptr;
  }
};

StagePtr color_stage(const Op& op, const StageContext& context) {
  return std::visit(ColorMaker{context}, op);
}
StagePtr make_gamma_stage(double gamma, const StageContext& context) {
  return HWY_DYNAMIC_DISPATCH(MakeGamma)(gamma, context);
}

}  // namespace doppel::augment
#endif
