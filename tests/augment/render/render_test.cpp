#include "doppel/augment/render/render.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "augment/test_images.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/crop/pad.h"
#include "doppel/augment/transforms/crop/random_resized_crop.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/geometry/perspective.h"
#include "doppel/augment/transforms/geometry/rotate.h"
#include "doppel/augment/transforms/noise/gaussian_noise.h"
#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

TEST(Render, FlipsAreBitExactRoundTripsOnOddSizes) {
  for (int h = 1; h <= 17; h += 4)
    for (int w = 1; w <= 17; w += 2)
      for (const auto axis : {op::Flip::Axis::Horizontal, op::Flip::Axis::Vertical}) {
        const cv::Mat image = wavy(h, w, 3);
        const cv::Mat once = render({{h, w}, {op::Flip{axis}}}, image);
        EXPECT_EQ(largest_difference(render({{h, w}, {op::Flip{axis}}}, once), image), 0);
        cv::Mat expected;
        cv::flip(image, expected, axis == op::Flip::Axis::Horizontal ? 1 : 0);
        EXPECT_EQ(largest_difference(once, expected), 0);
      }
}

TEST(Render, EveryLayoutAndTypeHoldsTheSameImage) {
  const cv::Mat image = wavy(6, 9, 3);
  const Plan plan{{6, 9}, {op::Flip{}}};
  const cv::Mat expected = render(plan, image);
  std::vector<float> chw(6 * 9 * 3), hwc(chw.size());
  std::vector<unsigned char> bytes(chw.size());
  Target target{chw.data(),           {6, 9}, 3, PixelType::F32, Layout::CHW, {0.1F, 0.2F, 0.3F, 0},
                {0.5F, 2.F, 1.F, 1.F}};
  render(plan, image, target);
  Target interleaved = target;
  interleaved.data = hwc.data();
  interleaved.layout = Layout::HWC;
  render(plan, image, interleaved);
  render(plan, image, {bytes.data(), {6, 9}, 3, PixelType::U8, Layout::CHW});
  for (int y = 0; y < 6; ++y)
    for (int x = 0; x < 9; ++x)
      for (int c = 0; c < 3; ++c) {
        const auto k = static_cast<std::size_t>(c);
        const float v = static_cast<float>(expected.ptr(y)[x * 3 + c]) / 255;
        EXPECT_NEAR(chw[(k * 6 + y) * 9 + x], (v - target.mean[k]) / target.std[k], 1e-5);
        EXPECT_EQ(chw[(k * 6 + y) * 9 + x], hwc[(static_cast<std::size_t>(y) * 9 + x) * 3 + k]);
        EXPECT_EQ(bytes[(k * 6 + y) * 9 + x], expected.ptr(y)[x * 3 + c]);
      }
}

TEST(Render, PlanesWrittenPastTheCachesAreTheSame) {
  for (const char* recipe : {"- HorizontalFlip\n- Normalize", "- Brightness: {p: 1}\n- Normalize"})
    for (const int width : {1, 15, 31, 64, 97})
      for (const int channels : {1, 3, 4}) {
        Sample sample;
        sample.image = wavy(5, width, channels);
        const Plan plan = Recipe::from_yaml(recipe).draw(sample, {.seed = 4});
        std::vector<float> near(static_cast<std::size_t>(5 * width * channels) + 2, 77), past = near;
        // Not aligned, and nothing is written beyond.
        render(plan, sample.image, {near.data() + 1, {5, width}, channels});
        Target target{past.data() + 1, {5, width}, channels};
        target.past_caches = true;
        render(plan, sample.image, target);
        EXPECT_EQ(near, past) << recipe << ", " << width << " wide, " << channels << " channels";
        EXPECT_EQ(past.front(), 77);
        EXPECT_EQ(past.back(), 77);
      }
}

TEST(Render, ACropIsAWindowNotAWall) {
  // Crop, then turn back by the same flip: what the warp pulls in from beyond the crop is the image.
  const cv::Mat image = wavy(40, 40, 1);
  const Plan plan{{40, 40}, {op::Crop{10, 10, {20, 20}}, op::Warp{translation(5, 0), {20, 20}, {}}}};
  const cv::Mat out = render(plan, image);
  EXPECT_EQ(largest_difference(out, image(cv::Rect(5, 10, 20, 20))), 0);
  EXPECT_EQ(largest_difference(out, render_reference(plan, image)), 0);
}

