#include <gmock/gmock.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/import/imported.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

using testing::HasSubstr;

Recipe keras_recipe(const std::string& arguments) { return Recipe::from_yaml(import_keras(arguments).yaml); }
std::string keras_problem(const std::string& arguments) {
  return error_of([&] { import_keras(arguments); });
}

TEST(ImportKeras, WritesWhatIsMeant) {
  EXPECT_EQ(import_keras("rotation_range=40, width_shift_range=0.2, height_shift_range=0.1, zoom_range=0.2, "
                         "horizontal_flip=True, brightness_range=(0.5, 1.5), rescale=1./255")
                .yaml,
            R"(- Rotate: {p: 1, fill: replicate, angle: [-40, 40]}
- Translate: {p: 1, fill: replicate, x: [-0.2, 0.2], y: [-0.1, 0.1]}
- Squeeze: {p: 1, fill: replicate, x: [0.8, 1.2], y: [0.8, 1.2], of: view}
- HorizontalFlip
- Brightness: {p: 1, factor: [0.5, 1.5]}
)");
  EXPECT_EQ(import_keras("ImageDataGenerator(rescale=1/255.0)").yaml, "[]\n");
  EXPECT_EQ(import_keras("rescale=1/127.5, fill_mode='reflect'").yaml,
            "- Normalize: {mean: [0], std: [0.5]}\n");
}

TEST(ImportKeras, ShiftsAreSharesPixelsOrLists) {
  const auto yaml = [](const std::string& arguments) {
    return import_keras(arguments + ", rescale=1/255").yaml;
  };
  EXPECT_THAT(
      yaml("width_shift_range=20"),
      HasSubstr("Translate: {p: 1, fill: replicate, x: [-19.5, 19.5], y: 0, unit: pixels, whole: true}"));
  EXPECT_THAT(yaml("height_shift_range=20."), HasSubstr("x: 0, y: [-20, 20], unit: pixels}"));
  EXPECT_EQ(yaml("width_shift_range=[-10, 0, 5]"), R"(- OneOf:
    p: 1
    weights: [1, 1, 2, 1, 1]
    of:
      - Translate: {p: 1, fill: replicate, x: -10, y: 0, unit: pixels}
      - Translate: {p: 1, fill: replicate, x: -5, y: 0, unit: pixels}
      - Translate: {p: 1, fill: replicate, x: 0, y: 0, unit: pixels}
      - Translate: {p: 1, fill: replicate, x: 5, y: 0, unit: pixels}
      - Translate: {p: 1, fill: replicate, x: 10, y: 0, unit: pixels}
)");
  // Of different kinds: one after the other.
  EXPECT_EQ(keras_recipe("width_shift_range=0.2, height_shift_range=5").transforms().size(), 2U);
}

TEST(ImportKeras, FillsAreThoseOfSciPy) {
  const auto fill = [](const std::string& mode) {
    return import_keras("rotation_range=9, fill_mode=" + mode).yaml;
  };
  EXPECT_THAT(fill("'nearest'"), HasSubstr("fill: replicate"));
  EXPECT_THAT(fill("'reflect'"), HasSubstr("fill: symmetric"));
  EXPECT_THAT(fill("'wrap'"), HasSubstr("fill: wrap"));
  EXPECT_THAT(fill("'constant', cval=51"), HasSubstr("fill: 0.2"));
  EXPECT_THAT(import_keras("rotation_range=9, interpolation_order=0").yaml, HasSubstr("filter: nearest"));
}

TEST(ImportKeras, NumbersAreNormalisedOnceAtTheEnd) {
  const auto last = [](const std::string& arguments) {
    const std::string yaml = import_keras(arguments).yaml;
    return yaml.substr(yaml.rfind("- "));
  };
  EXPECT_EQ(last("featurewise_center=True, featurewise_std_normalization=True"),
            "- Normalize: {preset: dataset}\n");
  EXPECT_EQ(last("featurewise_std_normalization=True"),
            "- Normalize: {preset: dataset}\n");  // Keras centres, too
  EXPECT_EQ(last("featurewise_center=True"), "- Normalize: {preset: dataset_mean}\n");
  EXPECT_EQ(last("samplewise_center=True"), "- Standardize: {channels: together, deviation: false}\n");
  EXPECT_EQ(last("samplewise_center=True, samplewise_std_normalization=True"),
            "- Standardize: {channels: together}\n");
  EXPECT_EQ(last("preprocessing_function=tf.keras.applications.mobilenet_v2.preprocess_input"),
            "- Normalize: {mean: [0.5], std: [0.5]}\n");
  EXPECT_EQ(last("preprocessing_function=densenet.preprocess_input"), "- Normalize: {preset: imagenet}\n");
}

