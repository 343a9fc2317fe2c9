#include "doppel/augment/recipe/catalogue.h"

#include <fmt/format.h>

#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/blur/anisotropic_blur.h"
#include "doppel/augment/transforms/blur/box_blur.h"
#include "doppel/augment/transforms/blur/defocus_blur.h"
#include "doppel/augment/transforms/blur/edge_detect.h"
#include "doppel/augment/transforms/blur/emboss.h"
#include "doppel/augment/transforms/blur/gaussian_blur.h"
#include "doppel/augment/transforms/blur/glass_blur.h"
#include "doppel/augment/transforms/blur/median_blur.h"
#include "doppel/augment/transforms/blur/morphology.h"
#include "doppel/augment/transforms/blur/motion_blur.h"
#include "doppel/augment/transforms/blur/pixel_spread.h"
#include "doppel/augment/transforms/blur/ringing.h"
#include "doppel/augment/transforms/blur/sharpen.h"
#include "doppel/augment/transforms/blur/unsharp_mask.h"
#include "doppel/augment/transforms/blur/zoom_blur.h"
#include "doppel/augment/transforms/color/auto_contrast.h"
#include "doppel/augment/transforms/color/brightness.h"
#include "doppel/augment/transforms/color/brightness_contrast.h"
#include "doppel/augment/transforms/color/channel_dropout.h"
#include "doppel/augment/transforms/color/channel_shuffle.h"
#include "doppel/augment/transforms/color/clahe.h"
#include "doppel/augment/transforms/color/color_jitter.h"
#include "doppel/augment/transforms/color/color_shift.h"
#include "doppel/augment/transforms/color/color_temperature.h"
#include "doppel/augment/transforms/color/colorize.h"
#include "doppel/augment/transforms/color/contrast.h"
#include "doppel/augment/transforms/color/contrast_curve.h"
#include "doppel/augment/transforms/color/equalize.h"
#include "doppel/augment/transforms/color/exposure_match.h"
#include "doppel/augment/transforms/color/fourier_adapt.h"
#include "doppel/augment/transforms/color/gamma.h"
#include "doppel/augment/transforms/color/gray.h"
#include "doppel/augment/transforms/color/histogram_match.h"
#include "doppel/augment/transforms/color/hue.h"
#include "doppel/augment/transforms/color/hue_saturation_value.h"
#include "doppel/augment/transforms/color/negative.h"
#include "doppel/augment/transforms/color/normalize.h"
#include "doppel/augment/transforms/color/pca_lighting.h"
#include "doppel/augment/transforms/color/photometric_distort.h"
#include "doppel/augment/transforms/color/posterize.h"
#include "doppel/augment/transforms/color/saturation.h"
#include "doppel/augment/transforms/color/sepia.h"
#include "doppel/augment/transforms/color/solarize.h"
#include "doppel/augment/transforms/color/solarize_add.h"
#include "doppel/augment/transforms/color/stain_shift.h"
#include "doppel/augment/transforms/color/standardize.h"
#include "doppel/augment/transforms/color/tone_curve.h"
#include "doppel/augment/transforms/color/window.h"
#include "doppel/augment/transforms/crop/center_crop.h"
#include "doppel/augment/transforms/crop/crop.h"
#include "doppel/augment/transforms/crop/crop_at_least_one.h"
#include "doppel/augment/transforms/crop/crop_from_borders.h"
#include "doppel/augment/transforms/crop/crop_near_object.h"
#include "doppel/augment/transforms/crop/crop_on_mask.h"
#include "doppel/augment/transforms/crop/crop_subset.h"
#include "doppel/augment/transforms/crop/letterbox.h"
#include "doppel/augment/transforms/crop/longest_side.h"
#include "doppel/augment/transforms/crop/object_safe_crop.h"
#include "doppel/augment/transforms/crop/pad.h"
#include "doppel/augment/transforms/crop/random_crop.h"
#include "doppel/augment/transforms/crop/random_iou_crop.h"
#include "doppel/augment/transforms/crop/random_resized_crop.h"
#include "doppel/augment/transforms/crop/random_scale.h"
#include "doppel/augment/transforms/crop/random_sized_crop.h"
#include "doppel/augment/transforms/crop/resize.h"
#include "doppel/augment/transforms/crop/scale_jitter.h"
#include "doppel/augment/transforms/crop/shortest_side.h"
#include "doppel/augment/transforms/crop/zoom_out.h"
#include "doppel/augment/transforms/flip/alternating_flip.h"
#include "doppel/augment/transforms/flip/dihedral.h"
#include "doppel/augment/transforms/flip/grid_shuffle.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/flip/rotate90.h"
#include "doppel/augment/transforms/flip/transpose.h"
#include "doppel/augment/transforms/flip/vertical_flip.h"
#include "doppel/augment/transforms/geometry/affine.h"
#include "doppel/augment/transforms/geometry/bulge.h"
#include "doppel/augment/transforms/geometry/elastic.h"
#include "doppel/augment/transforms/geometry/grid_distortion.h"
#include "doppel/augment/transforms/geometry/optical_distortion.h"
#include "doppel/augment/transforms/geometry/perspective.h"
#include "doppel/augment/transforms/geometry/piecewise_affine.h"
#include "doppel/augment/transforms/geometry/rotate.h"
#include "doppel/augment/transforms/geometry/squeeze.h"
#include "doppel/augment/transforms/geometry/swirl.h"
#include "doppel/augment/transforms/geometry/thin_plate_spline.h"
#include "doppel/augment/transforms/geometry/translate.h"
#include "doppel/augment/transforms/geometry/wave.h"
#include "doppel/augment/transforms/mix/copy_paste.h"
#include "doppel/augment/transforms/mix/cut_mix.h"
#include "doppel/augment/transforms/mix/mix_up.h"
#include "doppel/augment/transforms/mix/mix_up_or_cut_mix.h"
#include "doppel/augment/transforms/mix/mosaic.h"
#include "doppel/augment/transforms/mix/resize_mix.h"
#include "doppel/augment/transforms/noise/film_grain.h"
#include "doppel/augment/transforms/noise/gaussian_noise.h"
#include "doppel/augment/transforms/noise/iso_noise.h"
#include "doppel/augment/transforms/noise/laplace_noise.h"
#include "doppel/augment/transforms/noise/low_light.h"
#include "doppel/augment/transforms/noise/pattern_noise.h"
#include "doppel/augment/transforms/noise/pink_noise.h"
#include "doppel/augment/transforms/noise/pixel_dropout.h"
#include "doppel/augment/transforms/noise/rician_noise.h"
#include "doppel/augment/transforms/noise/row_noise.h"
#include "doppel/augment/transforms/noise/salt_pepper.h"
#include "doppel/augment/transforms/noise/shot_noise.h"
#include "doppel/augment/transforms/noise/speckle_noise.h"
#include "doppel/augment/transforms/noise/uniform_noise.h"
#include "doppel/augment/transforms/occlusion/coarse_dropout.h"
#include "doppel/augment/transforms/occlusion/drop_in_object.h"
#include "doppel/augment/transforms/occlusion/grid_dropout.h"
#include "doppel/augment/transforms/occlusion/hide_and_seek.h"
#include "doppel/augment/transforms/occlusion/object_dropout.h"
#include "doppel/augment/transforms/occlusion/overlay.h"
#include "doppel/augment/transforms/occlusion/random_erasing.h"
#include "doppel/augment/transforms/occlusion/shape_occlusion.h"
#include "doppel/augment/transforms/occlusion/strip_dropout.h"
#include "doppel/augment/transforms/occlusion/text_overlay.h"
#include "doppel/augment/transforms/policy/adaptive_gan.h"
#include "doppel/augment/transforms/policy/aug_mix.h"
#include "doppel/augment/transforms/policy/auto_augment.h"
#include "doppel/augment/transforms/policy/corruption.h"
#include "doppel/augment/transforms/policy/rand_augment.h"
#include "doppel/augment/transforms/policy/test_time.h"
#include "doppel/augment/transforms/policy/three_augment.h"
#include "doppel/augment/transforms/policy/trivial_augment.h"
#include "doppel/augment/transforms/quality/bayer_mosaic.h"
#include "doppel/augment/transforms/quality/chromatic_aberration.h"
#include "doppel/augment/transforms/quality/dither.h"
#include "doppel/augment/transforms/quality/downscale.h"
#include "doppel/augment/transforms/quality/halftone.h"
#include "doppel/augment/transforms/quality/interlace.h"
#include "doppel/augment/transforms/quality/jpeg_compression.h"
#include "doppel/augment/transforms/quality/pixelate.h"
#include "doppel/augment/transforms/quality/superpixels.h"
#include "doppel/augment/transforms/quality/webp_compression.h"
#include "doppel/augment/transforms/structure/blend_mask.h"
#include "doppel/augment/transforms/structure/custom.h"
#include "doppel/augment/transforms/structure/maybe.h"
#include "doppel/augment/transforms/structure/one_of.h"
#include "doppel/augment/transforms/structure/repeat.h"
#include "doppel/augment/transforms/structure/sequence.h"
#include "doppel/augment/transforms/structure/some_of.h"
#include "doppel/augment/transforms/weather/clouds.h"
#include "doppel/augment/transforms/weather/dust.h"
#include "doppel/augment/transforms/weather/fog.h"
#include "doppel/augment/transforms/weather/frost.h"
#include "doppel/augment/transforms/weather/gravel.h"
#include "doppel/augment/transforms/weather/haze.h"
#include "doppel/augment/transforms/weather/illumination.h"
#include "doppel/augment/transforms/weather/plasma_brightness.h"
#include "doppel/augment/transforms/weather/rain.h"
#include "doppel/augment/transforms/weather/shadow.h"
#include "doppel/augment/transforms/weather/snow.h"
#include "doppel/augment/transforms/weather/spatter.h"
#include "doppel/augment/transforms/weather/sun_flare.h"
#include "doppel/base/error.h"

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
    entry<Translate>("geometry"),
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
    entry<Window>("color"),
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
    entry<Custom>("structure"),
};

}  // namespace

std::span<const CatalogueEntry> catalogue() { return kCatalogue; }

const CatalogueEntry& find_transform(std::string_view name) {
  std::vector<std::string> names;
  for (const CatalogueEntry& e : kCatalogue) {
    if (e.name == name) return e;
    names.emplace_back(e.name);
  }
  throw UsageError(fmt::format("there is no transform '{}'{}", name,
                               did_you_mean(name, names, "; `doppel transforms` lists them")));
}

}  // namespace doppel::augment