TEST(Render, ShrinkingDoesNotAlias) {
  // A pattern of one-pixel stripes is grey when seen from afar.
  cv::Mat stripes(256, 256, CV_8UC1);
  for (int y = 0; y < 256; ++y)
    for (int x = 0; x < 256; ++x) stripes.at<unsigned char>(y, x) = x % 2 ? 255 : 0;
  const cv::Mat small = render({{256, 256}, {op::Resize{{32, 32}}}}, stripes);
  EXPECT_LE(cv::norm(small, cv::Mat(32, 32, CV_8UC1, cv::Scalar(128)), cv::NORM_INF), 1);
}

TEST(Render, WrongUseIsSaid) {
  const cv::Mat image = wavy(6, 9, 3);
  std::vector<unsigned char> bytes(6 * 9 * 3);
  EXPECT_THROW(render({{5, 9}, {}}, image), Error);
  EXPECT_THROW(
      render({{6, 9}, {op::Normalize{}}}, image, {bytes.data(), {6, 9}, 3, PixelType::U8, Layout::CHW}),
      Error);
  EXPECT_THROW(render({{6, 9}, {}}, image, {bytes.data(), {9, 6}, 3, PixelType::U8, Layout::CHW}), Error);
  EXPECT_THROW(render({{6, 9}, {}}, cv::Mat(6, 9, CV_16SC2)), Error);
  EXPECT_THROW(render({{0, 0}, {}}, cv::Mat()), Error);
}

TEST(Render, TheSourceIsNeverChanged) {
  const cv::Mat image = wavy(30, 30, 3), before = image.clone();
  Sample sample;
  sample.image = image;
  for (const auto& entry : catalogue()) {
    if (entry.name == "Resize") continue;
    const cv::Mat out = Recipe{entry.make().with_chance(1)}.apply(sample, Stream{.index = 4}).image;
    EXPECT_EQ(largest_difference(image, before), 0) << entry.name;
  }
}

TEST(RenderMask, MovesAsTheImageDoes) {
  Sample sample;
  sample.image = cv::Mat(50, 60, CV_8UC1, cv::Scalar(0));
  sample.image(cv::Rect(20, 15, 18, 22)).setTo(255);
  sample.masks = {sample.image.clone()};
  const Recipe recipe{Rotate{.p = 1},
                      Perspective{},
                      HorizontalFlip{},
                      RandomResizedCrop{.size = {40, 44}, .scale = {0.5, 1}},
                      GaussianNoise{.std = {0, 0}},
                      Pad{.left = 3}};
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Sample moved = recipe.apply(sample, Stream{.index = i});
    ASSERT_EQ(moved.masks[0].size(), moved.image.size());
    // Away from edges, a mask is exactly where the pixels are.
    EXPECT_EQ(cv::countNonZero((moved.image > 250) & (moved.masks[0] == 0)), 0);
    EXPECT_EQ(cv::countNonZero((moved.image < 5) & (moved.masks[0] != 0)), 0);
  }
}

TEST(Render, Bfloat16IsTheUpperHalfOfAFloat) {
  const cv::Mat image = wavy(5, 7, 3);
  const Plan plan{{5, 7}, {op::Gamma{1.3}}};
  for (const Layout layout : {Layout::CHW, Layout::HWC}) {
    std::vector<float> floats(105);
    std::vector<std::uint16_t> halves(105);
    render(plan, image, {floats.data(), {5, 7}, 3, PixelType::F32, layout});
    render(plan, image, {halves.data(), {5, 7}, 3, PixelType::BF16, layout});
    for (std::size_t i = 0; i < 105; ++i)
      EXPECT_NEAR(std::bit_cast<float>(static_cast<std::uint32_t>(halves[i]) << 16), floats[i],
                  floats[i] / 256);
  }
}

TEST(RenderMask, AMaskOfAnotherSizeIsRefused) {
  EXPECT_THROW(render_mask({{4, 5}, {}}, cv::Mat(5, 4, CV_8U, cv::Scalar(1))), Error);
}

TEST(RenderMask, DroppedInstancesAreGoneFromTheInstanceMask) {
  Sample sample;
  sample.image = wavy(1, 4, 1);
  const cv::Mat numbers = (cv::Mat_<unsigned char>(1, 4) << 1, 2, 3, 2);
  sample.masks = {numbers, numbers};
  sample.instance_mask = 1;
  Drawn drawn;
  drawn.plan = {{1, 4}, {op::Flip{}}};
  drawn.dropped_instances = {2};
  const auto masks = render_masks(drawn, sample);
  ASSERT_EQ(masks.size(), 2U);
  EXPECT_EQ(largest_difference(masks[0], (cv::Mat_<unsigned char>(1, 4) << 2, 3, 2, 1)), 0);
  EXPECT_EQ(largest_difference(masks[1], (cv::Mat_<unsigned char>(1, 4) << 0, 3, 0, 1)), 0);
}

}  // namespace
}  // namespace doppel::augment