TEST(ImportKeras, RescaleFollowsPreprocessing) {
  Sample sample;
  sample.image = cv::Mat(4, 4, CV_8UC3, cv::Scalar(51, 102, 204));
  const auto pixel = [&](const std::string& function) {
    const std::string arguments = "preprocessing_function=" + function + ".preprocess_input, rescale=0.5";
    return keras_recipe(arguments).apply(sample, {}).image.at<cv::Vec3f>(1, 1);
  };
  const cv::Vec3f tf = pixel("xception"), torch = pixel("densenet");
  EXPECT_NEAR(tf[0], 0.5 * (51 / 127.5 - 1), 1e-5);
  EXPECT_NEAR(torch[2], 0.5 * (0.8 - 0.406) / 0.225, 1e-5);
}

TEST(ImportKeras, FalseIsNothing) {
  EXPECT_EQ(import_keras("zoom_range=False, width_shift_range=False, height_shift_range=False, "
                         "rotation_range=False, shear_range=False, rescale=1/255")
                .yaml,
            "[]\n");
  EXPECT_THAT(keras_problem("zoom_range=True"),
              HasSubstr("zoom_range needs a number or [low, high], not True"));
}

TEST(ImportKeras, WhatIsNotCarriedOverIsSaid) {
  const auto notes = [](const std::string& arguments) {
    std::string all;
    for (const std::string& note : import_keras(arguments).notes) all += note + "\n";
    return all;
  };
  EXPECT_THAT(notes("preprocessing_function=lambda x: x / 2"),
              HasSubstr("preprocessing_function=lambda x: x / 2: register"));
  EXPECT_THAT(notes("zca_whitening=True"), HasSubstr("ZcaWhitening"));
  EXPECT_THAT(notes("validation_split=0.2"), HasSubstr("--valid 0.2"));
  EXPECT_THAT(notes("data_format='channels_last'"), HasSubstr("NHWC"));
  EXPECT_THAT(notes("shear_range=0.2"), HasSubstr("in degrees"));
  EXPECT_THAT(notes("rotation_range=2"), HasSubstr("without rescale"));
  EXPECT_EQ(notes("rotation_range=2, rescale=1/255"), "");
  // What only subtracts keeps the scale.
  EXPECT_THAT(notes("samplewise_center=True"), HasSubstr("Keras' numbers are 255 times these"));
  EXPECT_THAT(notes("featurewise_center=True"), HasSubstr("Keras' numbers are 255 times these"));
  EXPECT_THAT(notes("samplewise_center=True, rescale=1/127.5"),
              HasSubstr("Keras' numbers are 2 times these"));
  EXPECT_EQ(notes("samplewise_center=True, rescale=1/255"), "");
  EXPECT_EQ(notes("samplewise_std_normalization=True"), "");
  EXPECT_EQ(notes("featurewise_std_normalization=True"), "");
  const std::string densenet = "preprocessing_function=densenet.preprocess_input";
  EXPECT_THAT(notes(densenet + ", rescale=1/255"),
              HasSubstr("gives by rescale=0.00392157, and so does this"));
  EXPECT_THAT(notes(densenet + ", samplewise_center=True"),
              HasSubstr("samplewise_std_normalization are left"));
  EXPECT_THAT(notes(densenet + ", featurewise_center=True"),
              HasSubstr("are left out: Keras applies them after "
                        "preprocessing_function"));
  EXPECT_EQ(notes("preprocessing_function=efficientnet.preprocess_input, rescale=1/255"), "");
  // Each is a comment of the recipe.
  EXPECT_THAT(import_keras("zca_whitening=True, rotation_range=2").yaml, HasSubstr("# zca_whitening"));
}

