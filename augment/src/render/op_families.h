// Which file renders which op: the closed sets that its visitors cover. A new op is in none of them until it
// is named here, and the family that it is named in must then have its stage, or its function: else it
// doesn't compile.
#pragma once

#include <concepts>

#include "doppel/augment/plan/op.h"

namespace doppel::augment {

template <class O, class... Among>
concept OneOfOps = (std::same_as<O, Among> || ...);

// clang-format off
// Pixel ops: stages/                 needs of the whole image
/// Functions of one channel's value   means: Contrast, Exposure; histogram: AutoContrast, Equalize, MatchHistogram
template <class O> concept ToneOp = OneOfOps<O, op::ColorMatrix, op::Contrast, op::Gamma, op::Curve, op::Contour, op::Solarize, op::Posterize, op::AutoContrast, op::Equalize, op::MatchHistogram, op::Exposure>;
/// ColorMatrix where it isn't diagonal
template <class O> concept ColorOp = OneOfOps<O, op::ColorMatrix, op::Hsv, op::Colorize, op::Stain, op::Dither>;
template <class O> concept NoiseOp = OneOfOps<O, op::Noise, op::Shot, op::Rician, op::Sensor, op::Pattern, op::RowNoise, op::PinkNoise, op::FilmGrain>;
///                                    means: Cover by mean
template <class O> concept CoverOp = OneOfOps<O, op::Cover, op::Shapes, op::CoverGrid, op::PixelDropout, op::SaltPepper>;
template <class O> concept LightOp = OneOfOps<O, op::Light, op::Plasma, op::Shadow, op::Flare, op::Clouds>;
///                                    means: Rain; histogram: PlasmaFog
template <class O> concept WeatherOp = OneOfOps<O, op::Rain, op::SnowFall, op::Fog, op::Specks, op::Spatter, op::Frost, op::Gravel, op::PlasmaFog>;
/// Normalize belongs to the writer.
template <class O> concept PixelOp = ToneOp<O> || ColorOp<O> || NoiseOp<O> || CoverOp<O> || LightOp<O> || WeatherOp<O> || OneOfOps<O, op::Normalize>;

// Whole-image ops: whole/
template <class O> concept LayoutOp = OneOfOps<O, op::Pad, op::Resize, op::Tiles>;
template <class O> concept BlurOp = OneOfOps<O, op::GaussianBlur, op::LineBlur, op::BoxBlur, op::MedianBlur, op::EllipseBlur, op::DiscBlur, op::ZoomBlur, op::Scatter, op::Kernel, op::Unsharp>;
template <class O> concept QualityOp = OneOfOps<O, op::Jpeg, op::Webp, op::Downscale, op::BayerMosaic, op::Interlace, op::Clahe, op::Chromatic>;
/// Shapes with a shadow, Cover with a blur
template <class O> concept EffectOp = OneOfOps<O, op::SnowSettle, op::Halftone, op::Edges, op::Superpixels, op::Shapes, op::FourierAdapt, op::Morphology, op::Cover>;
template <class O> concept PasteOp = OneOfOps<O, op::Overlay, op::Text>;
template <class O> concept MixOp = OneOfOps<O, op::Blend, op::Join>;
/// A function from outside
template <class O> concept CustomOpFamily = OneOfOps<O, op::Custom>;
template <class O> concept WholeOp = CustomOpFamily<O> || LayoutOp<O> || BlurOp<O> || QualityOp<O> || EffectOp<O> || PasteOp<O> || MixOp<O>;
// clang-format on

/// False for an op that its kind sends where nothing renders it.
template <class O>
constexpr bool is_rendered() {
  if constexpr (requires { O::kind; })
    return O::kind == OpKind::Geometry || (O::kind == OpKind::Pixel ? PixelOp<O> : WholeOp<O>);
  else
    return PixelOp<O> || WholeOp<O>;  // its kind depends on its fields
}

}  // namespace doppel::augment
