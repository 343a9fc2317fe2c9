// Images of 16 bits and floats, and of any number of channels, beside 8-bit grey, RGB and RGBA.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "augment/test_images.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/augment/transforms/blur/gaussian_blur.h"
#include "doppel/augment/transforms/color/brightness.h"
#include "doppel/augment/transforms/color/hue_saturation_value.h"
#include "doppel/augment/transforms/color/normalize.h"
#include "doppel/augment/transforms/crop/random_crop.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/flip/rotate90.h"
#include "doppel/augment/transforms/flip/transpose.h"
#include "doppel/augment/transforms/geometry/affine.h"
#include "doppel/augment/transforms/mix/mix_up.h"
#include "doppel/augment/transforms/noise/gaussian_noise.h"
#include "doppel/augment/transforms/policy/rand_augment.h"
#include "doppel/augment/transforms/structure/blend_mask.h"
#include "doppel/augment/transforms/structure/one_of.h"
#include "doppel/augment/transforms/structure/sequence.h"
#include "doppel/augment/transforms/structure/some_of.h"
#include "doppel/base/error.h"
#include "error_of.h"
#include "properties/stepped.h"
#include "render/bands.h"

namespace doppel::augment {
namespace {

constexpr std::array<int, 6> kBandCounts{1, 2, 3, 4, 5, 13};

double full_range(int depth) { return depth == CV_8U ? 255 : depth == CV_16U ? 65535 : 1; }

/// The same shares of another full range.
cv::Mat in_depth(const cv::Mat& image, int depth) {
  cv::Mat out;
  image.convertTo(out, depth, full_range(depth) / full_range(image.depth()));
  return out;
}

cv::Mat band_of(const cv::Mat& image, int band) {
  cv::Mat out;
  cv::extractChannel(image, out, band);
  return out;
}

/// What one transform makes of images of other depths, in 8-bit levels beside what it makes of bytes.
struct Distance {
  double sum = 0, count = 0, far = 0;
  void add(const cv::Mat& bytes, const cv::Mat& other) {
    ASSERT_EQ(bytes.size(), other.size());
    ASSERT_EQ(bytes.channels(), other.channels());
    const bool floats = bytes.depth() == CV_32F;  // normalised
    cv::Mat a, b, difference;
    bytes.reshape(1).convertTo(a, CV_64F, floats ? 50 : 1);
    other.reshape(1).convertTo(b, CV_64F, floats ? 50 : 255 / full_range(other.depth()));
    cv::absdiff(cv::min(cv::max(a, -1000), 1000), cv::min(cv::max(b, -1000), 1000), difference);
    sum += cv::sum(difference)[0];
    count += static_cast<double>(difference.total());
    far += cv::countNonZero(difference > 1.51);
  }
};

TEST(Bands, EachTransformDoesTheSameToAnyDepthAndNumberOfChannels) {
  for (const auto& entry : catalogue()) {
    if (entry.family == "structure" || entry.family == "mix") continue;
    Distance distance;
    for (const int channels : kBandCounts) {
      const TargetRules rules{.rgb = channels > 4 ? std::vector{2, 1, 0} : std::vector<int>{}};
      const Recipe recipe({entry.make().with_chance(1)}, rules);
      Sample bytes;
      bytes.image = wavy(31, 37, channels);
      const Stream stream{.seed = 5, .index = static_cast<std::uint64_t>(channels)};
      Plan plan;
      try {
        plan = recipe.draw(bytes, stream);
      } catch (const UsageError&) {  // it needs colours
        ASSERT_EQ(channels, 2) << entry.name;
        continue;
      }
      ASSERT_EQ(plan.rgb, rules.rgb);
      const cv::Mat expected = render(plan, bytes.image);
      for (const int depth : {CV_16U, CV_32F})
        distance.add(expected, render(plan, in_depth(bytes.image, depth)));
    }
    EXPECT_LT(distance.sum / distance.count, 0.6) << entry.name;
    EXPECT_LT(distance.far / distance.count, has_steps(entry.name) ? 0.08 : 0.002) << entry.name;
  }
}

TEST(Bands, RenderersAgree) {
  for (const auto& entry : catalogue()) {
    if (entry.family == "structure" || entry.family == "mix" || has_steps(entry.name)) continue;
    for (const int channels : {3, 5})
      for (const int depth : {CV_8U, CV_16U}) {
        const Recipe recipe({entry.make().with_chance(1)},
                            {.rgb = channels > 4 ? std::vector{0, 1, 2} : std::vector<int>{}});
        Sample sample;
        sample.image = in_depth(wavy(24, 19, channels), depth);
        const Plan plan = recipe.draw(sample, Stream{.seed = 8});
        const cv::Mat fused = render(plan, sample.image), plain = render_reference(plan, sample.image);
        ASSERT_EQ(fused.type(), plain.type()) << entry.name;
        cv::Mat difference;
        cv::absdiff(fused.reshape(1), plain.reshape(1), difference);
        const double levels = fused.depth() == CV_32F ? 4 : 255 / full_range(depth);
        EXPECT_LT(cv::mean(difference)[0] * levels, 0.6) << entry.name << channels << ' ' << depth;
      }
  }
}

TEST(Bands, ABandIsTreatedAsAGreyImage) {
  const Recipe recipe{Affine{.scale = {0.7, 1.4}}, Brightness{}, GaussianBlur{.p = 0.5}, HorizontalFlip{}};
  for (const int channels : {4, 7})  // of four none is alpha
    for (const int depth : {CV_8U, CV_16U, CV_32F}) {
      Sample sample;
      sample.image = in_depth(wavy(40, 33, channels, CV_32F), depth);
      sample.bands = channels == 4;
      for (std::uint64_t i = 0; i < 20; ++i) {
        const Plan plan = recipe.draw(sample, Stream{.index = i});
        EXPECT_EQ(plan.bands, channels == 4);
        EXPECT_EQ(Plan::from_yaml(plan.yaml()), plan);
        const cv::Mat bands = render(plan, sample.image), plain = render_reference(plan, sample.image);
        for (int k = 0; k < channels; ++k) {
          const cv::Mat alone = render(plan, band_of(sample.image, k));
          EXPECT_LE(cv::norm(band_of(bands, k), alone, cv::NORM_INF), depth == CV_32F ? 1e-5 : 1)
              << k << plan.yaml();
          EXPECT_LE(cv::norm(band_of(plain, k), alone, cv::NORM_L1) / static_cast<double>(alone.total()),
                    full_range(depth) / 100)
              << k << plan.yaml();
        }
      }
    }
}

TEST(Bands, NoiseDiffersFromBandToBand) {
  Sample sample;
  sample.image.create(16, 16, CV_16UC(6));
  sample.image.reshape(1).setTo(30000);
  const Recipe recipe{GaussianNoise{.p = 1}};
  const cv::Mat noisy = render(recipe.draw(sample, Stream{}), sample.image);
  for (int a = 0; a < 6; ++a)
    for (int b = a + 1; b < 6; ++b) EXPECT_GT(cv::norm(band_of(noisy, a), band_of(noisy, b)), 1000);
}

TEST(Bands, TwelveBitsAreKeptByFlipsCropsAndQuarterTurns) {
  const Recipe recipe{HorizontalFlip{}, RandomCrop{.size = {20, 20}}, Rotate90{}, Transpose{.p = 0.5}};
  for (const int channels : kBandCounts) {
    Sample sample;
    sample.image.create(40, 40, CV_MAKETYPE(CV_16U, channels));
    for (int i = 0; i < 1600 * channels; ++i)
      sample.image.ptr<std::uint16_t>()[i] = static_cast<std::uint16_t>(i * 31 % 4096);
    for (std::uint64_t i = 0; i < 30; ++i) {
      const Plan plan = recipe.draw(sample, Stream{.index = i});
      std::vector<std::uint16_t> shorts(400 * static_cast<std::size_t>(channels));
      std::vector<float> floats(shorts.size());
      render(plan, sample.image, {shorts.data(), {20, 20}, channels, PixelType::U16, Layout::HWC});
      render(plan, sample.image, {floats.data(), {20, 20}, channels, PixelType::F32, Layout::HWC});
      const cv::Mat image = render(plan, sample.image);
      for (int y = 0; y < 20; ++y)
        for (int x = 0; x < 20; ++x) {
          // Where each pixel came from, by its neighbours on the way back.
          const Point to{x + 0.5, y + 0.5};
          bool found = false;
          for (int k = 0; k < 1600 && !found; ++k) {
            const Point from{k % 40 + 0.5, k / 40 + 0.5};
            if (plan.map(from) != to) continue;
            found = true;
            for (int c = 0; c < channels; ++c) {
              const auto at = static_cast<std::size_t>((y * 20 + x) * channels + c);
              const std::uint16_t value = sample.image.ptr<std::uint16_t>()[k * channels + c];
              ASSERT_EQ(image.ptr<std::uint16_t>(y)[x * channels + c], value);
              ASSERT_EQ(shorts[at], value);
              ASSERT_EQ(std::lround(floats[at] * 65535), value);
            }
          }
          ASSERT_TRUE(found);
        }
      if (i % 10 == 9) break;  // the search is slow
    }
  }
}

TEST(Bands, WhatNeedsColoursIsRefusedByNameUnlessTheyAreNamed) {
  Sample sample;
  sample.image = in_depth(wavy(20, 20, 5), CV_16U);
  const Recipe plain{HueSaturationValue{.p = 1}};
  const std::string said = error_of([&] { (void)plain.draw(sample, Stream{}); });
  EXPECT_NE(
      said.find("HueSaturationValue (op Hsv) needs red, green and blue; an image with 5 channels has bands"),
      said.npos)
      << said;
  // So do four channels of which none is alpha; RGBA has colours.
  Sample four;
  four.image = in_depth(wavy(20, 20, 4), CV_16U);
  EXPECT_EQ(error_of([&] { (void)plain.draw(four, Stream{}); }), "");
  four.bands = true;
  EXPECT_NE(error_of([&] { (void)plain.draw(four, Stream{}); }).find("an image with 4 channels has bands"),
            std::string::npos);
  // A written plan knows its ops alone.
  const Plan plan{size_of(sample.image), {op::Hsv{}}};
  EXPECT_EQ(error_of([&] { check_bands(plan, 5); }).find("Hsv needs red"), 0U);
  const Recipe named(plain.transforms(), {.rgb = {3, 2, 1}});
  const cv::Mat out = render(named.draw(sample, Stream{}), sample.image);
  for (const int band : {0, 4}) EXPECT_EQ(cv::norm(band_of(out, band), band_of(sample.image, band)), 0);
  EXPECT_GT(cv::norm(band_of(out, 2), band_of(sample.image, 2)), 0);
  const Recipe beyond(plain.transforms(), {.rgb = {3, 2, 7}});
  const std::string far = error_of([&] { (void)render(beyond.draw(sample, Stream{}), sample.image); });
  EXPECT_NE(far.find("rgb: [3, 2, 7] names channel 7 of an image with 5 channels"), far.npos) << far;
}

TEST(Bands, WhatNeedsColoursIsNamedByItselfHoweverItIsNested) {
  Sample sample;
  sample.image = in_depth(wavy(20, 20, 5), CV_16U);
  const Transform colors = HueSaturationValue{.p = 1};
  const PartnerSource partners = [&](std::uint64_t) { return PartnerPick{sample, Stream{}}; };
  for (const Transform& nested :
       {Transform(OneOf{colors}.with_chance(1)), Transform(SomeOf{.of = {colors}, .n = {1, 1}}),
        Transform(Sequence{.of = {OneOf{Sequence{.of = {HorizontalFlip{}, colors}}}.with_chance(1)}}),
        Transform(BlendMask{.what = {colors}, .p = 1}), colors.only_labels({"7"})}) {
    sample.label = 7;
    const std::string said = error_of([&] { (void)Recipe({nested}).draw(sample, Stream{}); });
    EXPECT_EQ(said.find("HueSaturationValue (op Hsv) needs red"), 0U) << nested.name() << ": " << said;
  }
  // Policies draw ops by themselves; partners are drawn by what stands before.
  const std::string policy = error_of([&] {
    for (std::uint64_t i = 0; i < 50; ++i) (void)Recipe{RandAugment{}}.draw(sample, {.index = i});
  });
  EXPECT_EQ(policy.find("RandAugment (op ColorMatrix) needs red"), 0U) << policy;
  const Recipe mixed{HueSaturationValue{.p = 0.5}, MixUp{.p = 1}};
  for (std::uint64_t i = 0; i < 20; ++i)
    EXPECT_THAT(error_of([&] { (void)mixed.draft(sample, {.index = i}, partners); }),
                testing::AnyOf("", testing::StartsWith("HueSaturationValue (op Hsv) needs")));
}

TEST(Bands, WhatLooksAtThePixelsKnowsWhichChannelsAreColours) {
  Sample sample;
  sample.image = wavy(20, 20, 5);
  const Recipe recipe({HueSaturationValue{.p = 1}, BlendMask{.what = {HueSaturationValue{.p = 1}}, .p = 1}},
                      {.rgb = {3, 2, 1}});
  const cv::Mat out = recipe.apply(sample, {.seed = 3}).image;
  for (const int band : {0, 4}) EXPECT_EQ(cv::norm(band_of(out, band), band_of(sample.image, band)), 0);
  EXPECT_GT(cv::norm(band_of(out, 2), band_of(sample.image, 2)), 0);
}

TEST(Bands, NormalizeTakesANumberForEach) {
  Sample sample;
  sample.image = wavy(9, 9, 5, CV_32F);
  const Recipe recipe{Normalize{.mean = {0.1, 0.2, 0.3, 0.4, 0.5}, .std = {1, 2, 4, 8, 16}}};
  const cv::Mat out = render(recipe.draw(sample, Stream{}), sample.image);
  for (int c = 0; c < 5; ++c)
    EXPECT_NEAR(out.ptr<float>(3)[4 * 5 + c],
                (sample.image.ptr<float>(3)[4 * 5 + c] - 0.1F * static_cast<float>(c + 1)) / (1 << c), 1e-6);
}

TEST(Bands, RgbIsPartOfRecipesAndPlans) {
  const Recipe recipe = Recipe::from_yaml("rgb: [3, 2, 1]\ntransforms: [HorizontalFlip]\n");
  EXPECT_EQ(recipe.rules().rgb, (std::vector{3, 2, 1}));
  EXPECT_EQ(Recipe::from_yaml(recipe.yaml()).rules(), recipe.rules());
  for (const char* wrong : {"3", "[1, 2]", "[1, 1, 2]", "[1, 2, 64]", "[a, b, c]"})
    EXPECT_NE(error_of([&] {
                (void)Recipe::from_yaml(std::string("rgb: ") + wrong + "\ntransforms: []\n");
              }).find("rgb needs three different channels"),
              std::string::npos)
        << wrong;
  Sample sample;
  sample.image = wavy(9, 9, 5);
  const Plan plan = recipe.draw(sample, Stream{});
  EXPECT_EQ(Plan::from_yaml(plan.yaml()), plan);
  EXPECT_NE(plan.yaml().find("rgb: [3, 2, 1]"), std::string::npos);
}

}  // namespace
}  // namespace doppel::augment
