// The fixtures are what to_dict() of Albumentations 1.3.1 and 2.0.8 gave for every transform with its
// defaults (a few arguments where there are none), compositions left out.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <opencv2/core.hpp>
#include <sstream>

#include "augment/test_images.h"
#include "doppel/augment/import/imported.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

std::string albumentations_fixture(const std::string& version) {
  std::ifstream file(std::string(DOPPEL_AUGMENT_DATA) + "/albumentations_" + version + ".json");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}
std::string pipeline_of(const std::string& transforms, const std::string& more = "") {
  return R"({"__version__": "2.0.8", "transform": {"__class_fullname__": "Compose", "p": 1.0, "transforms": [)" +
         transforms + "]" + more + "}}";
}
Imported imported_alone(const std::string& name, const std::string& arguments, const std::string& p = "0.5") {
  return import_albumentations(pipeline_of(R"({"__class_fullname__": ")" + name + R"(", "p": )" + p +
                                           (arguments.empty() ? "" : ", " + arguments) + "}"));
}
/// The recipe of one transform without its notes.
std::string recipe_alone(const std::string& name, const std::string& arguments,
                         const std::string& p = "0.5") {
  std::istringstream lines(imported_alone(name, arguments, p).yaml);
  std::string kept;
  for (std::string line; std::getline(lines, line);)
    if (line.find("# ") == line.npos) kept += line + "\n";
  return kept;
}
/// Each transform's text in a fixture: one a line.
std::vector<std::string> transforms_in(const std::string& fixture) {
  std::istringstream lines(fixture);
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(R"({"__class_fullname__")")) all.push_back(line.substr(0, line.rfind('}') + 1));
  return all;
}

TEST(ImportAlbumentations, EveryTransformOfTwoVersionsIsDrawnOrNamed) {
  Sample sample;
  sample.image = wavy(120, 140, 3);
  sample.masks = {cv::Mat(120, 140, CV_8UC1, cv::Scalar(1))};
  sample.boxes = {{20, 20, 90, 80, 0, 1}};
  for (const char* version : {"1.3.1", "2.0.8"}) {
    const std::vector<std::string> all = transforms_in(albumentations_fixture(version));
    ASSERT_GT(all.size(), 80U);
    std::size_t mapped = 0;
    for (const std::string& one : all) {
      SCOPED_TRACE(one);
      const Imported made = import_albumentations(pipeline_of(one));
      const Recipe recipe = Recipe::from_yaml(made.yaml);
      // Nothing vanishes: it's there, or a note has its name.
      if (recipe.transforms().empty())
        EXPECT_TRUE(!made.notes.empty() || one.find("NoOp") != one.npos) << made.yaml;
      else
        ++mapped;
      for (const std::string& note : made.notes) EXPECT_THAT(note, Not(HasSubstr("left out: "))) << made.yaml;
      for (std::uint64_t i = 0; i < 3; ++i) EXPECT_FALSE(recipe.apply(sample, {.index = i}).image.empty());
    }
    EXPECT_GE(mapped, std::string(version) == "2.0.8" ? 90U : 80U);
    // All of one pipeline, too.
    EXPECT_EQ(
        Recipe::from_yaml(import_albumentations(albumentations_fixture(version)).yaml).transforms().size(),
        mapped);
  }
}

