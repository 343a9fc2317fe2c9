// Blur, noise, compression and weather of Albumentations'.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "albumentations_arguments.h"

namespace doppel::augment {
namespace {

using Given = AlbumentationsArguments;

Range least(const Range& range, double low) { return {std::max(low, range.low), std::max(low, range.high)}; }

/// A kernel's size: one number n stands for 3 to n.
Range kernel(Given& given) {
  const Given::Names names{"blur_limit", "blur_range"};
  const YAML::Node node = given.find(names);
  const Range size = node.IsScalar() ? Range{3, given.number(names, 7)} : given.range(names, {3, 7});
  return {std::min(size.low, size.high), size.high};
}

Written box_blur(Given& given) { return Written{.name = "BoxBlur"}.set("size", least(kernel(given), 1)); }
Written median_blur(Given& given) {
  return Written{.name = "MedianBlur"}.set("size", least(kernel(given), 1));
}

/// What OpenCV takes for a kernel of n where no sigma is said.
double sigma_of(double n) { return n <= 1 ? 0 : 0.3 * ((n - 1) * 0.5 - 1) + 0.8; }

Written gaussian_blur(Given& given) {
  const Range size = kernel(given), sigma = given.range({"sigma_limit", "sigma_range"}, {0, 0});
  return Written{.name = "GaussianBlur"}.set(
      "sigma", sigma.high > 0 ? sigma : Range{sigma_of(size.low), sigma_of(size.high)});
}

Written motion_blur(Given& given) {
  Written made{.name = "MotionBlur"};
  made.set("length", kernel(given)).set("angle", given.range({"angle_range"}, {0, 360}));
  return made.set("direction", given.range({"direction_range"}, {-1, 1}));
}

Written anisotropic_blur(Given& given) {
  given.find({"blur_limit", "blur_range"});
  Written made{.name = "AnisotropicBlur"};
  made.set("sigma_x", given.range({"sigma_x_limit", "sigmaX_limit", "sigma_x_range"}, {0.2, 1}));
  made.set("sigma_y", given.range({"sigma_y_limit", "sigmaY_limit", "sigma_y_range"}, {0.2, 1}));
  made.set("angle", given.range({"rotate_limit", "rotate_range"}, {-90, 90}, OneNumber::EitherSign));
  given.find({"beta_limit", "noise_limit", "beta_range", "noise_range"});
  given.note("the kernel is a Gaussian: beta and the kernel's noise aren't carried over");
  return made;
}

Written defocus(Given& given) {
  Written made{.name = "DefocusBlur"};
  made.set("radius", given.range({"radius", "radius_range"}, {3, 10}));
  return made.set("alias", given.range({"alias_blur", "alias_blur_range"}, {0.1, 0.5}));
}

Written zoom_blur(Given& given) {
  given.find({"step_factor", "step_factor_range"});
  const Range factor = least(given.range({"max_factor", "max_factor_range"}, {1, 1.31}), 1);
  return Written{.name = "ZoomBlur"}.set("factor", Range{factor.low, std::min(4., factor.high)});
}

Written glass_blur(Given& given) {
  Written made{.name = "GlassBlur"};
  made.set("sigma", given.number({"sigma"}, 0.7)).set("max_shift", given.number({"max_delta"}, 4));
  return made.set("iterations", given.number({"iterations"}, 2));
}

/// Its kernel sums to 1 + alpha·(lightness - 1); here to 1.
Written sharpen(Given& given) {
  const Range alpha = given.range({"alpha", "alpha_range"}, {0.2, 0.5});
  const Range light = given.range({"lightness", "lightness_range"}, {0.5, 1});
  given.find({"method", "kernel_size", "sigma"});
  if (light != Range{1, 1}) given.note("lightness also brightens or darkens there; here the mean stays");
  return Written{.name = "Sharpen"}.set("amount", alpha).set("lightness", 1);
}

Written unsharp_mask(Given& given) {
  const Range size = kernel(given), sigma = given.range({"sigma_limit", "sigma_range"}, {0, 0});
  Written made{.name = "UnsharpMask"};
  made.set("sigma", least(sigma.high > 0 ? sigma : Range{sigma_of(size.low), sigma_of(size.high)}, 0.1));
  made.set("amount", given.range({"alpha", "alpha_range"}, {0.2, 0.5}));
  return made.set("threshold", given.number({"threshold"}, 10) / 255);
}

Written emboss(Given& given) {
  given.find({"strength", "strength_range"});
  given.note("strength isn't carried over");
  return Written{.name = "Emboss"}.set("amount", given.range({"alpha", "alpha_range"}, {0.2, 0.5}));
}

Written ringing(Given& given) {
  Written made{.name = "Ringing"};
  const Range size = kernel(given);
  made.set("size", Range{std::clamp(size.low, 3., 31.), std::clamp(size.high, 3., 31.)});
  return made.set("cutoff", given.range({"cutoff", "cutoff_range"}, {0.785, 1.571}));
}

Written gaussian_noise(Given& given) {
  Range std = given.range({"std_range"}, {0.2, 0.44});
  if (!given.find({"var_limit"}).IsNull()) {
    const Range variance = given.range({"var_limit"}, {10, 50});
    std = {std::sqrt(std::max(0., variance.low)) / 255, std::sqrt(std::max(0., variance.high)) / 255};
  }
  Written made{.name = "GaussianNoise"};
  made.set("std", Range{std::min(1., std.low), std::min(1., std.high)});
  if (!given.flag({"per_channel"}, true)) made.set("per_channel", "false");
  if (given.range({"mean_range", "mean"}, {0, 0}) != Range{0, 0})
    given.note("the noise's mean isn't carried over: it is 0");
  return made;
}

Written additive_noise(Given& given) {
  const std::string kind = given.word({"noise_type"}, "uniform");
  given.find({"noise_params"});
  given.note("its noise_params aren't carried over");
  return {.name = kind == "gaussian" ? "GaussianNoise" : kind == "laplace" ? "LaplaceNoise" : "UniformNoise"};
}

Written iso_noise(Given& given) {
  given.find({"color_shift", "color_shift_range", "intensity", "intensity_range"});
  given.note("a camera's noise by its ISO number here: color_shift and intensity aren't carried over");
  return {.name = "IsoNoise"};
}

Written multiplicative_noise(Given& given) {
  const Range factor = given.range({"multiplier", "multiplier_range"}, {0.9, 1.1});
  const bool each = given.flag({"elementwise"}, false), channels = given.flag({"per_channel"}, false);
  if (!each) {
    if (channels) given.note("one factor serves all channels here");
    return Written{.name = "Brightness"}.set("factor", least(factor, 0));
  }
  given.note("normally distributed here, with the same deviation");
  Written made{.name = "SpeckleNoise"};
  made.set("std", (factor.high - factor.low) / std::sqrt(12));
  return channels ? made : made.set("per_channel", "false");
}

Written shot_noise(Given& given) {
  given.find({"scale_range"});
  given.note("by the photons that a white pixel catches here: scale_range isn't carried over");
  return {.name = "ShotNoise"};
}

Written salt_and_pepper(Given& given) {
  Written made{.name = "SaltPepper"};
  made.set("amount", given.range({"amount", "amount_range"}, {0.01, 0.06}));
  return made.set("salt_share", given.range({"salt_vs_pepper", "salt_vs_pepper_range"}, {0.4, 0.6}));
}

Written pixel_dropout(Given& given) {
  Written made{.name = "PixelDropout"};
  made.set("share", given.range({"dropout_prob"}, {0.01, 0.01}));
  if (const std::string color = given.color({"drop_value"}); color != "0")
    made.set("color", color.front() == '[' ? color : "[" + color + "]");
  if (given.flag({"per_channel"}, false)) given.note("all channels of a pixel are dropped together here");
  return made;
}

Written compression(Given& given) {
  const std::string type = given.word({"compression_type"}, "jpeg");
  Range quality = given.range({"quality_range"}, {99, 100});
  if (!given.find({"quality_lower"}).IsNull())
    quality = {given.number({"quality_lower"}, 99), given.number({"quality_upper"}, 100)};
  given.find({"quality_upper"});
  return Written{.name = type == "webp" || type == "1" ? "WebpCompression" : "JpegCompression"}.set(
      "quality", least(quality, 1));
}

Written downscale(Given& given) {
  Range factor = given.range({"scale_range"}, {0.25, 0.25});
  if (!given.find({"scale_min"}).IsNull())
    factor = {given.number({"scale_min"}, 0.25), given.number({"scale_max"}, 0.25)};
  given.find({"scale_max"});
  Written made = Written{.name = "Downscale"}.set("factor", factor);
  static constexpr std::array<std::string_view, 5> kFilters{"nearest", "bilinear", "bicubic", "area",
                                                            "lanczos"};
  for (const auto& [field, key] : {std::pair{"down", "downscale"}, {"up", "upscale"}}) {
    const Range which = given.range_of_axis({"interpolation_pair", "interpolation"}, key, {0, 0});
    made.set(field, std::string(kFilters[static_cast<std::size_t>(std::clamp(which.low, 0., 4.))]));
  }
  return made;
}

Written superpixels(Given& given) {
  Written made{.name = "Superpixels"};
  made.set("share", given.range({"p_replace", "p_replace_range"}, {0, 0.1}));
  return made.set("count", given.range({"n_segments", "n_segments_range"}, {100, 100}));
}

Written chromatic_aberration(Given& given) {
  given.find({"secondary_distortion_limit", "secondary_distortion_range", "interpolation"});
  return Written{.name = "ChromaticAberration"}.set(
      "shift", given.range({"primary_distortion_limit", "primary_distortion_range"}, {-0.02, 0.02},
                           OneNumber::EitherSign));
}

Written fog(Given& given) {
  Range density = given.range({"fog_coef_range"}, {0.3, 1});
  if (!given.find({"fog_coef_lower"}).IsNull())
    density = {given.number({"fog_coef_lower"}, 0.3), given.number({"fog_coef_upper"}, 1)};
  given.find({"fog_coef_upper", "alpha_coef"});
  given.note("fog that thickens with distance, not circles: the strength is alike, not the look");
  return Written{.name = "Fog"}.set("density", density);
}

Written rain(Given& given) {
  Range slant = given.range({"slant_range"}, {-10, 10});
  if (!given.find({"slant_lower"}).IsNull())
    slant = {given.number({"slant_lower"}, -10), given.number({"slant_upper"}, 10)};
  given.find(
      {"slant_upper", "drop_length", "drop_width", "drop_color", "blur_value", "brightness_coefficient"});
  const std::string kind = given.word({"rain_type"}, "default");
  Written made = Written{.name = "Rain"}.set("slant", slant);
  if (kind == "drizzle" || kind == "heavy") made.set("amount", kind);
  if (kind == "torrential") made.set("amount", "torrent");
  given.note("drops, blur and dimming follow from the amount here");
  return made;
}

Written snow(Given& given) {
  given.find({"snow_point_range", "snow_point_lower", "snow_point_upper", "brightness_coeff", "method"});
  given.note("by how much snow there is: snow_point_range and brightness_coeff aren't carried over");
  return Written{.name = "Snow"}.set("mode", "settle");
}

Written shadow(Given& given) {
  Range count = given.range({"num_shadows_limit", "num_shadows_range"}, {1, 2});
  if (!given.find({"num_shadows_lower"}).IsNull())
    count = {given.number({"num_shadows_lower"}, 1), given.number({"num_shadows_upper"}, 2)};
  given.find({"num_shadows_upper", "shadow_dimension"});
  Written made = Written{.name = "Shadow"}.set("count", count);
  made.set("darkness", given.range({"shadow_intensity_range"}, {0.5, 0.5}));
  if (const auto region = given.numbers({"shadow_roi"}); region.size() == 4)
    made.set("region", list_yaml(region));
  return made;
}

Written plasma_shadow(Given& given) {
  given.find({"roughness"});
  given.note("shadows with straight edges here");
  return Written{.name = "Shadow"}.set("darkness", given.range({"shadow_intensity_range"}, {0.3, 0.7}));
}

Written plasma_brightness(Given& given) {
  const Range by = given.range({"brightness_range"}, {-0.3, 0.3});
  given.find({"contrast_range", "roughness"});
  given.note("brightness alone: contrast_range and roughness aren't carried over");
  return Written{.name = "PlasmaBrightness"}.set(
      "amount", Range{0, std::min(1., std::max(std::abs(by.low), std::abs(by.high)))});
}

Written illumination(Given& given) {
  const Range by = given.range({"intensity_range"}, {0.01, 0.2});
  given.find({"mode", "effect_type", "angle_range", "center_range", "sigma_range"});
  given.note("its mode, place and direction are drawn here");
  return Written{.name = "Illumination"}.set("amount", Range{-by.high, by.high});
}

Written sun_flare(Given& given) {
  Written made{.name = "SunFlare"};
  if (const auto roi = given.numbers({"flare_roi"}); roi.size() == 4)
    made.set("x", Range{roi[0], roi[2]}).set("y", Range{roi[1], roi[3]});
  Range ghosts = given.range({"num_flare_circles_range"}, {6, 10});
  if (!given.find({"num_flare_circles_lower"}).IsNull())
    ghosts = {given.number({"num_flare_circles_lower"}, 6), given.number({"num_flare_circles_upper"}, 10)};
  made.set("ghosts", Range{std::min(64., ghosts.low), std::min(64., ghosts.high)});
  given.find({"num_flare_circles_upper", "angle_range", "angle_lower", "angle_upper", "src_radius",
              "src_color", "method"});
  given.note("radius and colour aren't carried over");
  return made;
}

Written gravel(Given& given) {
  given.find({"gravel_roi"});
  given.note("patches lie anywhere here");
  return Written{.name = "Gravel"}.set("patches", given.number({"number_of_patches"}, 2));
}

Written spatter(Given& given) {
  const YAML::Node mode = given.find({"mode"});
  const std::string kind =
      mode.IsSequence() ? (mode.size() == 1 ? mode[0].Scalar() : "any") : given.word({"mode"}, "rain");
  given.find({"mean", "std", "gauss_sigma", "cutout_threshold", "intensity", "color", "mean_range",
              "std_range", "gauss_sigma_range", "cutout_threshold_range", "intensity_range"});
  given.note("the share that is covered and the drops' size stand for its numbers here");
  return Written{.name = "Spatter"}.set("mode", kind == "rain" || kind == "mud" ? kind : "any");
}

Written mix_up(Given& given) {
  given.find({"reference_data", "mix_coef_return_name"});
  return Written{.name = "MixUp"}.set("alpha", given.number({"alpha"}, 0.4));
}

Written mosaic(Given& given) {
  Written made{.name = "Mosaic"};
  if (const auto grid = given.numbers({"grid_yx"}); grid.size() == 2) made.set("grid", list_yaml(grid));
  made.set("centre", given.range({"center_range"}, {0.3, 0.7}));
  given.find({"cell_shape", "target_size", "fit_mode", "fill", "interpolation", "metadata_key"});
  given.note("the loader gives the other images; the result is as large as the image");
  return made;
}

constexpr std::array kEffects{AlbumentationsMap{"Blur", box_blur},
                              AlbumentationsMap{"GaussianBlur", gaussian_blur},
                              AlbumentationsMap{"MedianBlur", median_blur},
                              AlbumentationsMap{"MotionBlur", motion_blur},
                              AlbumentationsMap{"AdvancedBlur", anisotropic_blur},
                              AlbumentationsMap{"Defocus", defocus},
                              AlbumentationsMap{"ZoomBlur", zoom_blur},
                              AlbumentationsMap{"GlassBlur", glass_blur},
                              AlbumentationsMap{"Sharpen", sharpen},
                              AlbumentationsMap{"UnsharpMask", unsharp_mask},
                              AlbumentationsMap{"Emboss", emboss},
                              AlbumentationsMap{"RingingOvershoot", ringing},
                              AlbumentationsMap{"GaussNoise", gaussian_noise},
                              AlbumentationsMap{"AdditiveNoise", additive_noise},
                              AlbumentationsMap{"ISONoise", iso_noise},
                              AlbumentationsMap{"MultiplicativeNoise", multiplicative_noise},
                              AlbumentationsMap{"ShotNoise", shot_noise},
                              AlbumentationsMap{"SaltAndPepper", salt_and_pepper},
                              AlbumentationsMap{"PixelDropout", pixel_dropout},
                              AlbumentationsMap{"ImageCompression", compression},
                              AlbumentationsMap{"JpegCompression", compression},
                              AlbumentationsMap{"Downscale", downscale},
                              AlbumentationsMap{"Superpixels", superpixels},
                              AlbumentationsMap{"ChromaticAberration", chromatic_aberration},
                              AlbumentationsMap{"RandomFog", fog},
                              AlbumentationsMap{"RandomRain", rain},
                              AlbumentationsMap{"RandomSnow", snow},
                              AlbumentationsMap{"RandomShadow", shadow},
                              AlbumentationsMap{"PlasmaShadow", plasma_shadow},
                              AlbumentationsMap{"PlasmaBrightnessContrast", plasma_brightness},
                              AlbumentationsMap{"Illumination", illumination},
                              AlbumentationsMap{"RandomSunFlare", sun_flare},
                              AlbumentationsMap{"RandomGravel", gravel},
                              AlbumentationsMap{"Spatter", spatter},
                              AlbumentationsMap{"MixUp", mix_up},
                              AlbumentationsMap{"Mosaic", mosaic}};

}  // namespace

std::span<const AlbumentationsMap> albumentations_effects() { return kEffects; }

}  // namespace doppel::augment
