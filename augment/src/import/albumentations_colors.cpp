// Colours and normalisation of Albumentations'.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "albumentations_arguments.h"

namespace doppel::augment {
namespace {

using Given = AlbumentationsArguments;

Range scaled(const Range& range, double by) { return {range.low * by, range.high * by}; }
Range above_zero(const Range& range) { return {std::max(0., range.low), std::max(0., range.high)}; }

template <const char* Name>
Written plain(Given&) {
  return {.name = Name};
}
constexpr char kNegative[] = "Negative", kGray[] = "Gray", kSepia[] = "Sepia",
               kChannelShuffle[] = "ChannelShuffle", kEqualize[] = "Equalize", kNothing[] = "";

/// x' = (1 + contrast)·x + brightness there, about black: a factor and a sum here.
Written about_black(const Range& contrast, const Range& brightness) {
  Written factor =
      Written{.name = "Brightness"}.set("factor", above_zero({1 + contrast.low, 1 + contrast.high}));
  Written sum = Written{.name = "BrightnessContrast"}.set("brightness", brightness).set("contrast", 0.);
  if (contrast == Range{0, 0}) return sum;
  if (brightness == Range{0, 0}) return factor;
  return {.name = "Sequence", .parts = {factor.set("p", 1), sum.set("p", 1)}};
}

Written brightness_contrast(Given& given) {
  const Range brightness =
                  given.range({"brightness_limit", "brightness_range"}, {-0.2, 0.2}, OneNumber::EitherSign),
              contrast =
                  given.range({"contrast_limit", "contrast_range"}, {-0.2, 0.2}, OneNumber::EitherSign);
  if (!given.flag({"brightness_by_max"}, true) && brightness != Range{0, 0})
    given.note("brightness_by_max=false adds shares of the image's mean there, of the full range here");
  return about_black(contrast, brightness);
}
Written brightness_alone(Given& given) {
  return about_black({0, 0}, given.range({"limit"}, {-0.2, 0.2}, OneNumber::EitherSign));
}
Written contrast_alone(Given& given) {
  return about_black(given.range({"limit"}, {-0.2, 0.2}, OneNumber::EitherSign), {0, 0});
}

Written color_jitter(Given& given) {
  const auto factor = [&](Given::Names names) {
    const YAML::Node node = given.find(names);
    if (!node.IsScalar()) return above_zero(given.range(names, {0.8, 1.2}));
    const double by = given.number(names, 0.2);
    return Range{std::max(0., 1 - by), 1 + by};
  };
  Written made{.name = "ColorJitter"};
  made.set("brightness", factor({"brightness", "brightness_range"}));
  made.set("contrast", factor({"contrast", "contrast_range"}));
  made.set("saturation", factor({"saturation", "saturation_range"}));
  return made.set("hue", given.range({"hue", "hue_range"}, {-0.5, 0.5}, OneNumber::EitherSign));
}

Written photometric_distort(Given& given) {
  given.find({"distort_p"});
  Written made{.name = "PhotometricDistort"};
  made.set("brightness", given.range({"brightness_range"}, {0.875, 1.125}));
  made.set("contrast", given.range({"contrast_range"}, {0.5, 1.5}));
  made.set("saturation", given.range({"saturation_range"}, {0.5, 1.5}));
  return made.set("hue", given.range({"hue_range"}, {-0.05, 0.05}));
}

Written hue_saturation_value(Given& given) {
  Written made{.name = "HueSaturationValue"};
  made.set("hue",
           scaled(given.range({"hue_shift_limit", "hue_shift_range"}, {-20, 20}, OneNumber::EitherSign),
                  1 / 180.));
  made.set("saturation",
           scaled(given.range({"sat_shift_limit", "sat_shift_range"}, {-30, 30}, OneNumber::EitherSign),
                  1 / 255.));
  return made.set(
      "value", scaled(given.range({"val_shift_limit", "val_shift_range"}, {-20, 20}, OneNumber::EitherSign),
                      1 / 255.));
}

Written color_shift(Given& given) {
  Written made{.name = "ColorShift"};
  for (const auto& [field, old, now] : {std::tuple{"r", "r_shift_limit", "r_shift_range"},
                                        {"g", "g_shift_limit", "g_shift_range"},
                                        {"b", "b_shift_limit", "b_shift_range"}}) {
    const Range shift = given.range({old, now}, {-20, 20}, OneNumber::EitherSign);
    const bool levels = std::max(std::abs(shift.low), std::abs(shift.high)) > 1;
    made.set(field, levels ? scaled(shift, 1 / 255.) : shift);
  }
  given.find({"noise_params"});
  return made;
}

Written gamma(Given& given) {
  given.find({"eps"});
  return Written{.name = "Gamma"}.set("gamma",
                                      scaled(given.range({"gamma_limit", "gamma_range"}, {80, 120}), 0.01));
}

Written clahe(Given& given) {
  const YAML::Node clip = given.find({"clip_limit", "clip_range"});
  Written made{.name = "Clahe"};
  made.set("clip", clip.IsScalar() ? Range{1, given.number({"clip_limit", "clip_range"}, 4)}
                                   : given.range({"clip_limit", "clip_range"}, {1, 4}));
  const std::vector<double> tiles = given.numbers({"tile_grid_size"});
  if (tiles.empty()) return made;
  made.set("tiles", tiles.front());
  if (tiles.back() != tiles.front())
    given.note(fmt::format("tiles are as many down as across here: {}", tiles.front()));
  return made;
}

Written channel_dropout(Given& given) {
  const Range count = given.range({"channel_drop_range"}, {1, 1});
  Written made{.name = "ChannelDropout"};
  made.set("count", Range{std::min(2., count.low), std::min(2., count.high)});
  if (const double fill = given.number({"fill", "fill_value"}, 0); fill != 0)
    made.set("fill", std::clamp(fill / 255, 0., 1.));
  return made;
}

Written posterize(Given& given) {
  Written made{.name = "Posterize"};
  const YAML::Node bits = given.find({"num_bits"});
  if (bits.IsSequence() && (bits.size() > 2 || (bits.size() > 0 && bits[0].IsSequence()))) {
    given.note("bits of each channel apart aren't carried over");
    return made;
  }
  const Range range = given.range({"num_bits"}, {4, 4});
  return made.set("bits", Range{std::clamp(range.low, 1., 8.), std::clamp(range.high, 1., 8.)});
}

Written solarize(Given& given) {
  Range threshold = given.range({"threshold_range"}, {0.5, 0.5});
  if (!given.find({"threshold"}).IsNull())
    threshold = scaled(given.range({"threshold"}, {128, 128}), 1 / 256.);
  return Written{.name = "Solarize"}.set(
      "threshold", Range{std::clamp(threshold.low, 0., 1.), std::clamp(threshold.high, 0., 1.)});
}

Written pca_lighting(Given& given) {
  const Range alpha = given.range({"alpha", "alpha_range"}, {0.1, 0.1});
  given.note("along ImageNet's axes; Albumentations takes those of each image");
  return Written{.name = "PcaLighting"}.set("sigma", alpha.high);
}

Written tone_curve(Given& given) {
  const double scale = given.range({"scale", "scale_range"}, {0.1, 0.1}).high;
  if (given.flag({"per_channel"}, false)) given.note("one curve serves all channels here");
  return Written{.name = "ToneCurve"}.set("limit", std::min(0.3, scale));
}

Written auto_contrast(Given& given) {
  given.find({"ignore", "method"});
  const Range cutoff = given.range({"cutoff", "cutoff_range"}, {0, 0});
  return Written{.name = "AutoContrast"}.set(
      "cutoff", Range{std::min(0.49, cutoff.low / 100), std::min(0.49, cutoff.high / 100)});
}

Written color_temperature(Given& given) {
  const Range kelvin = given.range({"temperature_limit", "temperature_range"}, {3000, 15000});
  return Written{.name = "ColorTemperature"}.set(
      "kelvin", Range{std::clamp(kelvin.low, 1000., 40000.), std::clamp(kelvin.high, 1000., 40000.)});
}

Written stain_shift(Given& given) {
  given.find({"method", "preset", "augment_background"});
  Written made{.name = "StainShift"};
  made.set("gain", given.range({"intensity_scale_range"}, {0.7, 1.3}));
  return made.set("shift", given.range({"intensity_shift_range"}, {-0.2, 0.2}));
}

Written exposure_match(Given& given) {
  given.find({"gain_range"});
  return Written{.name = "ExposureMatch"}.set("mean", given.range({"target_mean_range"}, {0.2, 0.6}));
}

Written colorize(Given& given) {
  given.find({"black_range", "mid_range", "white_range", "mid_value_range"});
  given.note("its colours are drawn here");
  return {.name = "Colorize"};
}

Written normalize(Given& given) {
  std::vector<double> mean = given.numbers({"mean"}), std = given.numbers({"std"});
  const double most = given.number({"max_pixel_value"}, 255);
  const std::string kind = given.word({"normalization"}, "standard");
  if (kind == "image" || kind == "image_per_channel")
    return Written{.name = "Standardize"}.set("channels", kind == "image" ? "together" : "each");
  if (kind != "standard") {
    given.note(fmt::format("normalization '{}' isn't carried over; see AutoContrast", kind));
    return {};
  }
  if (mean == std::vector{0.485, 0.456, 0.406} && std == std::vector{0.229, 0.224, 0.225} && most == 255)
    return Written{.name = "Normalize"}.set("preset", "imagenet");
  for (double& value : mean) value *= most / 255;
  for (double& value : std) value *= most / 255;
  Written made{.name = "Normalize"};
  if (!mean.empty()) made.set("mean", list_yaml(mean));
  if (!std.empty()) made.set("std", list_yaml(std));
  return made;
}

Written loader_matter(Given& given) {
  given.find({"max_value", "dtype", "transpose_mask", "num_output_channels"});
  given.note("is the loader's matter: its dtype and layout");
  return {};
}

constexpr std::array kColors{AlbumentationsMap{"RandomBrightnessContrast", brightness_contrast},
                             AlbumentationsMap{"RandomBrightness", brightness_alone},
                             AlbumentationsMap{"RandomContrast", contrast_alone},
                             AlbumentationsMap{"ColorJitter", color_jitter},
                             AlbumentationsMap{"PhotoMetricDistort", photometric_distort},
                             AlbumentationsMap{"HueSaturationValue", hue_saturation_value},
                             AlbumentationsMap{"RGBShift", color_shift},
                             AlbumentationsMap{"RandomGamma", gamma},
                             AlbumentationsMap{"CLAHE", clahe},
                             AlbumentationsMap{"ChannelDropout", channel_dropout},
                             AlbumentationsMap{"ChannelShuffle", plain<kChannelShuffle>},
                             AlbumentationsMap{"ToGray", plain<kGray>},
                             AlbumentationsMap{"ToSepia", plain<kSepia>},
                             AlbumentationsMap{"InvertImg", plain<kNegative>},
                             AlbumentationsMap{"Equalize", plain<kEqualize>},
                             AlbumentationsMap{"NoOp", plain<kNothing>},
                             AlbumentationsMap{"Posterize", posterize},
                             AlbumentationsMap{"Solarize", solarize},
                             AlbumentationsMap{"FancyPCA", pca_lighting},
                             AlbumentationsMap{"RandomToneCurve", tone_curve},
                             AlbumentationsMap{"AutoContrast", auto_contrast},
                             AlbumentationsMap{"PlanckianJitter", color_temperature},
                             AlbumentationsMap{"HEStain", stain_shift},
                             AlbumentationsMap{"ExposureMatching", exposure_match},
                             AlbumentationsMap{"Colorize", colorize},
                             AlbumentationsMap{"Normalize", normalize, 1},
                             AlbumentationsMap{"ToTensorV2", loader_matter, 1},
                             AlbumentationsMap{"ToTensor3D", loader_matter, 1},
                             AlbumentationsMap{"ToFloat", loader_matter, 1},
                             AlbumentationsMap{"FromFloat", loader_matter, 1},
                             AlbumentationsMap{"ToRGB", loader_matter, 1}};

}  // namespace

std::span<const AlbumentationsMap> albumentations_colors() { return kColors; }

}  // namespace doppel::augment