TEST(ImportAlbumentations, GeometryMeansTheSame) {
  EXPECT_EQ(recipe_alone("Rotate", R"("limit": [-30, 30], "border_mode": 4, "fill": 0, "interpolation": 2)"),
            "- Rotate: {angle: [-30, 30], fill: reflect, filter: bicubic}\n");
  EXPECT_EQ(recipe_alone("Rotate", R"("angle_range": [-30, 10], "border_mode": 2)", "1"),
            "- Rotate: {angle: [-30, 10], fill: symmetric, p: 1}\n");
  EXPECT_EQ(recipe_alone("Rotate", R"("limit": 45, "border_mode": 0, "value": [255, 0, 51])"),
            "- Rotate: {angle: [-45, 45], fill: [1, 0, 0.2]}\n");
  EXPECT_EQ(recipe_alone("D4", "", "1.0"), "- Dihedral: {p: 1}\n");
  EXPECT_EQ(
      recipe_alone("RandomResizedCrop", R"("size": [224, 200], "scale": [0.5, 1], "ratio": [1, 1])", "1"),
      "- RandomResizedCrop: {size: [224, 200], scale: [0.5, 1], ratio: 1}\n");
  EXPECT_EQ(
      recipe_alone("RandomResizedCrop", R"("height": 224, "width": 200, "interpolation": 3)", "1"),
      "- RandomResizedCrop: {size: [224, 200], scale: [0.08, 1], ratio: [0.75, 1.3333333], filter: area}\n");
  EXPECT_EQ(recipe_alone("RandomScale", R"("scale_limit": [-0.2, 0.5])"),
            "- RandomScale: {factor: [0.8, 1.5]}\n");
  EXPECT_EQ(recipe_alone("PadIfNeeded", R"("min_height": 64, "min_width": 80, "border_mode": 1)", "1"),
            "- Pad: {to: [64, 80], fill: replicate}\n");
  EXPECT_EQ(
      recipe_alone("SmallestMaxSize", R"("max_size": [100, 200])", "1"),
      "- OneOf:\n    p: 1\n    of:\n      - ShortestSide: {size: 100}\n      - ShortestSide: {size: 200}\n");
}

TEST(ImportAlbumentations, AnAffineScalesTurnsShearsAndMoves) {
  EXPECT_EQ(
      recipe_alone(
          "Affine",
          R"("scale": [0.8, 1.2], "keep_ratio": true, "rotate": [-20, 20], "shear": {"x": [-5, 5], "y": [0, 0]},
                          "translate_percent": {"x": [-0.1, 0.1], "y": [0, 0]})"),
      R"(- Sequence:
    p: 0.5
    of:
      - Affine: {fill: 0, p: 1, scale: [0.8, 1.2], translate: 0, angle: 0, shear_x: 0, shear_y: 0}
      - Rotate: {fill: 0, p: 1, angle: [-20, 20]}
      - Affine: {fill: 0, p: 1, scale: 1, translate: 0, angle: 0, shear_x: [-5, 5], shear_y: 0}
      - Translate: {fill: 0, p: 1, x: [-0.1, 0.1], y: 0}
)");
  // Its matrix: shift to the centre · translate · shear · rotate · scale.
  const Recipe recipe = Recipe::from_yaml(
      imported_alone("Affine", R"("scale": [2, 2], "rotate": [90, 90], "shear": {"x": [45, 45], "y": [0, 0]},
                                  "translate_px": {"x": [3, 3], "y": [-1, -1]})",
                     "1")
          .yaml);
  Sample sample;
  sample.image = wavy(40, 40, 1);
  // (1, 2) from the centre: scaled (2, 4), turned (4, -2), sheared (2, -2), moved (5, -3).
  const Point to = recipe.draw(sample, {}).map({21, 22});
  EXPECT_NEAR(to.x, 25, 1e-9);
  EXPECT_NEAR(to.y, 17, 1e-9);
  EXPECT_EQ(
      recipe_alone(
          "ShiftScaleRotate",
          R"("shift_limit_x": [-0.0625, 0.0625], "shift_limit_y": [-0.0625, 0.0625], "scale_limit": [-0.1, 0.1],
                            "rotate_limit": [-45, 45], "border_mode": 0, "fill": 0)"),
      "- Affine: {fill: 0, scale: [0.9, 1.1], angle: [-45, 45], shear_x: 0, shear_y: 0, translate: [-0.0625, "
      "0.0625]}\n");
}

