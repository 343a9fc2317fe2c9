// Flips, turns, warps and bends of Albumentations'.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "albumentations_arguments.h"

namespace doppel::augment {
namespace {

using Given = AlbumentationsArguments;

constexpr const char* kAlbumentationsPixels =
    "lengths are pixels of an image whose shorter side is 256 here, and grow with it";

template <const char* Name>
Written named(Given&) {
  return {.name = Name};
}
constexpr char kHorizontalFlip[] = "HorizontalFlip", kVerticalFlip[] = "VerticalFlip",
               kTranspose[] = "Transpose", kRotate90[] = "Rotate90", kDihedral[] = "Dihedral";

/// Flip of versions before 2.0: along x, along y, or both.
Written any_flip(Given&) {
  Written made{.name = "OneOf"};
  made.parts.push_back(Written{.name = "HorizontalFlip"}.set("p", 1));
  made.parts.push_back(Written{.name = "VerticalFlip"}.set("p", 1));
  made.parts.push_back(Written{.name = "Rotate90"}.set("p", 1).set("times", "[2]"));
  return made;
}

/// A part of a Sequence, always applied.
Written part_of(const Written& sampled, const char* name) {
  Written made{.name = name, .fields = sampled.fields};
  return made.set("p", 1);
}

/// One part, or a Sequence of several.
Written together(std::vector<Written> parts) {
  if (parts.empty()) return {};
  if (parts.size() > 1) return {.name = "Sequence", .parts = std::move(parts)};
  std::erase_if(parts.front().fields, [](const auto& field) { return field.first == "p"; });
  return std::move(parts.front());
}

Written rotate(Given& given) {
  Written made{.name = "Rotate"};
  made.set("angle", given.range({"limit", "angle_range"}, {-90, 90}, OneNumber::EitherSign));
  if (given.flag({"crop_border"}, false)) made.set("valid_only", "true");
  given.sample(made);
  return made;
}

Written safe_rotate(Given& given) {
  given.find({"rotate", "scale", "shear", "translate_percent", "translate_px", "fit_output", "keep_ratio"});
  Written made{.name = "Rotate"};
  made.set("angle", given.range({"limit", "angle_range"}, {-90, 90}, OneNumber::EitherSign));
  made.set("expand", "true");
  given.sample(made);
  given.note(
      "the image grows to hold all of it; Albumentations squeezes it into the old size: let a Resize follow");
  return made;
}

Written shift_scale_rotate(Given& given) {
  const Range both = given.range({"shift_limit", "shift_range"}, {-0.0625, 0.0625}, OneNumber::EitherSign);
  const Range x = given.range({"shift_limit_x", "shift_range_x"}, both, OneNumber::EitherSign),
              y = given.range({"shift_limit_y", "shift_range_y"}, both, OneNumber::EitherSign),
              scale = given.range({"scale_limit", "scale_range"}, {-0.1, 0.1}, OneNumber::EitherSign);
  given.find({"scale", "rotate", "shear", "translate_percent", "translate_px", "keep_ratio"});
  Written sampled;
  given.sample(sampled);
  Written affine = part_of(sampled, "Affine");
  affine.set("scale", Range{1 + scale.low, 1 + scale.high});
  affine.set("angle", given.range({"rotate_limit", "rotate_range"}, {-45, 45}, OneNumber::EitherSign));
  affine.set("shear_x", 0.).set("shear_y", 0.);
  if (x == y) return together({affine.set("translate", x)});
  return together({affine.set("translate", 0.), part_of(sampled, "Translate").set("x", x).set("y", y)});
}

/// Albumentations scales, turns, shears and then moves; an Affine here shears before it turns.
Written affine(Given& given) {
  Written sampled;
  given.sample(sampled);
  std::vector<Written> parts;
  const Range sx = given.range_of_axis({"scale"}, "x", {1, 1}),
              sy = given.range_of_axis({"scale"}, "y", {1, 1});
  const Range turn = given.range({"rotate", "rotate_range"}, {0, 0});
  const Range shear_x = given.range_of_axis({"shear"}, "x", {0, 0}),
              shear_y = given.range_of_axis({"shear"}, "y", {0, 0});
  const bool alike = given.flag({"keep_ratio"}, false) || (sx == sy && sx.low == sx.high);
  if (alike && sx != Range{1, 1}) {
    Written scaled = part_of(sampled, "Affine").set("scale", sx).set("translate", 0.).set("angle", 0.);
    parts.push_back(scaled.set("shear_x", 0.).set("shear_y", 0.));
  } else if (!alike) {
    parts.push_back(part_of(sampled, "Squeeze").set("x", sx).set("y", sy));
  }
  if (turn != Range{0, 0}) parts.push_back(part_of(sampled, "Rotate").set("angle", turn));
  if (shear_x != Range{0, 0} || shear_y != Range{0, 0}) {
    Written sheared = part_of(sampled, "Affine").set("scale", 1).set("translate", 0.).set("angle", 0.);
    parts.push_back(sheared.set("shear_x", shear_x).set("shear_y", shear_y));
  }
  const bool pixels = !given.find({"translate_px"}).IsNull();
  const auto moved = [&](const char* axis) {
    return pixels ? given.range_of_axis({"translate_px"}, axis, {0, 0})
                  : given.range_of_axis({"translate_percent"}, axis, {0, 0});
  };
  if (const Range x = moved("x"), y = moved("y"); x != Range{0, 0} || y != Range{0, 0}) {
    Written shifted = part_of(sampled, "Translate").set("x", x).set("y", y);
    if (pixels) shifted.set("unit", "pixels").set("whole", "true");
    parts.push_back(std::move(shifted));
  }
  given.find({"translate_percent"});
  return together(std::move(parts));
}

Written perspective(Given& given) {
  const Range scale = given.range({"scale"}, {0.05, 0.1});
  // Corners move by |N(0, scale)|, whose mean is 0.8 of that.
  Written made{.name = "Perspective"};
  made.set("distortion", Range{std::min(0.24, 0.8 * scale.low), std::min(0.24, 0.8 * scale.high)});
  if (given.flag({"fit_output"}, false)) made.set("border", "fill");
  if (!given.flag({"keep_size"}, true)) made.set("keep_size", "false");
  given.sample(made);
  return made;
}

Written elastic(Given& given) {
  Written made{.name = "Elastic"};
  if (given.find({"alpha"}).IsNull() && !given.find({"displacement_range"}).IsNull()) {
    given.find({"control_grid_shape"});
    const Range share = given.range({"displacement_range"}, {0.03, 0.05});
    made.name = "PiecewiseAffine";
    made.set("grid", 4).set("limit", Range{std::min(0.24, 4 * share.low), std::min(0.24, 4 * share.high)});
  } else {
    made.set("alpha", given.range({"alpha"}, {1, 1})).set("sigma", given.range({"sigma"}, {50, 50}));
    given.note(kAlbumentationsPixels);
  }
  given.sample(made);
  if (const double affine = given.number({"alpha_affine"}, 0); affine > 0)
    given.note(
        fmt::format("alpha_affine={} (three corners moved by that many pixels) isn't carried over", affine));
  return made;
}

Written grid_distortion(Given& given) {
  const Range limit = given.range({"distort_limit", "distort_range"}, {-0.3, 0.3}, OneNumber::EitherSign);
  Written made{.name = "GridDistortion"};
  made.set("steps", given.number({"num_steps"}, 5));
  made.set("limit", std::min(0.9, std::max(std::abs(limit.low), std::abs(limit.high))));
  given.sample(made);
  return made;
}

Written optical_distortion(Given& given) {
  const Range limit = given.range({"distort_limit", "distort_range"}, {-0.05, 0.05}, OneNumber::EitherSign);
  Written made{.name = "OpticalDistortion"};
  made.set("k", Range{std::clamp(limit.low, -0.9, 2.), std::clamp(limit.high, -0.9, 2.)});
  // `mode` says how the radius grows, and was a border's name before.
  if (given.word({"mode"}, "camera") == "fisheye") made.set("model", "fisheye");
  made.set("fill", given.fill({"border_mode"}, {"fill", "value"}));
  if (const std::string filter = given.warp_filter(); filter != "bilinear") made.set("filter", filter);
  if (const Range shift = given.range({"shift_limit"}, {0, 0}, OneNumber::EitherSign); shift != Range{0, 0})
    given.note("shift_limit isn't carried over: the centre stays");
  return made;
}

Written piecewise_affine(Given& given) {
  const Range rows = given.range({"nb_rows", "nb_rows_range"}, {4, 4}),
              scale = given.range({"scale", "scale_range"}, {0.03, 0.05});
  given.find({"nb_cols", "nb_cols_range"});
  Written made{.name = "PiecewiseAffine"};
  const double cells = std::clamp(rows.high - 1, 1., 64.);
  made.set("grid", cells);
  made.set("limit", Range{std::min(0.24, scale.low * cells), std::min(0.24, scale.high * cells)});
  given.sample(made);
  return made;
}

Written thin_plate_spline(Given& given) {
  const Range scale = given.range({"scale_range"}, {0.2, 0.4});
  Written made{.name = "ThinPlateSpline"};
  made.set("grid", std::clamp(given.number({"num_control_points"}, 4) - 1, 1., 15.));
  made.set("limit", Range{std::min(0.3, scale.low / 4), std::min(0.3, scale.high / 4)});
  given.sample(made);
  given.note("points move by up to a quarter of its normal deviation");
  return made;
}

Written grid_shuffle(Given& given) {
  const std::vector<double> grid = given.numbers({"grid"});
  Written made{.name = "GridShuffle"};
  return grid.size() == 2 ? made.set("grid", list_yaml(grid)) : made;
}

Written morphology(Given& given) {
  const Range size = given.range({"scale", "scale_range"}, {2, 3});
  Written made{.name = "Morphology"};
  made.set("mode", given.word({"operation"}, "dilation") == "erosion" ? "erode" : "dilate");
  made.set("radius", Range{size.low / 2, size.high / 2});
  return made;
}

constexpr std::array<AlbumentationsMap, 19> kGeometry{{{"HorizontalFlip", named<kHorizontalFlip>},
                                                       {"VerticalFlip", named<kVerticalFlip>},
                                                       {"Flip", any_flip},
                                                       {"Transpose", named<kTranspose>},
                                                       {"RandomRotate90", named<kRotate90>, 1},
                                                       {"D4", named<kDihedral>, 1},
                                                       {"SquareSymmetry", named<kDihedral>, 1},
                                                       {"Rotate", rotate},
                                                       {"SafeRotate", safe_rotate},
                                                       {"ShiftScaleRotate", shift_scale_rotate},
                                                       {"Affine", affine},
                                                       {"Perspective", perspective},
                                                       {"ElasticTransform", elastic},
                                                       {"GridDistortion", grid_distortion},
                                                       {"OpticalDistortion", optical_distortion},
                                                       {"PiecewiseAffine", piecewise_affine},
                                                       {"ThinPlateSpline", thin_plate_spline},
                                                       {"RandomGridShuffle", grid_shuffle},
                                                       {"Morphological", morphology}}};

}  // namespace

std::span<const AlbumentationsMap> albumentations_geometry() { return kGeometry; }

}  // namespace doppel::augment
