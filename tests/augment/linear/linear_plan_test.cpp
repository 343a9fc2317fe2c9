// Plans as matrices: what they do is what render() does, and the way back is the transposed.
#include "doppel/augment/linear/linear_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "doppel/base/random.h"

namespace doppel::augment {
namespace {

constexpr Size kSize{19, 23};

/// Between low and high, so that nothing is clamped on the way.
std::vector<float> uniform(std::size_t n, std::uint64_t seed, double low, double high) {
  std::vector<float> v(n);
  const Stream stream{.seed = seed};
  for (std::size_t i = 0; i < n; ++i)
    v[i] = static_cast<float>(stream.split("at", i).uniform("v", low, high));
  return v;
}

std::vector<double> doubles(const std::vector<float>& v) { return {v.begin(), v.end()}; }

std::vector<float> floats(const std::vector<double>& v) {
  std::vector<float> result;
  for (const double one : v) result.push_back(static_cast<float>(one));
  return result;
}

cv::Mat image_of(const std::vector<float>& planes, Size size, int channels) {
  cv::Mat image(size.height, size.width, CV_32FC(channels));
  const int pixels = size.height * size.width;
  for (int i = 0; i < pixels; ++i)
    for (int c = 0; c < channels; ++c)
      image.ptr<float>()[i * channels + c] = planes[static_cast<std::size_t>(c * pixels + i)];
  return image;
}

std::size_t count(Size size, int channels) {
  return static_cast<std::size_t>(size.height * size.width * channels);
}

const char* const kRecipes[] = {
    "- HorizontalFlip: {p: 1}",
    "- VerticalFlip: {p: 1}",
    "- Rotate: {p: 1}",
    "- Affine: {translate: [-0.2, 0.2], scale: [0.8, 1.3], fill: [0.3, 0.5, 0.7], p: 1}",
    "- Affine: {translate: [-0.2, 0.2], fill: reflect, p: 1}",
    "- Perspective: {p: 1}",
    "- Affine: {angle: [20, 40], scale: [0.3, 0.45], fill: reflect, p: 1}",
    "- Affine: {angle: [-40, 40], scale: [0.1, 0.2], fill: [0.3, 0.5, 0.7], p: 1}",
    "- Rotate: {filter: nearest, p: 1}",
    "- Elastic: {p: 1}",
    "- RandomResizedCrop: {size: [17, 21], scale: [0.6, 1]}",
    "- Resize: {size: [8, 9]}",
    "- Pad: {left: 2, top: 3, right: 1}",
    "- Brightness: {factor: [0.8, 1.1], p: 1}",
    "- Contrast: {factor: [0.6, 1.2], p: 1}",
    "- Saturation: {p: 1}",
    "- CoarseDropout: {holes: [1, 3], height: [0.3, 0.5], width: [0.3, 0.5], p: 1}",
    "- GridDropout: {p: 1}",
    "- PixelDropout: {p: 1}",
    "- GaussianNoise: {p: 1}",
    "- GaussianBlur: {sigma: [0.5, 1.5], p: 1}",
    "- BoxBlur: {p: 1}",
    "- HorizontalFlip: {p: 1}\n- Affine: {fill: [0.5, 0.5, 0.5], p: 1}\n- Contrast: {p: 1}\n- CoarseDropout: "
    "{p: 1}\n- Perspective: {p: 1}",
};

TEST(LinearPlan, DoesWhatRenderingDoes) {
  for (const char* text : kRecipes)
    for (const int channels : {1, 3}) {
      SCOPED_TRACE(text);
      const Recipe recipe = Recipe::from_yaml(text);
      const auto planes = uniform(count(kSize, channels), 3, 0.4, 0.6);
      Sample sample;
      sample.image = image_of(planes, kSize, channels);
      for (std::uint64_t i = 0; i < 4; ++i) {
        const Plan plan = recipe.draw(sample, {.seed = 5, .index = i});
        const LinearPlan linear(plan, channels);
        ASSERT_EQ(linear.size(), plan.size());
        std::vector<float> y(count(linear.size(), channels));
        linear.forward(planes, y);
        const cv::Mat expected = render_reference(plan, sample.image),
                      made = image_of(y, linear.size(), channels);
        double worst = 0;
        for (std::size_t k = 0; k < y.size(); ++k)
          worst =
              std::max(worst, static_cast<double>(std::abs(expected.ptr<float>()[k] - made.ptr<float>()[k])));
        EXPECT_LT(worst, 2e-5) << channels << " channels, plan " << i << ": " << plan.text();
      }
    }
}

TEST(LinearPlan, TheWayBackIsTheTransposed) {
  for (const char* text : kRecipes)
    for (const int channels : {1, 3})
      for (std::uint64_t i = 0; i < 4; ++i) {
        SCOPED_TRACE(text);
        Sample sample;
        sample.image = cv::Mat::zeros(kSize.height, kSize.width, CV_32FC(channels));
        const LinearPlan linear(Recipe::from_yaml(text).draw(sample, {.seed = 5, .index = i}), channels);
        const std::size_t in = count(kSize, channels), out = count(linear.size(), channels);
        const std::vector<double> x = doubles(uniform(in, 1, -1, 1)), dy = doubles(uniform(out, 2, -1, 1));
        std::vector<double> y(out), offset(out), dx(in);
        linear.forward(x, y);
        linear.forward(std::vector<double>(in), offset);
        linear.adjoint(dy, dx);
        double there = 0, back = 0, size = 0;
        for (std::size_t k = 0; k < out; ++k) {
          there += (y[k] - offset[k]) * dy[k];
          size += std::abs(dy[k]);
        }
        for (std::size_t k = 0; k < in; ++k) back += x[k] * dx[k];
        EXPECT_NEAR(there, back, 1e-13 * size) << channels << " channels, plan " << i;
        // Floats do the same, as well as they can.
        std::vector<float> half_way(out), slopes(in);
        linear.forward(floats(x), half_way);
        linear.adjoint(floats(dy), slopes);
        for (std::size_t k = 0; k < out; ++k) ASSERT_NEAR(half_way[k], y[k], 2e-5);
        for (std::size_t k = 0; k < in; ++k) ASSERT_NEAR(slopes[k], dx[k], 2e-5);
      }
}

TEST(LinearPlan, WhatHasNoWayBackIsNamed) {
  Sample sample;
  sample.image = cv::Mat::zeros(kSize.height, kSize.width, CV_8UC3);
  for (const auto& [text, name] : {std::pair{"- JpegCompression: {p: 1}", "Jpeg"},
                                   {"- Solarize: {p: 1}", "Solarize"},
                                   {"- MedianBlur: {p: 1}", "MedianBlur"},
                                   {"- Rotate: {filter: bicubic, p: 1}", "bicubic"}}) {
    try {
      const LinearPlan linear(Recipe::from_yaml(text).draw(sample, {.seed = 1}), 3);
      FAIL() << text;
    } catch (const UsageError& error) {
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace doppel::augment
