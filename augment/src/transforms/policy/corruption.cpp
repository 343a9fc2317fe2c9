#include "doppel/augment/transforms/policy/corruption.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "transforms/chance_field.h"

namespace doppel::augment {
namespace {

constexpr std::array<std::string_view, 19> kCorruptionNames{"gaussian_noise",
                                                            "shot_noise",
                                                            "impulse_noise",
                                                            "defocus_blur",
                                                            "glass_blur",
                                                            "motion_blur",
                                                            "zoom_blur",
                                                            "snow",
                                                            "frost",
                                                            "fog",
                                                            "brightness",
                                                            "contrast",
                                                            "elastic_transform",
                                                            "pixelate",
                                                            "jpeg_compression",
                                                            "speckle_noise",
                                                            "gaussian_blur",
                                                            "spatter",
                                                            "saturate"};

/// Settings of severity 1 to 5, from the benchmark's own code (hendrycks/robustness, make_imagenet_c.py).
struct Levels {
  std::array<double, 5> v;
  double operator()(int severity) const { return v[static_cast<std::size_t>(severity - 1)]; }
};

void append_blur_corruption(Draft& draft, Corruption::Kind kind, int s, const Stream& stream, double unit) {
  using Kind = Corruption::Kind;
  if (kind == Kind::DefocusBlur)
    return draft.append(op::DiscBlur{Levels{{3, 4, 6, 8, 10}}(s)*unit, Levels{{.1, .5, .5, .5, .5}}(s)*unit});
  if (kind == Kind::GaussianBlur) return draft.append(op::GaussianBlur{Levels{{1, 2, 3, 4, 6}}(s)*unit});
  if (kind == Kind::GlassBlur)
    return draft.append(
        op::Scatter{std::max(1, static_cast<int>(std::lround(Levels{{1, 2, 2, 3, 4}}(s)*unit))),
                    static_cast<int>(Levels{{2, 1, 3, 2, 2}}(s)), Levels{{.7, .9, 1, 1.1, 1.5}}(s)*unit,
                    stream.bits("seed")});
  if (kind == Kind::ZoomBlur)
    return draft.append(op::ZoomBlur{Levels{{1.11, 1.16, 1.21, 1.26, 1.31}}(s), 0.5, 0.5});
  // The benchmark's motion kernel is a Gaussian of this deviation on one side, cut at the radius.
  const double radius = Levels{{10, 15, 15, 15, 20}}(s)*unit, sigma = Levels{{3, 5, 8, 12, 15}}(s)*unit;
  draft.append(op::LineBlur{std::min(radius, 1.6 * sigma) + 1, stream.uniform("angle", -45, 45), 0.8});
}

void append_weather_corruption(Draft& draft, Corruption::Kind kind, int s, const Stream& stream) {
  using Kind = Corruption::Kind;
  const std::uint64_t seed = stream.bits("seed");
  if (kind == Kind::Fog)
    return draft.append(
        op::PlasmaFog{Levels{{1.5, 2, 2.5, 2.5, 3}}(s), Levels{{2, 2, 1.7, 1.5, 1.4}}(s), seed});
  if (kind == Kind::Frost)
    return draft.append(op::Frost{Levels{{1, .8, .7, .65, .6}}(s), Levels{{.4, .6, .7, .7, .75}}(s), seed});
  if (kind == Kind::Spatter)
    return draft.append(op::Spatter{
        s < 4 ? op::Spatter::Mode::Rain : op::Spatter::Mode::Mud, Levels{{.17, .23, .23, .3, .34}}(s),
        Levels{{.035, .027, .018, .01, .01}}(s), s < 4 ? Levels{{.6, .7, .8, 0, 0}}(s) : .95, seed});
  // The image is whitened by `mix`, then flakes fall.
  const double mix = Levels{{.8, .7, .7, .65, .55}}(s);
  draft.append(op::ColorMatrix{
      {mix, 0, 0, (1 - mix) * 0.85, 0, mix, 0, (1 - mix) * 0.85, 0, 0, mix, (1 - mix) * 0.85}});
  draft.append(op::SnowFall{Levels{{.35, .55, .7, .85, 1}}(s), stream.uniform("angle", -45, 45), seed});
}

void append_corruption(Draft& draft, Corruption::Kind kind, int s, const Stream& stream) {
  using Kind = Corruption::Kind;
  const double unit = std::min(draft.size().height, draft.size().width) / 224.0;
  const std::uint64_t seed = stream.bits("seed");
  switch (kind) {
    case Kind::GaussianNoise:
      return draft.append(op::Noise{.std = Levels{{.08, .12, .18, .26, .38}}(s), .seed = seed});
    case Kind::ShotNoise:
      return draft.append(op::Shot{Levels{{60, 25, 12, 5, 3}}(s), seed});
    case Kind::ImpulseNoise:
      return draft.append(op::SaltPepper{Levels{{.03, .06, .09, .17, .27}}(s), 0.5, true, seed});
    case Kind::SpeckleNoise:
      return draft.append(op::Noise{
          .law = op::Noise::Law::Multiplicative, .std = Levels{{.15, .2, .35, .45, .6}}(s), .seed = seed});
    case Kind::DefocusBlur:
    case Kind::GlassBlur:
    case Kind::MotionBlur:
    case Kind::ZoomBlur:
    case Kind::GaussianBlur:
      return append_blur_corruption(draft, kind, s, stream, unit);
    case Kind::Snow:
    case Kind::Frost:
    case Kind::Fog:
    case Kind::Spatter:
      return append_weather_corruption(draft, kind, s, stream);
    case Kind::Brightness:
      return draft.append(op::Hsv{.value = 0.1 * s});
    case Kind::Contrast:
      return draft.append(op::Contrast{Levels{{.4, .3, .2, .1, .05}}(s), true});
    case Kind::Saturate:
      return draft.append(
          op::Hsv{.gain = Levels{{.3, .1, 2, 5, 20}}(s), .saturation = Levels{{0, 0, 0, .1, .2}}(s)});
    case Kind::ElasticTransform: {
      // Strengths are shares of 244 in the benchmark; its smoothed noise has the deviation of ours.
      const double side = std::min(draft.size().height, draft.size().width);
      const double sigma = std::max(0.5, Levels{{.7, .08, .01, .01, .01}}(s)*side),
                   alpha = Levels{{2, 2, .05, .07, .12}}(s)*side;
      return draft.append(op::Elastic{alpha, sigma, seed, {Fill::Kind::Reflect, {}}, Filter::Bilinear});
    }
    case Kind::Pixelate:
      return draft.append(op::Downscale{Levels{{.6, .5, .4, .3, .25}}(s), Filter::Area, Filter::Nearest});
    case Kind::JpegCompression:
      return draft.append(op::Jpeg{static_cast<int>(Levels{{25, 18, 15, 10, 7}}(s))});
  }
}

}  // namespace

void Corruption::draw(Draft& draft, const Stream& stream) const {
  append_corruption(draft, corruption, severity, stream);
}
void Corruption::fields(FieldVisitor& visit) {
  visit.choice({"corruption", {}, "", "which"}, corruption, kCorruptionNames);
  visit({"severity", {1, 5}, "", ""}, severity);
  visit_chance(visit, p);
}
std::string_view corruption_name(Corruption::Kind kind) {
  return kCorruptionNames[static_cast<std::size_t>(kind)];
}

}  // namespace doppel::augment
