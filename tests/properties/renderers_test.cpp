// The fused renderer against the plain one, over thousands of random plans.
#include "doppel/augment/render/render.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "augment/test_images.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/color/brightness.h"
#include "doppel/augment/transforms/color/color_jitter.h"
#include "doppel/augment/transforms/color/color_shift.h"
#include "doppel/augment/transforms/color/contrast.h"
#include "doppel/augment/transforms/color/negative.h"
#include "doppel/augment/transforms/color/normalize.h"
#include "doppel/augment/transforms/color/saturation.h"
#include "doppel/augment/transforms/crop/pad.h"
#include "doppel/augment/transforms/crop/random_crop.h"
#include "doppel/augment/transforms/crop/random_resized_crop.h"
#include "doppel/augment/transforms/crop/resize.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/flip/vertical_flip.h"
#include "doppel/augment/transforms/geometry/affine.h"
#include "doppel/augment/transforms/geometry/perspective.h"
#include "doppel/augment/transforms/geometry/rotate.h"
#include "doppel/augment/transforms/noise/gaussian_noise.h"
#include "doppel/augment/transforms/noise/salt_pepper.h"
#include "doppel/augment/transforms/noise/speckle_noise.h"
#include "doppel/augment/transforms/occlusion/coarse_dropout.h"
#include "doppel/augment/transforms/structure/some_of.h"
#include "doppel/augment/transforms/weather/fog.h"
#include "doppel/augment/transforms/weather/rain.h"
#include "doppel/augment/transforms/weather/snow.h"
#include "properties/stepped.h"