TEST(ImportAlbumentations, IntensitiesBecomeShares) {
  EXPECT_EQ(
      recipe_alone("HueSaturationValue",
                   R"("hue_shift_limit": [-18, 18], "sat_shift_limit": [-51, 51], "val_shift_limit": 0)"),
      "- HueSaturationValue: {hue: [-0.1, 0.1], saturation: [-0.2, 0.2], value: 0}\n");
  EXPECT_EQ(
      recipe_alone("RGBShift",
                   R"("r_shift_limit": [-51, 51], "g_shift_limit": [-0.1, 0.1], "b_shift_range": [0, 255])"),
      "- ColorShift: {r: [-0.2, 0.2], g: [-0.1, 0.1], b: [0, 1]}\n");
  EXPECT_EQ(recipe_alone("GaussNoise", R"("std_range": [0.1, 0.2])"), "- GaussianNoise: {std: [0.1, 0.2]}\n");
  EXPECT_EQ(recipe_alone("GaussNoise", R"("var_limit": [0, 650.25], "mean": 0)"),
            "- GaussianNoise: {std: [0, 0.1]}\n");
  EXPECT_EQ(recipe_alone("RandomGamma", R"("gamma_limit": [80, 120])"), "- Gamma: {gamma: [0.8, 1.2]}\n");
  EXPECT_EQ(recipe_alone("Solarize", R"("threshold": [128, 128])"), "- Solarize: {threshold: 0.5}\n");
  EXPECT_EQ(
      recipe_alone("ImageCompression", R"("quality_lower": 50, "quality_upper": 90, "compression_type": 1)"),
      "- WebpCompression: {quality: [50, 90]}\n");
  EXPECT_EQ(
      recipe_alone(
          "CoarseDropout",
          R"("num_holes_range": [1, 3], "hole_height_range": [0.1, 0.2], "hole_width_range": [8, 16], "fill": "random")"),
      "- CoarseDropout: {holes: [1, 3], height: [0.1, 0.2], width: [0.03125, 0.0625], fill: noise}\n");
  EXPECT_EQ(
      recipe_alone("Normalize",
                   R"("mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "max_pixel_value": 255.0)",
                   "1"),
      "- Normalize: {preset: imagenet}\n");
  EXPECT_EQ(recipe_alone("Normalize", R"("mean": [0.5], "std": [0.25], "max_pixel_value": 127.5)", "1"),
            "- Normalize: {mean: [0.25], std: [0.125]}\n");
}

TEST(ImportAlbumentations, ContrastIsAboutBlackAsItIsThere) {
  const Recipe recipe = Recipe::from_yaml(
      imported_alone(
          "RandomBrightnessContrast",
          R"("brightness_limit": [0.1, 0.1], "contrast_limit": [0.5, 0.5], "brightness_by_max": true)", "1")
          .yaml);
  Sample sample;
  sample.image = wavy(20, 30, 3, CV_32F) * 0.5;
  const cv::Mat expected = sample.image * 1.5 + cv::Scalar::all(0.1);
  EXPECT_LT(cv::norm(recipe.apply(sample, {}).image, expected, cv::NORM_INF), 1e-4);
}

TEST(ImportAlbumentations, StructuresKeepTheirChances) {
  const std::string flip = R"({"__class_fullname__": "HorizontalFlip", "p": 0.2})",
                    gray = R"({"__class_fullname__": "ToGray", "p": 0.6})";
  const auto yaml = [](const std::string& transforms) {
    return import_albumentations(pipeline_of(transforms)).yaml;
  };
  EXPECT_EQ(yaml(R"({"__class_fullname__": "OneOf", "p": 0.9, "transforms": [)" + flip + ", " + gray + "]}"),
            R"(- OneOf:
    p: 0.9
    weights: [0.2, 0.6]
    of:
      - HorizontalFlip: {p: 1}
      - Gray: {p: 1}
)");
  EXPECT_EQ(yaml(R"({"__class_fullname__": "SomeOf", "p": 0.5, "n": 1, "replace": true, "transforms": [)" +
                 flip + ", " + gray + "]}"),
            R"(- SomeOf:
    n: 1
    replace: true
    p: 0.5
    of:
      - HorizontalFlip: {p: 0.2}
      - Gray: {p: 0.6}
)");
  EXPECT_THAT(yaml(R"({"__class_fullname__": "Sequential", "p": 0.3, "transforms": [)" + flip + "]}"),
              HasSubstr("- Sequence:\n    p: 0.3\n"));
  // A part without a counterpart leaves the others, and their weights.
  const std::string gone = R"({"__class_fullname__": "my.Own", "p": 1})";
  EXPECT_EQ(yaml(R"({"__class_fullname__": "OneOf", "p": 0.5, "transforms": [)" + gone + ", " + flip + ", " +
                 gray + "]}"),
            R"(- OneOf:
    p: 0.5
    weights: [0.2, 0.6]
    of:
      # Own has no counterpart and is left out
      - HorizontalFlip: {p: 1}
      - Gray: {p: 1}
)");
  EXPECT_EQ(yaml(R"({"__class_fullname__": "OneOf", "p": 0.5, "transforms": [)" + gone + "]}"),
            "# Own has no counterpart and is left out\n# OneOf is left out: nothing is left in it\n[]\n");
  EXPECT_THAT(
      import_albumentations(
          R"({"__class_fullname__": "albumentations.core.composition.Compose", "p": 0.5, "transforms": [)" +
          flip + "]}")
          .yaml,
      HasSubstr("- Sequence:\n    p: 0.5\n"));
}

