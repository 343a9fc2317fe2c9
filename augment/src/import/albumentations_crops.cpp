// Crops, pads, sizes and covers of Albumentations'.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "albumentations_arguments.h"

namespace doppel::augment {
namespace {

using Given = AlbumentationsArguments;

/// Pixels of Albumentations' that are shares here are worked out for this side.
constexpr double kCropSide = 256;

/// [height, width], of `size` or of two arguments.
std::string size_of_crop(Given& given) {
  const std::vector<double> size = given.numbers({"size"});
  if (size.size() == 2) return list_yaml(size);
  return list_yaml(std::array{given.number({"height"}, 0), given.number({"width"}, 0)});
}

void set_resize_filter(Given& given, Written& made) {
  if (const std::string filter = given.resize_filter(); filter != "bilinear") made.set("filter", filter);
}

Written random_crop(Given& given) {
  Written made{.name = "RandomCrop"};
  made.set("size", size_of_crop(given));
  const std::string fill = given.fill({"border_mode"}, {"fill"});
  if (given.flag({"pad_if_needed"}, false)) made.set("pad_if_needed", "true").set("fill", fill);
  return made;
}

Written center_crop(Given& given) {
  given.fill({"border_mode"}, {"fill"});
  if (given.flag({"pad_if_needed"}, false))
    given.note("pad_if_needed isn't carried over: let a Pad go before");
  return Written{.name = "CenterCrop"}.set("size", size_of_crop(given));
}

Written random_resized_crop(Given& given) {
  Written made{.name = "RandomResizedCrop"};
  made.set("size", size_of_crop(given));
  made.set("scale", given.range({"scale"}, {0.08, 1})).set("ratio", given.range({"ratio"}, {0.75, 4 / 3.}));
  set_resize_filter(given, made);
  return made;
}

Written random_sized_crop(Given& given) {
  const Range height = given.range({"min_max_height"}, {kCropSide / 2, kCropSide});
  Written made{.name = "RandomSizedCrop"};
  made.set("height", Range{std::min(1., height.low / kCropSide), std::min(1., height.high / kCropSide)});
  made.set("ratio", given.number({"w2h_ratio"}, 1)).set("size", size_of_crop(given));
  set_resize_filter(given, made);
  given.note(fmt::format("min_max_height is in pixels there, a share of the height here: worked out for {}",
                         kCropSide));
  return made;
}

Written object_safe_crop(Given& given) {
  Written made{.name = "ObjectSafeCrop"};
  if (const std::string size = size_of_crop(given); size != "[0, 0]") made.set("size", size);
  made.set("keep", std::clamp(1 - given.number({"erosion_rate"}, 0), 0., 1.));
  set_resize_filter(given, made);
  return made;
}

Written crop_at_least_one(Given& given) {
  Written made{.name = "CropAtLeastOne"};
  made.set("size", size_of_crop(given));
  return made.set("keep", std::clamp(1 - given.number({"erosion_factor"}, 0), 0., 1.));
}

Written crop_on_mask(Given& given) {
  Written made{.name = "CropOnMask"};
  made.set("size", size_of_crop(given));
  if (const auto ignored = given.numbers({"ignore_values"}); !ignored.empty()) {
    std::vector<double> all = ignored;
    if (std::ranges::find(all, 0.) == all.end()) all.insert(all.begin(), 0);
    made.set("ignore", list_yaml(all));
  }
  return made;
}

Written crop_near_object(Given& given) {
  given.find({"cropping_bbox_key", "cropping_box_key"});
  const Range shift = given.range({"max_part_shift"}, {0, 0.3});
  given.note("the box is any of the sample's own, not one that is handed over");
  return Written{.name = "CropNearObject"}.set("jitter", shift.high);
}

Written crop_from_borders(Given& given) {
  Written made{.name = "CropFromBorders"};
  for (const auto& [field, argument] : {std::pair{"left", "crop_left"},
                                        {"right", "crop_right"},
                                        {"top", "crop_top"},
                                        {"bottom", "crop_bottom"}}) {
    const double share = given.number({argument}, 0.1);
    made.set(field, Range{0, std::min(0.49, share)});
    if (share > 0.49) given.note(fmt::format("{}={} is cut to 0.49", argument, share));
  }
  return made;
}

Written crop_and_pad(Given& given) {
  given.fill({"pad_mode", "border_mode"}, {"pad_cval", "fill"});
  given.find({"keep_size", "sample_independently", "interpolation"});
  const YAML::Node percent = given.find({"percent"});
  Written made;
  if (percent.IsScalar() && given.number({"percent"}, 0) < 0) {
    made.name = "CropFromBorders";
    const double share = std::min(0.49, -given.number({"percent"}, 0));
    for (const char* side : {"left", "right", "top", "bottom"}) made.set(side, Range{0, share});
    given.note("the result isn't resized to the old size");
  } else {
    given.find({"px"});
    given.note("has no counterpart but for percent below 0; see Pad and CropFromBorders");
  }
  return made;
}

Written crop(Given& given) {
  given.fill({"border_mode"}, {"fill"});
  const double x0 = given.number({"x_min"}, 0), y0 = given.number({"y_min"}, 0),
               x1 = given.number({"x_max"}, 1024), y1 = given.number({"y_max"}, 1024);
  given.find({"pad_if_needed"});
  given.note(fmt::format(
      "the window from ({}, {}) to ({}, {}) is in pixels there, in shares of the sides here: left out; "
      "write - Crop: {{box: [x0, y0, x1, y1]}}",
      x0, y0, x1, y1));
  return {};
}

Written resize(Given& given) {
  Written made{.name = "Resize"};
  made.set("size", size_of_crop(given));
  set_resize_filter(given, made);
  return made;
}

/// One of several sizes, where several are named.
Written side(Given& given, const char* name) {
  Written made{.name = name};
  set_resize_filter(given, made);
  if (!given.find({"max_size_hw"}).IsNull() && given.find({"max_size"}).IsNull()) {
    given.note("max_size_hw has no counterpart; see Letterbox");
    return {};
  }
  const std::vector<double> sizes = given.numbers({"max_size"});
  if (sizes.size() < 2) return made.set("size", sizes.empty() ? 1024 : sizes.front());
  Written choice{.name = "OneOf"};
  for (const double size : sizes) choice.parts.push_back(Written(made).set("size", size));
  return choice;
}
Written longest_side(Given& given) { return side(given, "LongestSide"); }
Written shortest_side(Given& given) { return side(given, "ShortestSide"); }

Written random_scale(Given& given) {
  const Range limit = given.range({"scale_limit", "scale_range"}, {-0.1, 0.1}, OneNumber::EitherSign);
  Written made{.name = "RandomScale"};
  made.set("factor", Range{1 + limit.low, 1 + limit.high});
  set_resize_filter(given, made);
  return made;
}

Written pad_if_needed(Given& given) {
  Written made{.name = "Pad"};
  const double height = given.number({"min_height"}, 0), width = given.number({"min_width"}, 0);
  if (height > 0 || width > 0) made.set("to", list_yaml(std::array{height, width}));
  const double down = given.number({"pad_height_divisor"}, 0),
               across = given.number({"pad_width_divisor"}, 0);
  if (down > 0 || across > 0) made.set("divisor", std::max(down, across));
  given.find({"padding"});
  return made.set("fill", given.fill({"border_mode"}, {"fill", "value"}));
}

Written pad(Given& given) {
  std::vector<double> sides = given.numbers({"padding"});  // all; x and y; left, top, right, bottom
  if (sides.size() == 1) sides.assign(4, sides.front());
  if (sides.size() == 2) sides = {sides[0], sides[1], sides[0], sides[1]};
  Written made{.name = "Pad"};
  if (sides.size() == 4)
    made.set("left", sides[0]).set("top", sides[1]).set("right", sides[2]).set("bottom", sides[3]);
  return made.set("fill", given.fill({"border_mode"}, {"fill"}));
}

Written letterbox(Given& given) {
  Written made{.name = "Letterbox"};
  made.set("size", size_of_crop(given)).set("fill", given.fill({"border_mode"}, {"fill"}));
  set_resize_filter(given, made);
  return made;
}

/// Shares of a side; whole numbers are pixels there.
Range share_of_side(Given& given, Given::Names names, const Range& range) {
  if (!given.is_whole(names)) return range;
  given.note(fmt::format("{} is in pixels there, a share of the side here: worked out for {}", *names.begin(),
                         kCropSide));
  return {std::min(1., range.low / kCropSide), std::min(1., range.high / kCropSide)};
}

/// CoarseDropout of any version, and Cutout.
Written holes(Given& given, const char* name) {
  Written made{.name = name};
  const double most = given.number({"max_holes", "num_holes"}, 0);
  const Range count =
      most > 0 ? Range{given.number({"min_holes"}, most), most} : given.range({"num_holes_range"}, {1, 2});
  made.set("holes", Range{std::min(count.low, count.high), count.high});
  for (const auto& [field, range, high, old, low] :
       {std::tuple{"height", "hole_height_range", "max_height", "max_h_size", "min_height"},
        {"width", "hole_width_range", "max_width", "max_w_size", "min_width"}}) {
    if (given.find({high, old}).IsNull()) {
      made.set(field, share_of_side(given, {range}, given.range({range}, {0.1, 0.2})));
      continue;
    }
    const double largest = given.number({high, old}, 8);
    made.set(field, share_of_side(given, {high, old}, {given.number({low}, largest), largest}));
  }
  given.cover(made, {"fill", "fill_value"});
  return made;
}
Written coarse_dropout(Given& given) { return holes(given, "CoarseDropout"); }
Written drop_in_object(Given& given) {
  given.find({"mask_indices", "bbox_labels", "mask_dropout_range", "object_labels"});
  return holes(given, "DropInObject");
}

Written grid_dropout(Given& given) {
  Written made{.name = "GridDropout"};
  made.set("ratio", given.number({"ratio"}, 0.5));
  Range unit = given.range({"unit_size_range"}, {0, 0});
  if (const double most = given.number({"unit_size_max"}, 0); most > 0)
    unit = {given.number({"unit_size_min"}, most), most};
  if (unit.high > 0) made.set("unit", Range{unit.low / kCropSide, unit.high / kCropSide});
  if (unit.high > 0)
    given.note(
        fmt::format("the unit's pixels are a share of the short side here: worked out for {}", kCropSide));
  const std::vector<double> counts = given.numbers({"holes_number_xy"});
  if (!counts.empty() || given.number({"holes_number_x"}, 0) > 0) {
    const double count = counts.empty() ? given.number({"holes_number_x"}, 10) : counts.front();
    made.set("unit", 1 / std::max(1., count));
    given.find({"holes_number_y"});
  }
  given.find({"shift_xy", "shift_x", "shift_y"});
  if (!given.flag({"random_offset"}, true)) given.note("the grid's offset is drawn here");
  const std::string color = given.color({"fill", "fill_value"});
  if (color != "0") made.set("color", color.front() == '[' ? color : "[" + color + "]");
  return made;
}

Written erasing(Given& given) {
  const Range ratio = given.range({"ratio"}, {0.3, 3.3});
  Written made{.name = "RandomErasing"};
  made.set("area", given.range({"scale"}, {0.02, 0.33}));
  if (ratio.low > 0) made.set("ratio", Range{1 / ratio.high, 1 / ratio.low});  // width over height there
  given.cover(made, {"fill"});
  return made;
}

Written mask_dropout(Given& given) {
  given.find({"max_objects", "max_objects_range"});
  Written made{.name = "ObjectDropout"};
  given.cover(made, {"fill", "image_fill_value"});
  given.note("objects are dropped by share, not by number");
  return made;
}

Written strips(Given& given) {
  Written made{.name = "StripDropout"};
  made.set("columns", given.range({"num_masks_x", "num_masks_x_range"}, {0, 0}));
  made.set("rows", given.range({"num_masks_y", "num_masks_y_range"}, {0, 0}));
  const Range x = given.range({"mask_x_length", "mask_x_length_range"}, {0, 0}),
              y = given.range({"mask_y_length", "mask_y_length_range"}, {0, 0});
  const Range& wider = x.high >= y.high ? x : y;
  made.set("width", Range{std::min(1., wider.low / kCropSide), std::min(1., wider.high / kCropSide)});
  given.cover(made, {"fill", "fill_value"});
  given.note(fmt::format("mask lengths are in pixels there, one share of the side here: worked out for {}",
                         kCropSide));
  return made;
}

/// One strip of a spectrogram, up to so many pixels wide: down where time is masked, across where
/// frequencies are.
Written spectrum_strip(Given& given, const char* length, double initial, bool down) {
  const double most = given.number({length}, initial);
  Written made{.name = "StripDropout"};
  made.set("columns", down ? 1 : 0).set("rows", down ? 0 : 1);
  made.set("width", Range{0, std::clamp(most / kCropSide, 0., 1.)});
  given.cover(made, {"fill", "fill_value"});
  given.note(
      fmt::format("{} is in pixels there, a share of the side here: worked out for {}", length, kCropSide));
  return made;
}
Written time_masking(Given& given) { return spectrum_strip(given, "time_mask_param", 40, true); }
Written frequency_masking(Given& given) { return spectrum_strip(given, "freq_mask_param", 30, false); }

constexpr std::array kCrops{AlbumentationsMap{"RandomCrop", random_crop, 1},
                            AlbumentationsMap{"CenterCrop", center_crop, 1},
                            AlbumentationsMap{"RandomResizedCrop", random_resized_crop, 1},
                            AlbumentationsMap{"RandomSizedCrop", random_sized_crop, 1},
                            AlbumentationsMap{"BBoxSafeRandomCrop", object_safe_crop, 1},
                            AlbumentationsMap{"RandomSizedBBoxSafeCrop", object_safe_crop, 1},
                            AlbumentationsMap{"AtLeastOneBBoxRandomCrop", crop_at_least_one, 1},
                            AlbumentationsMap{"CropNonEmptyMaskIfExists", crop_on_mask, 1},
                            AlbumentationsMap{"RandomCropNearBBox", crop_near_object, 1},
                            AlbumentationsMap{"RandomCropFromBorders", crop_from_borders, 1},
                            AlbumentationsMap{"CropAndPad", crop_and_pad, 1},
                            AlbumentationsMap{"Crop", crop, 1},
                            AlbumentationsMap{"Resize", resize, 1},
                            AlbumentationsMap{"LongestMaxSize", longest_side, 1},
                            AlbumentationsMap{"SmallestMaxSize", shortest_side, 1},
                            AlbumentationsMap{"RandomScale", random_scale},
                            AlbumentationsMap{"PadIfNeeded", pad_if_needed, 1},
                            AlbumentationsMap{"Pad", pad, 1},
                            AlbumentationsMap{"LetterBox", letterbox, 1},
                            AlbumentationsMap{"CoarseDropout", coarse_dropout},
                            AlbumentationsMap{"Cutout", coarse_dropout},
                            AlbumentationsMap{"ConstrainedCoarseDropout", drop_in_object},
                            AlbumentationsMap{"GridDropout", grid_dropout},
                            AlbumentationsMap{"Erasing", erasing},
                            AlbumentationsMap{"RandomErasing", erasing},
                            AlbumentationsMap{"MaskDropout", mask_dropout},
                            AlbumentationsMap{"XYMasking", strips},
                            AlbumentationsMap{"TimeMasking", time_masking},
                            AlbumentationsMap{"FrequencyMasking", frequency_masking}};

}  // namespace

std::span<const AlbumentationsMap> albumentations_crops() { return kCrops; }

}  // namespace doppel::augment
