// Magnitude 0 is the identity: every transform that has a magnitude leaves the image as it is, bit for bit.
#include <gtest/gtest.h>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

constexpr std::array kNothing{
    "Rotate90: {times: [0]}",
    "GridShuffle: {grid: [1, 1]}",
    "Crop: {box: [0, 0, 1, 1]}",
    "CenterCrop",
    "RandomCrop",
    "RandomResizedCrop: {scale: 1, ratio: [1.0689655172413792, 1.0689655172413794]}",
    "CropFromBorders: {left: 0, right: 0, top: 0, bottom: 0}",
    "RandomScale: {factor: 1}",
    "ScaleJitter: {scale: 1}",
    "Resize: {size: [29, 31]}",
    "LongestSide: {size: 31}",
    "ShortestSide: {size: 29}",
    "Letterbox: {size: [29, 31]}",
    "ZoomOut: {side: 1}",
    "Pad: {left: 0}",
    "Rotate: {angle: 0}",
    "Affine: {scale: 1, stretch: 1, translate: 0, angle: 0, shear_x: 0, shear_y: 0}",
    "Translate: {x: 0, y: 0}",
    "Squeeze: {x: 1, y: 1}",
    "Perspective: {distortion: 0}",
    "Elastic: {alpha: 0}",
    "GridDistortion: {limit: 0}",
    "OpticalDistortion: {k: 0}",
    "PiecewiseAffine: {limit: 0}",
    "ThinPlateSpline: {limit: 0}",
    "Swirl: {strength: 0}",
    "Wave: {amplitude: 0}",
    "Bulge: {strength: 0}",
    "ColorShift: {r: 0, g: 0, b: 0}",
    "Brightness: {factor: 1}",
    "Contrast: {factor: 1}",
    "Saturation: {factor: 1}",
    "ColorJitter: {brightness: 1, contrast: 1, saturation: 1, hue: 0}",
    "Hue: {turn: 0}",
    "HueSaturationValue: {hue: 0, saturation: 0, value: 0}",
    "Sepia: {share: 0}",
    "ChannelDropout: {count: 0}",
    "PcaLighting: {sigma: 0}",
    "Colorize: {share: 0}",
    "PhotometricDistort: {brightness: 1, contrast: 1, saturation: 1, hue: 0}",
    "StainShift: {gain: 1, shift: 0}",
    "BrightnessContrast: {brightness: 0, contrast: 0}",
    "Gamma: {gamma: 1}",
    "ToneCurve: {limit: 0}",
    "Window: {center: 127.5, width: 255}",
    "Solarize: {threshold: 1}",
    "SolarizeAdd: {amount: 0}",
    "Posterize: {bits: 8}",
    "GaussianNoise: {std: 0}",
    "UniformNoise: {std: 0}",
    "LaplaceNoise: {std: 0}",
    "SpeckleNoise: {std: 0}",
    "SaltPepper: {amount: 0}",
    "PatternNoise: {amplitude: 0}",
    "RowNoise: {std: 0}",
    "PinkNoise: {std: 0}",
    "FilmGrain: {std: 0}",
    "PixelDropout: {share: 0}",
    "RicianNoise: {std: 0}",
    "GaussianBlur: {sigma: 0}",
    "BoxBlur: {size: 1}",
    "MedianBlur: {size: 1}",
    "MotionBlur: {length: 1}",
    "DefocusBlur: {radius: 0}",
    "ZoomBlur: {factor: 1}",
    "GlassBlur: {sigma: 0, max_shift: 0}",
    "PixelSpread: {radius: 0}",
    "AnisotropicBlur: {sigma_x: 0, sigma_y: 0}",
    "Sharpen: {amount: 0}",
    "UnsharpMask: {amount: 0}",
    "Emboss: {amount: 0}",
    "Morphology: {radius: 0}",
    "Pixelate: {block: 0.0001}",
    "ChromaticAberration: {shift: 0}",
    "CoarseDropout: {holes: 0}",
    "HideAndSeek: {share: 0}",
    "ShapeOcclusion: {count: 0}",
    "StripDropout: {rows: 0, columns: 0}",
    "ObjectDropout: {share: 0}",
    "Illumination: {amount: 0}",
    "PlasmaBrightness: {amount: 0}",
    "Shadow: {count: 0}",
    "Rain: {amount: 0}",
    "Snow: {amount: 0}",
    "Snow: {amount: 0, mode: settle}",
    "Fog: {density: 0}",
    "Haze: {density: 0}",
    "Dust: {amount: 0}",
    "Spatter: {amount: 0}",
    "Frost: {amount: 0}",
    "Gravel: {patches: 0}",
    "Clouds: {amount: 0}",
    "HistogramMatch: {blend: 0}",
    "Repeat: {times: 0, do: [Negative]}",
    "SomeOf: {n: 0, of: [Negative]}",
    "AdaptiveGan: {strength: 0}",
    "TestTime: {flips: false}"};

TEST(Identity, MagnitudeZeroChangesNothing) {
  Sample sample;
  for (const int channels : {1, 3}) {
    sample.image = wavy(29, 31, channels);
    for (const char* text : kNothing) {
      std::string name = text;
      // Applied for certain, however it's written.
      if (const auto brace = name.find('{'); brace != std::string::npos)
        name.insert(brace + 1, "p: 1, ");
      else
        name += ": {p: 1}";
      try {
        const Sample out = Recipe::from_yaml("- " + name).apply(sample, {.seed = 8});
        ASSERT_EQ(out.image.size(), sample.image.size()) << name;
        EXPECT_EQ(largest_difference(out.image, sample.image), 0) << name << " " << channels;
      } catch (const std::exception& error) { ADD_FAILURE() << name << ": " << error.what(); }
    }
  }
}

}  // namespace
}  // namespace doppel::augment