TEST(ImportAlbumentations, StructuresAreChosenByTheirChances) {
  const std::string flip = R"({"__class_fullname__": "HorizontalFlip", "p": 1})",
                    gray = R"({"__class_fullname__": "ToGray", "p": 1})";
  const auto structure = [](const std::string& name, const std::string& p, const std::string& parts) {
    return R"({"__class_fullname__": ")" + name + R"(", "p": )" + p + R"(, "transforms": [)" + parts + "]}";
  };
  EXPECT_EQ(import_albumentations(pipeline_of(structure("OneOf", "1",
                                                        structure("Sequential", "0.1", gray) + ", " +
                                                            structure("Sequential", "0.9", flip))))
                .yaml,
            R"(- OneOf:
    p: 1
    weights: [0.1, 0.9]
    of:
      - Sequence:
          p: 1
          of:
            - Gray: {p: 1}
      - Sequence:
          p: 1
          of:
            - HorizontalFlip: {p: 1}
)");
  // Each kind, beside a transform.
  for (const char* name : {"OneOf", "SomeOf", "RandomOrder", "OneOrOther", "Compose"})
    EXPECT_THAT(
        import_albumentations(pipeline_of(structure("OneOf", "1",
                                                    structure(name, "0.25", gray + ", " + flip) + ", " +
                                                        R"({"__class_fullname__": "VerticalFlip"})")))
            .yaml,
        HasSubstr("    weights: [0.25, 0.5]\n"))
        << name;
}

TEST(ImportAlbumentations, NothingIsAChoiceToo) {
  const std::string nothing = R"({"__class_fullname__": "NoOp", "p": 0.75})",
                    flip = R"({"__class_fullname__": "HorizontalFlip", "p": 0.25})";
  const auto imported = [](const std::string& name, const std::string& parts, const std::string& more = "") {
    return import_albumentations(pipeline_of(R"({"__class_fullname__": ")" + name + R"(", "p": 1, )" + more +
                                             R"("transforms": [)" + parts + "]}"));
  };
  Sample sample;
  sample.image = wavy(4, 5, 1);
  const auto flips = [&](const Imported& made) {
    const Recipe recipe = Recipe::from_yaml(made.yaml);
    int count = 0;
    for (std::uint64_t i = 0; i < 400; ++i) count += recipe.draw(sample, {.index = i}).ops.empty() ? 0 : 1;
    return count / 400.;
  };
  EXPECT_EQ(imported("OneOf", nothing + ", " + flip).yaml, R"(- OneOf:
    p: 1
    weights: [0.75, 0.25]
    of:
      - Repeat: {times: 0, do: [HorizontalFlip], p: 1}
      - HorizontalFlip: {p: 1}
)");
  EXPECT_NEAR(flips(imported("OneOf", nothing + ", " + flip)), 0.25, 0.08);
  EXPECT_NEAR(flips(imported("SomeOf", nothing + ", " + flip, R"("n": 1, )")), 0.125, 0.06);
  // A Sequential of nothing is nothing, too, and one without parts.
  for (const char* parts : {R"({"__class_fullname__": "NoOp"})", ""})
    EXPECT_NEAR(flips(imported("OneOf", R"({"__class_fullname__": "Sequential", "p": 0.75, "transforms": [)" +
                                            std::string(parts) + "]}, " + flip)),
                0.25, 0.08);
  EXPECT_EQ(flips(imported("OneOf", "")), 0);
  EXPECT_EQ(imported("Sequential", nothing + ", " + flip).yaml,
            "- Sequence:\n    of:\n      - HorizontalFlip: {p: 0.25}\n");
  // What is left out is another matter: how many are drawn is said.
  const Imported fewer =
      imported("SomeOf", R"({"__class_fullname__": "my.Own"}, )" + nothing + ", " + flip, R"("n": 2, )");
  EXPECT_THAT(fewer.yaml, HasSubstr("# SomeOf draws from 2 parts in place of 3"));
}

