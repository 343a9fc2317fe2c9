#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "doppel/augment/import/imported.h"
#include "keras_arguments.h"
#include "recipe_text.h"

namespace doppel::augment {
namespace {

/// How all of a generator's geometry is sampled.
struct KerasSampling {
  std::string fill, filter;
  std::vector<std::string> notes{};
};

KerasSampling sampling_of(const KerasArguments& given) {
  static constexpr std::array<std::string_view, 4> kModes{"nearest", "constant", "reflect", "wrap"};
  static constexpr std::array<std::string_view, 4> kFills{"replicate", "", "symmetric", "wrap"};
  const auto mode =
      static_cast<std::size_t>(std::ranges::find(kModes, given.word("fill_mode", kModes)) - kModes.begin());
  KerasSampling made;
  const double cval = given.number("cval", 0);
  made.fill = mode == 1 ? number_yaml(std::clamp(cval / 255, 0., 1.)) : std::string(kFills[mode]);
  if (mode == 1 && (cval < 0 || cval > 255))
    made.notes.push_back(
        fmt::format("cval={} is outside of 0 to 255; the fill is the nearest of those", cval));
  if (mode == 3)
    made.notes.push_back(
        "fill_mode='wrap': SciPy lets the first and the last pixel lie on each other, so that it repeats one "
        "pixel "
        "earlier than here");
  const double order = given.number("interpolation_order", 1, {.low = 0, .high = 5});
  made.filter = order == 0 ? "nearest" : order == 1 ? "bilinear" : "bicubic";
  if (order > 1)
    made.notes.push_back(
        fmt::format("interpolation_order={} is a spline of SciPy's; bicubic is the nearest", order));
  return made;
}

/// A geometric transform that is always applied.
Written always(const std::string& name, const KerasSampling& sampling) {
  Written made{.name = name};
  made.set("p", 1);
  made.set("fill", sampling.fill);
  if (sampling.filter != "bilinear") made.set("filter", sampling.filter);
  return made;
}

/// One of several places, as often as each was named.
Written chosen_shift(const std::string& axis, const KerasShift& shift, const KerasSampling& sampling) {
  std::map<double, int> times;
  for (const double value : shift.values) ++times[value], ++times[-value];
  Written choice{.name = "OneOf"};
  choice.set("p", 1);
  for (const auto& [value, count] : times) {
    Written one = always("Translate", sampling);
    one.set("x", 0.).set("y", 0.).set(axis, value);
    if (shift.pixels) one.set("unit", "pixels");
    one.weight = count;
    choice.parts.push_back(std::move(one));
  }
  return choice;
}

/// Uniform within a range.
Written drawn_shift(const KerasShift& x, const KerasShift& y, const KerasSampling& sampling) {
  const KerasShift& either = x.most > 0 ? x : y;
  Written made = always("Translate", sampling);
  for (const auto& [axis, shift] : {std::pair{"x", &x}, std::pair{"y", &y}}) {
    // All whole numbers below n are as likely: half a pixel more rounds to the outermost.
    const double most = shift->whole && shift->most >= 1 ? shift->most - 0.5 : shift->most;
    made.set(axis, Range{-most, most});
  }
  if (either.pixels) made.set("unit", "pixels");
  if (either.pixels && either.whole)
    made.set("whole", "true")
        .note(fmt::format("Keras shifts by 0 twice as often as by any other of its whole pixels"));
  return made;
}

void add_shifts(const KerasArguments& given, const KerasSampling& sampling, std::vector<Written>& to) {
  const KerasShift x = given.shift("width_shift_range"), y = given.shift("height_shift_range");
  if (!x.values.empty()) to.push_back(chosen_shift("x", x, sampling));
  if (!y.values.empty()) to.push_back(chosen_shift("y", y, sampling));
  const bool alike = x.pixels == y.pixels && (x.whole == y.whole || !x.pixels);
  if (x.most > 0 && y.most > 0 && alike) return to.push_back(drawn_shift(x, y, sampling));
  if (x.most > 0) to.push_back(drawn_shift(x, {}, sampling));
  if (y.most > 0) to.push_back(drawn_shift({}, y, sampling));
}

void add_geometry(const KerasArguments& given, WrittenRecipe& recipe) {
  const KerasSampling sampling = sampling_of(given);
  std::vector<Written>& list = recipe.transforms;
  if (const double turn = std::abs(given.number("rotation_range", 0, {.low = -360, .high = 360})); turn > 0)
    list.push_back(always("Rotate", sampling).set("angle", Range{-turn, turn}));
  add_shifts(given, sampling, list);
  if (const double shear = std::abs(given.number("shear_range", 0, {.low = -80, .high = 80})); shear > 0) {
    Written made = always("Affine", sampling);
    made.set("scale", 1)
        .set("translate", 0.)
        .set("angle", 0.)
        .set("shear_x", Range{-shear, shear})
        .set("shear_y", 0.);
    made.set("shear_by", "turn");
    if (shear < 1)
      made.note(
          fmt::format("shear_range is in degrees: {} hardly shows; {:.1f} may be meant, which is {} radians",
                      shear, shear * 57.29578, shear));
    list.push_back(std::move(made));
  }
  if (const Range zoom = given.zoom(); zoom != Range{1, 1})
    list.push_back(always("Squeeze", sampling).set("x", zoom).set("y", zoom).set("of", "view"));
  if (!list.empty()) recipe.notes.insert(recipe.notes.end(), sampling.notes.begin(), sampling.notes.end());
  // Flips commute with what Keras does between, and here they join the one resampling.
  if (given.flag("horizontal_flip")) list.push_back({.name = "HorizontalFlip"});
  if (given.flag("vertical_flip")) list.push_back({.name = "VerticalFlip"});
}

void add_colors(const KerasArguments& given, std::vector<Written>& list) {
  if (const double by = std::abs(given.number("channel_shift_range", 0)); by > 0) {
    Written made{.name = "BrightnessContrast"};
    const double share = std::min(1., by / 255);
    made.set("p", 1).set("brightness", Range{-share, share}).set("contrast", 0.);
    made.note(
        "channel_shift_range: Keras cuts to the image's own darkest and lightest number, here 0 and 255 are "
        "the ends");
    list.push_back(std::move(made));
  }
  if (const auto factors = given.range("brightness_range", {.low = 0, .high = 100}))
    list.push_back(Written{.name = "Brightness"}.set("p", 1).set("factor", *factors));
}

/// What keras.applications' functions do, where it can be said.
std::string_view preprocessing_mode(const std::string& function) {
  static const std::map<std::string, std::string_view, std::less<>> kModes{{"densenet", "torch"},
                                                                           {"mobilenet", "tf"},
                                                                           {"mobilenet_v2", "tf"},
                                                                           {"inception_v3", "tf"},
                                                                           {"xception", "tf"},
                                                                           {"resnet_v2", "tf"},
                                                                           {"nasnet", "tf"},
                                                                           {"inception_resnet_v2", "tf"},
                                                                           {"vgg16", "caffe"},
                                                                           {"vgg19", "caffe"},
                                                                           {"resnet", "caffe"},
                                                                           {"resnet50", "caffe"},
                                                                           {"imagenet_utils", "caffe"},
                                                                           {"efficientnet", "none"},
                                                                           {"efficientnet_v2", "none"},
                                                                           {"convnext", "none"},
                                                                           {"mobilenet_v3", "none"}};
  static constexpr std::string_view kFunction = ".preprocess_input";
  if (!function.ends_with(kFunction)) return {};
  std::string module = function.substr(0, function.size() - kFunction.size());
  module = module.substr(module.rfind('.') + 1);
  const auto found = kModes.find(module);
  return found == kModes.end() ? std::string_view() : found->second;
}

/// What stands at a recipe's end so that (x - mean) / std, in shares of the full range, is multiplied by
/// `factor`.
Written scaled_normalize(std::vector<double> mean, std::vector<double> std, double factor) {
  for (double& value : std) value /= factor;
  return Written{.name = "Normalize"}.set("mean", list_yaml(mean)).set("std", list_yaml(std));
}

/// True where it says what numbers images become: those, times `rescale` (0: not given), which follows it.
bool add_preprocessing(const KerasArguments& given, double rescale, WrittenRecipe& recipe) {
  const std::string function = given.code("preprocessing_function");
  if (function.empty()) return false;
  const std::string_view mode = preprocessing_mode(function);
  const bool known = mode == "torch" || mode == "tf";
  if (mode == "torch" && rescale == 0)
    recipe.transforms.push_back(Written{.name = "Normalize"}.set("preset", "imagenet"));
  else if (mode == "torch")
    recipe.transforms.push_back(scaled_normalize({0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}, rescale));
  if (mode == "tf") recipe.transforms.push_back(scaled_normalize({0.5}, {0.5}, rescale == 0 ? 1 : rescale));
  if (known && rescale != 0)
    recipe.notes.push_back(fmt::format(
        "Keras multiplies what {} gives by rescale={:.6g}, and so does this; few networks want both",
        function, rescale));
  if (mode == "none" && rescale == 0)
    recipe.notes.push_back(
        fmt::format("{} changes nothing: the network takes 0 to 255, so use std 1/255", function));
  if (mode == "caffe")
    recipe.notes.push_back(fmt::format(
        "{} swaps red and blue and subtracts a mean from 0 to 255: left out, as no network here wants it",
        function));
  if (mode.empty())
    recipe.notes.push_back(fmt::format(
        "preprocessing_function={}: register it (@doppel.op in Python, register_op() in C++) and add "
        "- Custom: {{op: NAME}} at the end",
        function));
  return known;
}

/// Of the images' own mean, or of the data set's, which `which` names; both are one normalisation here.
/// Without a deviation the numbers keep Keras' scale, which `rescale` (0: not given) made.
void add_centring(std::string_view which, Written made, bool divides, double rescale, WrittenRecipe& recipe) {
  recipe.transforms.push_back(std::move(made));
  const double times = 255 * (rescale == 0 ? 1 : rescale);
  if (divides || std::abs(times - 1) < 1e-6) return;
  recipe.notes.push_back(fmt::format(
      "{} subtracts and doesn't divide: Keras' numbers are {:.6g} times these, which are shares of "
      "the full range{}",
      which, times, rescale == 0 ? "; with rescale=1/255 they are the same" : ""));
}

/// What images are divided by, or their mean and deviation.
void add_numbers(const KerasArguments& given, WrittenRecipe& recipe) {
  const double rescale = given.number("rescale", 0, {.low = 0, .high = 1e6});
  const bool preprocessed = add_preprocessing(given, rescale, recipe);
  const bool zca = given.flag("zca_whitening");
  const bool sample_std = given.flag("samplewise_std_normalization"),
             sample_mean = sample_std || given.flag("samplewise_center");
  const bool data_std = given.flag("featurewise_std_normalization") && !zca,
             data_mean = data_std || zca || given.flag("featurewise_center");
  given.number("zca_epsilon", 1e-6, {.low = 0, .high = 1e6});
  const auto left_out = [&](std::string_view what, std::string_view after) {
    recipe.notes.push_back(fmt::format(
        "{} are left out: Keras applies them after {}, here a recipe normalizes once", what, after));
  };
  constexpr std::string_view kSamplewise = "samplewise_center and samplewise_std_normalization",
                             kFeaturewise = "featurewise_center and featurewise_std_normalization";
  if (preprocessed && sample_mean) left_out(kSamplewise, "preprocessing_function");
  if (preprocessed && data_mean) left_out(kFeaturewise, "preprocessing_function");
  if (!preprocessed && sample_mean) {
    Written made{.name = "Standardize"};
    made.set("channels", "together");
    if (!sample_std) made.set("deviation", "false");
    add_centring("samplewise_center", std::move(made), sample_std, rescale, recipe);
    if (data_mean) left_out(kFeaturewise, "the samplewise ones");
  } else if (!preprocessed && data_mean) {
    Written made = Written{.name = "Normalize"}.set("preset", data_std ? "dataset" : "dataset_mean");
    // Whitening divides.
    add_centring("featurewise_center", std::move(made), data_std || zca, rescale, recipe);
  }
  if (zca)
    recipe.notes.push_back(
        "zca_whitening isn't part of a recipe: doppel.ZcaWhitening in Python fits and applies it to "
        "batches");
  if (preprocessed || sample_mean || data_mean) return;
  if (rescale == 0) {
    recipe.notes.push_back(
        "without rescale Keras' batches are from 0 to 255, doppel's of floats from 0 to 1; for the "
        "same add - Normalize: {mean: [0], std: [0.0039215686]}");
  } else if (std::abs(rescale * 255 - 1) > 1e-6) {
    recipe.transforms.push_back(scaled_normalize({0}, {1}, 255 * rescale));
  }
}

void add_loader_notes(const KerasArguments& given, WrittenRecipe& recipe) {
  static constexpr std::array<std::string_view, 3> kFormats{"", "channels_last", "channels_first"};
  if (given.has("data_format")) {
    const auto format = given.word("data_format", std::span(kFormats).subspan(1));
    recipe.notes.push_back(fmt::format("data_format='{}' is the loader's: layout=\"{}\"", format,
                                       format == "channels_last" ? "NHWC" : "NCHW"));
  }
  if (const double split = given.number("validation_split", 0, {.low = 0, .high = 1, .below_high = true});
      split > 0)
    recipe.notes.push_back(
        fmt::format("validation_split={} is said to doppel train: --valid {}", split, split));
  if (const std::string type = given.code("dtype"); !type.empty())
    recipe.notes.push_back(fmt::format("dtype={} is the loader's: dtype=", type));
}

}  // namespace

Imported import_keras(std::string_view arguments) {
  const KerasArguments given(arguments);
  WrittenRecipe recipe;
  add_geometry(given, recipe);
  add_colors(given, recipe.transforms);
  add_numbers(given, recipe);
  add_loader_notes(given, recipe);
  return std::move(recipe).text();
}

}  // namespace doppel::augment