namespace doppel::augment {
namespace {

/// Random sizes from 1 to 48, and 1, 3 or 4 channels.
Sample random_sample(std::uint64_t i, int least = 1) {
  const Stream s = Stream{.seed = 99, .index = i};
  const int channels = std::array{1, 3, 4}[static_cast<std::size_t>(s.integer("channels", 0, 2))];
  Sample sample;
  sample.image = wavy(s.integer("h", least, 48), s.integer("w", least, 48), channels,
                      s.chance("float", 0.3) ? CV_32F : CV_8U);
  return sample;
}

/// Draws `count` plans and returns the largest difference between the renderers.
double worst(const Recipe& recipe, int count, int least = 1) {
  double largest = 0;
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(count); ++i) {
    const Sample sample = random_sample(i, least);
    const Plan plan = recipe.draw(sample, Stream{.seed = 3, .index = i});
    const double d = largest_difference(render(plan, sample.image), render_reference(plan, sample.image));
    if (d > largest) largest = d;
    if (d > 3) ADD_FAILURE() << d << " levels: " << plan.yaml();
  }
  return largest;
}

const Fill kReflect{Fill::Kind::Reflect, {}};

TEST(Renderers, AgreeExactlyOnLatticeOps) {
  const Recipe recipe{
      HorizontalFlip{},
      RandomCrop{.size = {7, 9}, .pad_if_needed = true, .fill = kReflect},
      VerticalFlip{},
      Pad{.left = 2, .top = 3, .divisor = 4, .fill = {Fill::Kind::Color, {0.2, 0.4, 0.6, 1}}, .p = 0.5},
      HorizontalFlip{},
      RandomCrop{.size = {5, 5}}};
  double largest = 0;
  for (std::uint64_t i = 0; i < 1500; ++i) {
    const Sample sample = random_sample(i);
    const Plan plan = recipe.draw(sample, Stream{.index = i});
    largest = std::max(largest,
                       largest_difference(render(plan, sample.image), render_reference(plan, sample.image)));
  }
  EXPECT_LT(largest, 1e-3);  // float images: the fill's last bit
}

TEST(Renderers, AgreeWithinOneLevelOnPixelChains) {
  const Recipe recipe{ColorShift{},    Brightness{},
                      Contrast{},      Saturation{},
                      ColorJitter{},   Negative{},
                      GaussianNoise{}, SpeckleNoise{},
                      SaltPepper{},    CoarseDropout{.fill = CoverFill::Mean},
                      Rain{},          Snow{},
                      Fog{},           CoarseDropout{.fill = CoverFill::Noise}};
  EXPECT_LE(worst(recipe, 1500), 1.0);
}

TEST(Renderers, AgreeWithinTwoLevelsOnWarps) {
  const Recipe recipe{RandomResizedCrop{.size = {17, 23}, .scale = {0.05, 1}, .p = 0.5},
                      Rotate{.angle = {-180, 180}, .fill = kReflect},
                      HorizontalFlip{},
                      Affine{.scale = {0.3, 2}, .fill = kReflect},
                      Perspective{.fill = kReflect},
                      Resize{.size = {13, 31}, .p = 0.5}};
  EXPECT_LE(worst(recipe, 1500), 2.0);
}

TEST(Renderers, AgreeOnEachTransform) {
  for (const auto& entry : catalogue()) {
    if (entry.family == "structure" || entry.family == "mix") continue;
    const Recipe recipe{entry.make().with_chance(1)};
    double sum = 0, count = 0, far = 0;
    for (std::uint64_t i = 0; i < 24; ++i) {
      const Sample sample = random_sample(i, 6);
      const Plan plan = recipe.draw(sample, Stream{.seed = 5, .index = i});
      const cv::Mat fused = render(plan, sample.image), plain = render_reference(plan, sample.image);
      ASSERT_EQ(fused.size(), plain.size()) << entry.name;
      ASSERT_EQ(fused.type(), plain.type()) << entry.name;
      // Standardised images have deviation 1: levels of theirs are about 60 times as large.
      const double levels = entry.name == "Standardize" ? 4 : fused.depth() == CV_32F ? 255 : 1;
      cv::Mat difference;
      cv::absdiff(fused.reshape(1), plain.reshape(1), difference);
      difference.convertTo(difference, CV_64F, levels);
      sum += cv::sum(difference)[0];
      count += static_cast<double>(difference.total());
      far += cv::countNonZero(difference > 2);
    }
    EXPECT_LT(sum / count, 0.6) << entry.name;
    EXPECT_LT(far / count, has_steps(entry.name) ? 0.06 : 0.0005) << entry.name;
  }
}

TEST(Renderers, AgreeOnChainsInAnyOrder) {
  std::vector<Transform> all;
  for (const auto& entry : catalogue())
    if (entry.family != "structure" && entry.family != "mix" && !has_steps(entry.name)) {
      if (entry.name == "Resize")
        all.push_back(Resize{.size = {20, 20}, .p = 0.3});
      else if (entry.name != "LongestSide" && entry.name != "ShortestSide" && entry.name != "Letterbox")
        all.push_back(entry.make().with_chance(0.5));
    }
  SomeOf some{.of = all, .n = {3, 8}, .replace = true};
  // Whole-image stages round to 8 bits in between: half a level each, times later gains.
  double largest = 0, sum = 0;
  for (std::uint64_t i = 0; i < 1500; ++i) {
    const Sample sample = random_sample(i, 6);
    const Plan plan = Recipe{some}.draw(sample, Stream{.seed = 3, .index = i});
    if (double(plan.size().width) * plan.size().height > 40000) continue;
    const double d = largest_difference(render(plan, sample.image), render_reference(plan, sample.image));
    largest = std::max(largest, d);
    sum += d;
    if (d > 6) ADD_FAILURE() << d << " levels: " << plan.text();
  }
  EXPECT_LT(sum / 1500, 1.2);
}

TEST(Renderers, NormalizeIsTheSameInBoth) {
  const Recipe recipe{Brightness{.p = 1}, Normalize{.mean = {0.4, 0.5, 0.6}, .std = {0.2, 0.3, 0.1}}};
  Sample sample;
  sample.image = wavy(20, 21, 3);
  const Plan plan = recipe.draw(sample, Stream{});
  EXPECT_LT(cv::norm(render(plan, sample.image), render_reference(plan, sample.image), cv::NORM_INF), 1e-4);
  EXPECT_EQ(render(plan, sample.image).depth(), CV_32F);
}

}  // namespace
}  // namespace doppel::augment