TEST(ImportAlbumentations, WhatIsNormalisedInBetweenIsSaid) {
  const std::string normalize = R"({"__class_fullname__": "Normalize", "p": 1})",
                    noise = R"({"__class_fullname__": "GaussNoise", "p": 1})";
  const auto wrapped = [](const std::string& name, const std::string& parts) {
    return R"({"__class_fullname__": ")" + name + R"(", "p": 1, "transforms": [)" + parts + "]}";
  };
  Sample sample;
  sample.image = wavy(8, 9, 3);
  const auto drawn = [&](const std::string& transforms, const std::string& p = "1") {
    Imported made = import_albumentations(R"({"__class_fullname__": "Compose", "p": )" + p +
                                          R"(, "transforms": [)" + transforms + "]}");
    const Recipe recipe = Recipe::from_yaml(made.yaml);
    for (std::uint64_t i = 0; i < 20; ++i) EXPECT_NO_THROW(recipe.draw(sample, {.index = i})) << made.yaml;
    return made;
  };
  EXPECT_THAT(drawn(normalize + ", " + noise).yaml,
              HasSubstr("# Normalize comes last here; there these follow it: GaussianNoise\n"));
  EXPECT_TRUE(drawn(noise + ", " + normalize + R"(, {"__class_fullname__": "NoOp"})").notes.empty());
  drawn(normalize + ", " + noise, "0.5");
  EXPECT_THAT(drawn(wrapped("Sequential", normalize + ", " + noise)).yaml,
              HasSubstr("there these follow it"));
  EXPECT_TRUE(drawn(noise + ", " + wrapped("Sequential", normalize)).notes.empty());
  EXPECT_THAT(drawn(wrapped("Sequential", normalize) + R"(, {"__class_fullname__": "ToTensorV2"})").yaml,
              HasSubstr("- Normalize"));
  for (const char* name : {"Sequential", "OneOf", "SomeOf"})
    EXPECT_THAT(drawn(wrapped(name, normalize + ", " + noise) + ", " + noise).yaml,
                HasSubstr("# Normalize within a structure that others follow is left out"));
}

TEST(ImportAlbumentations, StripsOfSpectrogramsAreCovered) {
  EXPECT_EQ(recipe_alone("TimeMasking", R"("time_mask_param": 64)"),
            "- StripDropout: {columns: 1, rows: 0, width: [0, 0.25], fill: color}\n");
  EXPECT_EQ(recipe_alone("FrequencyMasking", R"("freq_mask_param": 32)"),
            "- StripDropout: {columns: 0, rows: 1, width: [0, 0.125], fill: color}\n");
  Sample sample;
  sample.image = cv::Mat(64, 64, CV_8UC1, cv::Scalar(200));
  const Recipe recipe = Recipe::from_yaml(imported_alone("TimeMasking", "", "1").yaml);
  int covered = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const cv::Mat out = recipe.apply(sample, {.index = i}).image;
    covered += cv::countNonZero(out) < 64 * 64 ? 1 : 0;
    EXPECT_EQ(cv::countNonZero(out.row(0)), cv::countNonZero(out.row(63)));
  }
  EXPECT_GT(covered, 10);
}