TEST(ImportKeras, EveryArgumentIsDrawn) {
  for (const char* arguments :
       {"", "featurewise_center=False, rotation_range=360",
        "width_shift_range=1, height_shift_range=[0.1, -0.2]", "shear_range=45, fill_mode='wrap'",
        "zoom_range=[0.5, 1.0], vertical_flip=True", "channel_shift_range=150.0",
        "samplewise_center=True, samplewise_std_normalization=True, rotation_range=10, cval=255, "
        "fill_mode='constant'",
        "False, True, False, True, False, 1e-06, 30, 0.1, 0.1, (0.9, 1.1), 5, 0.1, 10, 'reflect', 0, True, "
        "True, None, "
        "None, 'channels_last', 0.1, 3, 'float32'"}) {
    Sample sample;
    sample.image = wavy(40, 50, 3);
    for (std::uint64_t i = 0; i < 5; ++i)
      EXPECT_EQ(keras_recipe(arguments).apply(sample, {.index = i}).image.size(), sample.image.size())
          << arguments;
  }
}

/// What Keras' matrix is for numbers that it has drawn: from an output pixel's place to the source's, from
/// the centre. keras/src/legacy/preprocessing/image.py, apply_affine_transform(): rotation · shift · shear ·
/// zoom in (x, y).
Point keras_reads(Point at, double theta, double tx, double ty, double shear, double zx, double zy) {
  const double x = zx * at.x, y = zy * at.y;
  const double sx = x - std::sin(shear) * y + tx, sy = std::cos(shear) * y + ty;
  return {std::cos(theta) * sx - std::sin(theta) * sy, std::sin(theta) * sx + std::cos(theta) * sy};
}

TEST(ImportKeras, GeometryIsThatOfItsMatrix) {
  const Recipe recipe = keras_recipe(
      "rotation_range=40, width_shift_range=0.2, height_shift_range=0.1, shear_range=25, zoom_range=[0.6, "
      "1.5]");
  Sample sample;
  sample.image = wavy(40, 60, 1);
  for (std::uint64_t i = 0; i < 50; ++i) {
    const Plan plan = recipe.draw(sample, {.index = i});
    ASSERT_EQ(plan.ops.size(), 4U);
    const auto map = [&](std::size_t k) { return std::get<op::Warp>(plan.ops[k]).map; };
    const auto moved = [&](std::size_t k, Point p) { return move_point(plan.ops[k], {40, 60}, p); };
    // The numbers that were drawn, out of each op.
    const double theta = std::atan2(map(0).m[1], map(0).m[0]);
    const Point shift = moved(1, {0, 0});
    const double shear = std::atan(map(2).m[1]), zx = 1 / map(3).m[0], zy = 1 / map(3).m[4];
    EXPECT_LE(std::abs(theta), 0.6982);
    EXPECT_LE(std::abs(shift.x), 12);
    EXPECT_LE(std::abs(shift.y), 4);
    EXPECT_TRUE(zx >= 0.6 - 1e-9 && zx <= 1.5 + 1e-9 && zy >= 0.6 - 1e-9 && zy <= 1.5 + 1e-9);
    for (const Point at : {Point{-20, -11}, Point{17, 5}, Point{0, 0}, Point{-3, 19}}) {
      const Point from = keras_reads(at, theta, -shift.x, -shift.y, shear, zx, zy);
      const Point to = plan.map({30 + from.x, 20 + from.y});
      EXPECT_NEAR(to.x - 30, at.x, 1e-6);
      EXPECT_NEAR(to.y - 20, at.y, 1e-6);
    }
  }
}

