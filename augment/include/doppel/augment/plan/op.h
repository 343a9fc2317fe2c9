// The closed set of deterministic image operations that a plan is made of. Everything random has been
// decided: a noise op holds its own seed, a warp its matrix. Intensities are shares of the full range: 1 is
// white, for 8-bit and for float images alike. Pixel ops clamp their result to [0, 1]; alpha (a fourth
// channel) is moved by geometry and left alone by everything else.
#pragma once

#include <variant>

#include "doppel/augment/plan/ops/bend.h"
#include "doppel/augment/plan/ops/blur.h"
#include "doppel/augment/plan/ops/color.h"
#include "doppel/augment/plan/ops/cover.h"
#include "doppel/augment/plan/ops/custom.h"
#include "doppel/augment/plan/ops/geometry.h"
#include "doppel/augment/plan/ops/light.h"
#include "doppel/augment/plan/ops/mix.h"
#include "doppel/augment/plan/ops/noise.h"
#include "doppel/augment/plan/ops/paste.h"
#include "doppel/augment/plan/ops/quality.h"
#include "doppel/augment/plan/ops/weather.h"

namespace doppel::augment {

/// All kinds of ops.
using AnyOp =
    std::variant<op::Crop, op::Flip, op::Warp, op::Resize, op::Pad, op::Tiles, op::Elastic, op::Mesh,
                 op::Lens, op::Swirl, op::Wave, op::Bulge, op::ColorMatrix, op::Contrast, op::Hsv, op::Gamma,
                 op::Curve, op::Contour, op::Solarize, op::Posterize, op::AutoContrast, op::Equalize,
                 op::MatchHistogram, op::Exposure, op::Colorize, op::Stain, op::Dither, op::Normalize,
                 op::Noise, op::SaltPepper, op::Shot, op::Rician, op::Sensor, op::Pattern, op::RowNoise,
                 op::PinkNoise, op::FilmGrain, op::PixelDropout, op::Light, op::Plasma, op::Shadow, op::Flare,
                 op::Clouds, op::Cover, op::Shapes, op::CoverGrid, op::Rain, op::SnowFall, op::SnowSettle,
                 op::Fog, op::Specks, op::Spatter, op::Frost, op::Gravel, op::PlasmaFog, op::GaussianBlur,
                 op::LineBlur, op::BoxBlur, op::MedianBlur, op::EllipseBlur, op::DiscBlur, op::ZoomBlur,
                 op::Scatter, op::Kernel, op::Unsharp, op::Jpeg, op::Webp, op::Downscale, op::BayerMosaic,
                 op::Interlace, op::Clahe, op::Morphology, op::Superpixels, op::Halftone, op::Chromatic,
                 op::Edges, op::FourierAdapt, op::Overlay, op::Text, op::Blend, op::Join, op::Custom>;

/// True where T is one of the ops' structs.
template <class T, class V = AnyOp>
inline constexpr bool is_any_op = false;
template <class T, class... Ops>
inline constexpr bool is_any_op<T, std::variant<Ops...>> = (std::is_same_v<T, Ops> || ...);

/// One of them. A class of its own, whose copies and comparisons are compiled once: a variant of eighty would
/// be in every file that holds a plan.
class Op : public AnyOp {
 public:
  /// Holds that op.
  template <class T>
    requires is_any_op<std::remove_cvref_t<T>>
  Op(T&& op) : AnyOp(std::forward<T>(op)) {}  // NOLINT: an op's own struct is an Op
  Op();                                       ///< a Crop of size 0
  Op(const Op& other);                        ///< with the plans that the other holds
  Op(Op&& other) noexcept;                    ///< the other may only be destroyed or assigned to
  Op& operator=(const Op& other);             ///< of any kind, with its plans
  Op& operator=(Op&& other) noexcept;         ///< the same; the other may only be destroyed or assigned to
  ~Op();
  friend bool operator==(const Op& a, const Op& b);  ///< true for the same kind with the same fields
};

/// What plans call it, as "Warp".
std::string_view name_of(const Op& op);
/// How it is rendered; of Resize, Cover and Shapes their fields decide it.
OpKind kind_of(const Op& op);

/// The point map of a projective Geometry op, a Pad or a Resize on an image of `size`, from input to output;
/// the identity for all others.
Matrix3 map_of(const Op& op, Size size);
/// Where the op moves a point of an image of `size`; bends too. Tiles and Join leave it.
Point move_point(const Op& op, Size size, Point p);
/// The size that `op` gives an image of `size`.
Size size_after(const Op& op, Size size);

}  // namespace doppel::augment

// Ops hold plans, and plans ops: whoever sees one sees both.
#include "doppel/augment/plan/plan.h"