TEST(ImportAlbumentations, RulesNotesAndTheOrderOfNormalisation) {
  const Imported made = import_albumentations(pipeline_of(
      R"({"__class_fullname__": "Normalize", "p": 1.0}, {"__class_fullname__": "HorizontalFlip", "p": 0.5},
                     {"__class_fullname__": "ToTensorV2", "p": 1.0})",
      R"(, "bbox_params": {"format": "coco", "min_area": 16, "min_visibility": 0.25, "min_width": 3},
                     "keypoint_params": {"format": "xy", "remove_invisible": true}, "additional_targets": {"image2": "image"}, "seed": 7)"));
  const Recipe recipe = Recipe::from_yaml(made.yaml);
  EXPECT_EQ(recipe.rules().min_area, 16);
  EXPECT_EQ(recipe.rules().min_visibility, 0.25);
  ASSERT_EQ(recipe.transforms().size(), 2U);
  EXPECT_EQ(recipe.transforms().back().name(), "Normalize");
  const std::string notes = testing::PrintToString(made.notes);
  for (const char* said : {"bbox_format=\\\"coco\\\"", "min_width=3", "additional_targets", "seed=7",
                           "ToTensorV2: is the loader's"})
    EXPECT_THAT(notes, AnyOf(HasSubstr(said), HasSubstr(std::string(said).substr(0, 12))));
}

TEST(ImportAlbumentations, YamlAsJson) {
  const Imported made = import_albumentations(
      "__version__: 2.0.8\ntransform:\n  __class_fullname__: Compose\n  p: 1.0\n  transforms:\n  - "
      "__class_fullname__: Rotate\n"
      "    p: 0.5\n    limit:\n    - -30.0\n    - 30.0\n    border_mode: 0\n    fill: 0.0\n    crop_border: "
      "true\n");
  EXPECT_EQ(made.yaml, "- Rotate: {angle: [-30, 30], valid_only: true, fill: 0}\n");
}

TEST(ImportAlbumentations, ArgumentsThatMatterAreSaid) {
  EXPECT_THAT(imported_alone("HorizontalFlip", R"("axis": 3)").yaml,
              HasSubstr("# HorizontalFlip: axis=3 isn't carried over\n"));
  EXPECT_THAT(imported_alone("Sharpen", R"("alpha": [0.2, 0.5], "lightness": [0.5, 1.0])").yaml,
              HasSubstr("lightness"));
  EXPECT_EQ(imported_alone("VerticalFlip", R"("always_apply": true)").yaml, "- VerticalFlip: {p: 1}\n");
  // What can't be as it is there is left out with the reason.
  EXPECT_THAT(imported_alone("Resize", R"("height": 0, "width": -3)").yaml,
              HasSubstr("# left out: Resize: "));
}

TEST(ImportAlbumentations, WhatIsWrongIsNamedWithItsLine) {
  const auto problem = [](const std::string& text) {
    return error_of([&] { import_albumentations(text, "p.json"); });
  };
  EXPECT_THAT(problem("[1, 2]"), HasSubstr("p.json:1: this is no pipeline of Albumentations'"));
  EXPECT_THAT(problem(""), HasSubstr("this is no pipeline"));
  EXPECT_THAT(problem("{\"transform\": 3}"), HasSubstr("this is no pipeline"));
  EXPECT_THAT(problem("{\"transform\": {\"__class_fullname__\": \"Compose\", \"p\": 1}}"),
              HasSubstr("Compose needs a list of transforms"));
  EXPECT_THAT(problem(pipeline_of("\n7")), HasSubstr("p.json:2: a transform of Albumentations' is a map"));
  EXPECT_THAT(problem(pipeline_of("\n{\"__class_fullname__\": \"Rotate\", \"limit\": \"wide\"}")),
              HasSubstr("p.json:2: Rotate: limit needs a number, not 'wide'"));
  EXPECT_THAT(problem(pipeline_of("{\"__class_fullname__\": \"Rotate\", \"limit\": [1, 2, 3]}")),
              HasSubstr("needs two numbers"));
  EXPECT_THAT(problem(pipeline_of("{\"__class_fullname__\": \"Rotate\", \"p\": 3}")),
              HasSubstr("p is 3, but must be 0 to 1"));
  EXPECT_THAT(problem("{\"transform\": {"), HasSubstr("p.json"));
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "{\"__class_fullname__\": \"OneOf\", \"p\": 1, \"transforms\": [";
  for (int i = 0; i < 40; ++i) deep += "]}";
  EXPECT_NE(problem(pipeline_of(deep)), "");
}

}  // namespace
}  // namespace doppel::augment
