#include "doppel/augment/catalogue.h"

#include <fmt/format.h>

#include "doppel/augment/error.h"
#include "doppel/augment/recipe.h"
#include "doppel/augment/transforms/bend.h"
#include "doppel/augment/transforms/blur.h"
#include "doppel/augment/transforms/color.h"
#include "doppel/augment/transforms/corruption.h"
#include "doppel/augment/transforms/crop.h"
#include "doppel/augment/transforms/crop_object.h"
#include "doppel/augment/transforms/filter.h"
#include "doppel/augment/transforms/flip.h"
#include "doppel/augment/transforms/geometry.h"
#include "doppel/augment/transforms/light.h"
#include "doppel/augment/transforms/mix.h"
#include "doppel/augment/transforms/noise.h"
#include "doppel/augment/transforms/occlusion.h"
#include "doppel/augment/transforms/overlay.h"
#include "doppel/augment/transforms/policy.h"
#include "doppel/augment/transforms/quality.h"
#include "doppel/augment/transforms/resize.h"
#include "doppel/augment/transforms/test_time.h"
#include "doppel/augment/transforms/tint.h"
#include "doppel/augment/transforms/tone.h"
#include "doppel/augment/transforms/weather.h"

namespace doppel::augment {
namespace {

template <class T>
Transform make() {
  return T{};
}

Transform make_one_of() { return OneOf{HorizontalFlip{}}; }
Transform make_sequence() { return Sequence{.of = {HorizontalFlip{}}}; }
Transform make_some_of() { return SomeOf{.of = {HorizontalFlip{}}}; }
Transform make_repeat() { return Repeat{.what = {HorizontalFlip{}}}; }
Transform make_blend_mask() { return BlendMask{.what = {Gray{.p = 1}}}; }
Transform make_maybe() { return Maybe{.what = {HorizontalFlip{}}}; }

template <class T>
constexpr CatalogueEntry entry(std::string_view family, Transform (*maker)() = make<T>) {
  return {T::name, family, T::help, maker};
}

constexpr CatalogueEntry kCatalogue[] = {
    entry<HorizontalFlip>("flip"),
    entry<AlternatingFlip>("flip"),
    entry<VerticalFlip>("flip"),
    entry<Transpose>("flip"),
    entry<Rotate90>("flip"),
    entry<Dihedral>("flip"),
    entry<GridShuffle>("flip"),
    entry<RandomCrop>("crop"),
    entry<RandomResizedCrop>("crop"),
    entry<ObjectSafeCrop>("crop"),
    entry<Resize>("crop"),
    entry<Pad>("crop"),
    entry<Crop>("crop"),
    entry<CenterCrop>("crop"),
    entry<RandomSizedCrop>("crop"),
    entry<CropFromBorders>("crop"),
    entry<RandomIouCrop>("crop"),
    entry<CropNearObject>("crop"),
    entry<CropAtLeastOne>("crop"),
    entry<CropOnMask>("crop"),
    entry<CropSubset>("crop"),
    entry<LongestSide>("crop"),
    entry<ShortestSide>("crop"),
    entry<RandomScale>("crop"),
    entry<ScaleJitter>("crop"),
    entry<Letterbox>("crop"),
    entry<ZoomOut>("crop"),
    entry<Rotate>("geometry"),
    entry<Affine>("geometry"),
    entry<Squeeze>("geometry"),
    entry<Perspective>("geometry"),
    entry<Elastic>("geometry"),
    entry<GridDistortion>("geometry"),
    entry<OpticalDistortion>("geometry"),
    entry<PiecewiseAffine>("geometry"),
    entry<ThinPlateSpline>("geometry"),
    entry<Swirl>("geometry"),
    entry<Wave>("geometry"),
    entry<Bulge>("geometry"),
    entry<ColorShift>("color"),
    entry<Brightness>("color"),
    entry<Contrast>("color"),
    entry<Saturation>("color"),
    entry<ColorJitter>("color"),
    entry<Negative>("color"),
    entry<Normalize>("color"),
    entry<Hue>("color"),
    entry<HueSaturationValue>("color"),
    entry<Gray>("color"),
    entry<Sepia>("color"),
    entry<ChannelShuffle>("color"),
    entry<ChannelDropout>("color"),
    entry<ColorTemperature>("color"),
    entry<PcaLighting>("color"),
    entry<Colorize>("color"),
    entry<PhotometricDistort>("color"),
    entry<StainShift>("color"),
    entry<BrightnessContrast>("color"),
    entry<Gamma>("color"),
    entry<ToneCurve>("color"),
    entry<ContrastCurve>("color"),
    entry<Solarize>("color"),
    entry<SolarizeAdd>("color"),
    entry<Posterize>("color"),
    entry<AutoContrast>("color"),
    entry<Equalize>("color"),
    entry<Clahe>("color"),
    entry<HistogramMatch>("color"),
    entry<ExposureMatch>("color"),
    entry<FourierAdapt>("color"),
    entry<Standardize>("color"),
    entry<GaussianNoise>("noise"),
    entry<UniformNoise>("noise"),
    entry<LaplaceNoise>("noise"),
    entry<SpeckleNoise>("noise"),
    entry<ShotNoise>("noise"),
    entry<SaltPepper>("noise"),
    entry<IsoNoise>("noise"),
    entry<PatternNoise>("noise"),
    entry<RowNoise>("noise"),
    entry<PinkNoise>("noise"),
    entry<FilmGrain>("noise"),
    entry<PixelDropout>("noise"),
    entry<RicianNoise>("noise"),
    entry<LowLight>("noise"),
    entry<GaussianBlur>("blur"),
    entry<BoxBlur>("blur"),
    entry<MedianBlur>("blur"),
    entry<MotionBlur>("blur"),
    entry<DefocusBlur>("blur"),
    entry<ZoomBlur>("blur"),
    entry<GlassBlur>("blur"),
    entry<PixelSpread>("blur"),
    entry<AnisotropicBlur>("blur"),
    entry<Sharpen>("blur"),
    entry<UnsharpMask>("blur"),
    entry<Emboss>("blur"),
    entry<EdgeDetect>("blur"),
    entry<Ringing>("blur"),
    entry<Morphology>("blur"),
    entry<JpegCompression>("quality"),
    entry<WebpCompression>("quality"),
    entry<Downscale>("quality"),
    entry<Pixelate>("quality"),
    entry<Dither>("quality"),
    entry<BayerMosaic>("quality"),
    entry<Interlace>("quality"),
    entry<ChromaticAberration>("quality"),
    entry<Superpixels>("quality"),
    entry<Halftone>("quality"),
    entry<CoarseDropout>("occlusion"),
    entry<RandomErasing>("occlusion"),
    entry<GridDropout>("occlusion"),
    entry<HideAndSeek>("occlusion"),
    entry<ShapeOcclusion>("occlusion"),
    entry<StripDropout>("occlusion"),
    entry<ObjectDropout>("occlusion"),
    entry<DropInObject>("occlusion"),
    entry<Overlay>("occlusion"),
    entry<TextOverlay>("occlusion"),
    entry<Illumination>("weather"),
    entry<PlasmaBrightness>("weather"),
    entry<SunFlare>("weather"),
    entry<Shadow>("weather"),
    entry<Rain>("weather"),
    entry<Snow>("weather"),
    entry<Fog>("weather"),
    entry<Haze>("weather"),
    entry<Dust>("weather"),
    entry<Spatter>("weather"),
    entry<Frost>("weather"),
    entry<Gravel>("weather"),
    entry<Clouds>("weather"),
    entry<MixUp>("mix"),
    entry<CutMix>("mix"),
    entry<ResizeMix>("mix"),
    entry<MixUpOrCutMix>("mix"),
    entry<Mosaic>("mix"),
    entry<CopyPaste>("mix"),
    entry<AutoAugment>("policy"),
    entry<RandAugment>("policy"),
    entry<TrivialAugment>("policy"),
    entry<AugMix>("policy"),
    entry<ThreeAugment>("policy"),
    entry<AdaptiveGan>("policy"),
    entry<Corruption>("policy"),
    entry<TestTime>("policy"),
    entry<Sequence>("structure", make_sequence),
    entry<OneOf>("structure", make_one_of),
    entry<SomeOf>("structure", make_some_of),
    entry<Maybe>("structure", make_maybe),
    entry<Repeat>("structure", make_repeat),
    entry<BlendMask>("structure", make_blend_mask),
};

}  // namespace

std::span<const CatalogueEntry> catalogue() { return kCatalogue; }

const CatalogueEntry& find_transform(std::string_view name) {
  std::vector<std::string> names;
  for (const CatalogueEntry& e : kCatalogue) {
    if (e.name == name) return e;
    names.emplace_back(e.name);
  }
  const std::string near = nearest_name(name, names);
  throw UsageError(fmt::format(
      "there is no transform '{}'{}", name,
      near.empty() ? "; `doppel transforms` lists them" : fmt::format("; did you mean '{}'?", near)));
}

}  // namespace doppel::augment
