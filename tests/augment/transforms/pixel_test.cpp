// Colour, noise, blur, quality, occlusion and weather against formulas worked by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/augment/transforms/quality/downscale.h"
#include "doppel/augment/transforms/weather/fog.h"
#include "doppel/augment/transforms/weather/rain.h"
#include "doppel/augment/transforms/weather/snow.h"
#include "doppel/base/error.h"
#include "doppel/codec/jpeg.h"
#include "render/whole_op.h"
#include "transforms/color_matrices.h"

namespace doppel::augment {
namespace {

cv::Vec3d rgb(double r, double g, double b) { return {r, g, b}; }

/// Renders one op on one float pixel.
cv::Vec3d on_pixel(const Op& op, cv::Vec3d color) {
  const cv::Mat image(1, 1, CV_32FC3, cv::Scalar(color[0], color[1], color[2]));
  return render({{1, 1}, {op}}, image).at<cv::Vec3f>(0, 0);
}

TEST(Color, TorchvisionsFormulasHoldOverTheCube) {
  for (double r = 0; r <= 1; r += 0.125)
    for (double g = 0; g <= 1; g += 0.125)
      for (double b = 0; b <= 1; b += 0.125) {
        const cv::Vec3d c = rgb(r, g, b);
        const double luma = 0.299 * r + 0.587 * g + 0.114 * b;
        const auto bright = on_pixel(brightness_matrix(1.3), c), gray = on_pixel(saturation_matrix(0.4), c);
        for (int k = 0; k < 3; ++k) {
          EXPECT_NEAR(bright[k], std::min(1.0, 1.3 * c[k]), 1e-6);
          EXPECT_NEAR(gray[k], 0.4 * c[k] + 0.6 * luma, 1e-6);
        }
        // Turning the hue there and back is the identity; a third of a turn rotates the channels.
        const auto there = on_pixel(op::Hsv{0.21}, c);
        const auto back = on_pixel(op::Hsv{-0.21}, there), third = on_pixel(op::Hsv{1.0 / 3}, c);
        for (int k = 0; k < 3; ++k) EXPECT_NEAR(back[k], c[k], 1e-5);
        EXPECT_NEAR(third[0], b, 1e-5);
        EXPECT_NEAR(third[1], r, 1e-5);
        EXPECT_NEAR(third[2], g, 1e-5);
      }
}

TEST(Color, ContrastKeepsTheMeanGrey) {
  const cv::Mat image = wavy(30, 31, 3, CV_32F);
  const cv::Mat out = render({{30, 31}, {op::Contrast{0.3}}}, image);
  const cv::Scalar a = cv::mean(image), b = cv::mean(out);
  const auto luma = [](const cv::Scalar& s) { return 0.299 * s[0] + 0.587 * s[1] + 0.114 * s[2]; };
  EXPECT_NEAR(luma(a), luma(b), 1e-5);
  EXPECT_NEAR(cv::norm(out - cv::Scalar::all(luma(a)), cv::NORM_INF),
              0.3 * cv::norm(image - cv::Scalar::all(luma(a)), cv::NORM_INF), 1e-4);
}

TEST(Color, AlphaIsLeftAlone) {
  cv::Mat image = wavy(12, 13, 4);
  const Plan plan{{12, 13},
                  {brightness_matrix(0.2),
                   op::Noise{op::Noise::Law::Additive, op::Noise::Distribution::Normal,
                             op::Noise::Channels::Each, 0.3, 1},
                   op::GaussianBlur{2}, op::Jpeg{40}}};
  cv::Mat before, after;
  cv::extractChannel(image, before, 3);
  cv::extractChannel(render(plan, image), after, 3);
  EXPECT_EQ(largest_difference(before, after), 0);
}

TEST(Noise, HasTheMeanAndDeviationAsked) {
  const cv::Mat grey(256, 300, CV_32FC3, cv::Scalar::all(0.5));
  for (const double std : {0.02, 0.1}) {
    const cv::Mat out = render({{256, 300},
                                {op::Noise{op::Noise::Law::Additive, op::Noise::Distribution::Normal,
                                           op::Noise::Channels::Each, std, 7}}},
                               grey);
    cv::Scalar mean, deviation;
    cv::meanStdDev(out, mean, deviation);
    for (int c = 0; c < 3; ++c) {
      EXPECT_NEAR(mean[c], 0.5, std / 50);
      EXPECT_NEAR(deviation[c], std, std / 50);
    }
  }
  const cv::Mat speckled = render({{256, 300},
                                   {op::Noise{op::Noise::Law::Multiplicative, op::Noise::Distribution::Normal,
                                              op::Noise::Channels::Shared, 0.2, 7}}},
                                  grey);
  cv::Scalar mean, deviation;
  cv::meanStdDev(speckled, mean, deviation);
  EXPECT_NEAR(deviation[0], 0.1, 0.003);
  EXPECT_NEAR(speckled.at<cv::Vec3f>(3, 4)[0], speckled.at<cv::Vec3f>(3, 4)[2], 1e-7);
}

TEST(Noise, SaltAndPepperHaveTheirShares) {
  const cv::Mat grey(300, 300, CV_8UC1, cv::Scalar(100));
  const cv::Mat out = render({{300, 300}, {op::SaltPepper{0.1, 0.3, false, 5}}}, grey);
  EXPECT_NEAR(cv::countNonZero(out == 255) / 90000.0, 0.03, 0.003);
  EXPECT_NEAR(cv::countNonZero(out == 0) / 90000.0, 0.07, 0.004);
}

TEST(Blur, MotionKernelsSumToOneAndStayCentred) {
  for (double length = 0.5; length < 20; length += 1.7)
    for (double angle = 0; angle < 360; angle += 23)
      for (const double direction : {-1.0, 0.0, 0.6}) {
        cv::Mat k;
        line_kernel({length, angle, direction}).convertTo(k, CV_64F);
        double x = 0, y = 0;
        for (int r = 0; r < k.rows; ++r)
          for (int c = 0; c < k.cols; ++c)
            x += k.at<double>(r, c) * (c - k.cols / 2), y += k.at<double>(r, c) * (r - k.rows / 2);
        EXPECT_NEAR(cv::sum(k)[0], 1, 1e-6);
        EXPECT_NEAR(x, 0, 1e-5);
        EXPECT_NEAR(y, 0, 1e-5);
      }
}

TEST(Blur, ConstantsStayConstant) {
  const cv::Mat flat(20, 30, CV_8UC3, cv::Scalar(10, 200, 90));
  for (const Op& op : std::vector<Op>{op::GaussianBlur{2.3}, op::LineBlur{7, 30, 0.5}})
    EXPECT_LE(largest_difference(render({{20, 30}, {op}}, flat), flat), 1);
}

TEST(Jpeg, RoundTripsLoseLittleAtHighQuality) {
  const cv::Mat image = wavy(40, 56, 1);
  EXPECT_LT(cv::norm(render({{40, 56}, {op::Jpeg{98}}}, image), image, cv::NORM_L1) / double(image.total()),
            1.5);
  EXPECT_GT(encode_jpeg(image, 95).size(), encode_jpeg(image, 20).size());
}

TEST(Jpeg, ATruncatedStreamIsAnError) {
  const auto bytes = encode_jpeg(wavy(64, 64, 3), 90);
  for (const std::size_t keep :
       {std::size_t{0}, std::size_t{3}, bytes.size() / 4, bytes.size() / 2, bytes.size() - 3})
    EXPECT_THROW(decode_jpeg(std::span(bytes).first(keep)), Error) << keep;
  EXPECT_THROW(decode_jpeg(bytes, 100), Error);
}

TEST(Downscale, NearestPixelsAreOpenCvs) {
  for (const int depth : {CV_8U, CV_32F})
    for (const int channels : {1, 3})
      for (const cv::Size size :
           {cv::Size(1, 1), cv::Size(1, 19), cv::Size(31, 1), cv::Size(57, 43), cv::Size(128, 97)})
        for (const double factor : {0.01, 0.25, 0.37, 0.5, 0.61, 0.75, 0.99}) {
          const cv::Mat image = wavy(size.height, size.width, channels, depth);
          const auto side = [&](int n) { return std::max(1, static_cast<int>(std::lround(n * factor))); };
          cv::Mat small, want;
          cv::resize(image, small, {side(size.width), side(size.height)}, 0, 0, cv::INTER_NEAREST);
          cv::resize(small, want, size, 0, 0, cv::INTER_NEAREST);
          const op::Downscale change{factor, Filter::Nearest, Filter::Nearest};
          EXPECT_EQ(largest_difference(render({{size.height, size.width}, {change}}, image), want), 0)
              << size << channels << " " << factor;
        }
}

/// Mean absolute change per pixel that an op makes to a grey picture of a size.
double energy(const Recipe& recipe, int side) {
  double sum = 0;
  for (std::uint64_t i = 0; i < 12; ++i) {
    Sample s;
    s.image = cv::Mat(side, side, CV_32FC3, cv::Scalar::all(0.35));
    sum +=
        cv::norm(recipe.apply(s, Stream{.index = i}).image, s.image, cv::NORM_L1) / double(side) / side / 3;
  }
  return sum / 12;
}

TEST(Weather, LooksAlikeAtEverySize) {
  for (const Recipe& recipe :
       {Recipe{Rain{.amount = {0.7, 0.7}, .dim = {0, 0}, .p = 1}}, Recipe{Snow{.amount = {0.7, 0.7}, .p = 1}},
        Recipe{Fog{.density = {0.5, 0.5}, .p = 1}}}) {
    const double large = energy(recipe, 512);
    for (const int side : {32, 64, 128, 256})
      EXPECT_NEAR(energy(recipe, side) / large, 1, 0.15) << side << recipe.yaml();
  }
}

TEST(Weather, FogIsThickerAtTheHorizonThanAtTheBottom) {
  const cv::Mat dark(100, 100, CV_32FC3, cv::Scalar::all(0.1));
  const cv::Mat out = render({{100, 100}, {op::Fog{1.5, 0.2, 0.35, {0.9, 0.9, 0.9}, 3}}}, dark);
  EXPECT_GT(cv::mean(out.rowRange(0, 30))[0], 1.5 * cv::mean(out.rowRange(85, 100))[0]);
}

TEST(Weather, MoreIsMore) {
  double before = 0;
  for (const double amount : {0.1, 0.4, 1.0}) {
    const double now = energy(Recipe{Snow{.amount = {amount, amount}, .p = 1}}, 128);
    EXPECT_GT(now, before);
    before = now;
  }
}

TEST(EdgeDetect, IsSobelsGradient) {
  for (const int channels : {1, 3})
    for (const cv::Size size : {cv::Size(1, 1), {1, 9}, {9, 1}, {2, 2}, {31, 17}}) {
      const cv::Mat image = wavy(size.height, size.width, channels);
      const Plan plan{size_of(image), {op::Edges{0.7}}};
      cv::Mat grey = image, dx, dy, length, expected;
      if (channels == 3) cv::cvtColor(image, grey, cv::COLOR_RGB2GRAY);
      cv::Sobel(grey, dx, CV_32F, 1, 0, 3, 0.5 / 255, 0, cv::BORDER_REFLECT_101);
      cv::Sobel(grey, dy, CV_32F, 0, 1, 3, 0.5 / 255, 0, cv::BORDER_REFLECT_101);
      cv::magnitude(dx, dy, length);
      length = cv::min(length, 1.0) * 255;
      if (channels == 3) cv::cvtColor(length, length, cv::COLOR_GRAY2RGB);
      cv::addWeighted(image, 0.3, length, 0.7, 0, expected, CV_8U);
      EXPECT_LE(cv::norm(render(plan, image), expected, cv::NORM_INF), 1) << size;
    }
}

}  // namespace
}  // namespace doppel::augment