TEST(ImportKeras, PixelsAreThoseOfItsAffineTransform) {
  // apply_affine_transform(x, theta=20, tx=1.5, ty=-0.7, shear=15, zx=0.8, zy=1.3, row_axis=0, col_axis=1,
  // channel_axis=2, fill_mode=…) of keras-preprocessing 3e38006 with SciPy 1.15.3, x[r, c] = (5r² + 31c) %
  // 101.
  const std::array<float, 49> nearest{
      42.5498F, 65.8542F, 85,       85,       85,       86.0389F, 87.407F,  31.0507F, 43.6301F, 68.3026F,
      88.6273F, 89.9953F, 66.5493F, 43.0183F, 88.0937F, 36.596F,  55.6793F, 51.5887F, 5.5991F,  12.4395F,
      19.2799F, 53.1952F, 24.2091F, 54.3539F, 84.4987F, 67.6609F, 43.0867F, 52.6633F, 30.5827F, 31.4455F,
      54.4304F, 13.2594F, 31.026F,  47.4395F, 22.5045F, 22.6025F, 49.9799F, 56.4315F, 21.4868F, 34.6601F,
      43.0115F, 45.6342F, 37.8322F, 33.6848F, 39.757F,  52.7722F, 59.5369F, 6.9141F,  21.6853F};
  std::array<float, 49> mirrored = nearest;
  const std::array<float, 7> first{43.3513F, 65.8542F, 85, 85, 65.2327F, 42.9672F, 35.2884F};
  std::copy(first.begin(), first.end(), mirrored.begin());
  mirrored[7 + 5] = 64.3225F, mirrored[7 + 6] = 54.9335F, mirrored[14 + 6] = 64.7704F;
  const std::array<float, 49>& reflect = mirrored;
  Sample sample;
  sample.image = cv::Mat(7, 7, CV_32FC1);
  for (int r = 0; r < 7; ++r)
    for (int c = 0; c < 7; ++c)
      sample.image.at<float>(r, c) = static_cast<float>((5 * r * r + 31 * c) % 101) / 255;
  for (const auto& [fill, expected] : {std::pair{"replicate", &nearest}, std::pair{"symmetric", &reflect}}) {
    const std::string common = std::string(", p: 1, fill: ") + fill + "}\n";
    const Recipe recipe = Recipe::from_yaml(
        "- Rotate: {angle: 20" + common + "- Translate: {x: -1.5, y: 0.7, unit: pixels" + common +
        "- Affine: {scale: 1, translate: 0, angle: 0, shear_x: 15, shear_y: 0, shear_by: turn" + common +
        "- Squeeze: {x: 0.8, y: 1.3, of: view" + common);
    const cv::Mat out = recipe.apply(sample, {}).image;
    for (int i = 0; i < 49; ++i)
      EXPECT_NEAR(out.at<float>(i / 7, i % 7) * 255, (*expected)[static_cast<std::size_t>(i)], 0.02)
          << fill << " " << i;
  }
}

TEST(ImportKeras, WhatIsWrongIsNamedWithItsPlace) {
  EXPECT_EQ(keras_problem("rotation_rnge=40"),
            "Keras' arguments, column 1: ImageDataGenerator has no argument 'rotation_rnge'; did you mean "
            "'rotation_range'?");
  EXPECT_EQ(keras_problem("rescale=1/255, rotation_range='40'"),
            "Keras' arguments, column 16: rotation_range needs a number, not '40'");
  EXPECT_EQ(keras_problem("rotation_range=True"),
            "Keras' arguments, column 1: rotation_range needs a number, not True");
  EXPECT_EQ(keras_problem("horizontal_flip=0.5"),
            "Keras' arguments, column 1: horizontal_flip needs True or False, not 0.5");
  EXPECT_EQ(keras_problem("brightness_range=0.5"),
            "Keras' arguments, column 1: brightness_range needs two numbers, as [0.8, 1.2], not 0.5");
  EXPECT_EQ(keras_problem("zoom_range=[1, 2, 3]"),
            "Keras' arguments, column 1: zoom_range needs two numbers, as [0.8, 1.2], not [1, 2, 3]");
  EXPECT_THAT(keras_problem("zoom_range=1.5"), HasSubstr("zoom_range=1.5 would draw factors from -0.5 on"));
  EXPECT_THAT(keras_problem("zoom_range=[-1, 2]"),
              HasSubstr("zoom_range is -1, but must be between 0.01 and 100"));
  EXPECT_EQ(keras_problem("fill_mode='refelct'"),
            "Keras' arguments, column 1: fill_mode needs one of 'nearest', 'constant', 'reflect', 'wrap', "
            "not 'refelct'; did "
            "you mean 'reflect'?");
  EXPECT_EQ(keras_problem("width_shift_range='a'"),
            "Keras' arguments, column 1: width_shift_range needs a share, a number of pixels, or a list of "
            "them, not 'a'");
  EXPECT_EQ(keras_problem("validation_split=1.5"),
            "Keras' arguments, column 1: validation_split is 1.5, but must be between 0 and 1");
  EXPECT_EQ(keras_problem("rotation_range=1, rotation_range=2"),
            "Keras' arguments, column 19: 'rotation_range' is given twice");
  EXPECT_THAT(keras_problem("rotation_range=1, 2"), HasSubstr("a value without a name follows"));
  EXPECT_THAT(keras_problem("shear_range=95"), HasSubstr("between -80 and 80"));
}

}  // namespace
}  // namespace doppel::augment
