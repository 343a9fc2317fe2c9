#include "render/pixel_program.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "augment/test_images.h"

namespace doppel::augment {
namespace {

TEST(PixelProgram, TablesAndCoversRunOnBytes) {
  const cv::Mat image(1, 1, CV_8UC3);
  const op::ColorMatrix twice{{2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0}};
  const op::ColorMatrix mixed{{.5, .5, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}};
  struct Case {
    std::vector<Op> ops;
    bool table, bytes;
  };
  const std::vector<Case> cases{{{}, true, true},
                                {{op::Solarize{}, twice, op::Posterize{3}}, true, true},
                                {{op::Solarize{}, op::Cover{{0, 0, 1, 1}}}, false, true},
                                {{mixed}, false, true},
                                {{mixed, mixed}, false, false},           // would round twice
                                {{op::Solarize{}, mixed}, false, false},  // and so would these
                                {{op::Noise{}}, false, false}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const PixelProgram program(cases[i].ops, image);
    EXPECT_EQ(program.is_table(), cases[i].table) << i;
    EXPECT_EQ(program.takes_bytes(), cases[i].bytes) << i;
    EXPECT_EQ(program.empty(), cases[i].ops.empty());
    if (program.takes_bytes()) { EXPECT_EQ(ByteProgram(program, 3).is_table(), cases[i].table) << i; }
  }
}

TEST(PixelProgram, BytesGoWhereFloatsDoRoundedOnce) {
  for (const int channels : {1, 3, 4}) {
    cv::Mat image(1, 256, CV_8UC(channels));
    std::iota(image.ptr(), image.ptr() + 256 * channels, std::uint8_t{0});
    const std::vector<Op> ops{op::ColorMatrix{{.7, 0, 0, .1, 0, .9, 0, 0, 0, 0, 1.3, 0}}, op::Gamma{0.7},
                              op::Cover{{10, 0, 30, 1}, CoverFill::Color, {0.2, 0.4, 0.6}}};
    const PixelProgram program(ops, image);
    std::vector<std::uint8_t> out(image.total() * image.elemSize());
    ByteProgram(program, channels).run(image.ptr(), 0, 256, out.data());
    std::array<std::vector<float>, 3> plane;
    for (auto& p : plane) p.resize(256);
    PixelRow row{0, 256, std::min(3, channels), {plane[0].data(), plane[1].data(), plane[2].data()}};
    program.run(image, 0, row);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::size_t c = i % static_cast<std::size_t>(channels),
                        x = i / static_cast<std::size_t>(channels);
      if (c == 3)
        EXPECT_EQ(out[i], image.ptr()[i]);
      else
        EXPECT_NEAR(out[i], row.plane[c][x] * 255, 0.501) << i;
    }
  }
}

TEST(PixelProgram, StatisticsAreOfTheImageAsItIsThen) {
  // Three rows of 0.2, 0.4 and 0.9: the sky is the first.
  cv::Mat image(3, 10, CV_32FC1);
  const std::array levels{0.2, 0.4, 0.9};
  for (int y = 0; y < 3; ++y) image.row(y).setTo(levels[static_cast<std::size_t>(y)]);
  const std::vector<Op> halve{op::ColorMatrix{{.5, 0, 0, 0, 0, .5, 0, 0, 0, 0, .5, 0}}};
  const ImageStats stats = PixelProgram(halve, image).stats(image, ImageNeed::Histogram);
  EXPECT_NEAR(stats.mean[0], 0.25, 1e-6);
  EXPECT_NEAR(stats.sky[0], 0.1, 1e-6);
  EXPECT_NEAR(stats.deviation[0], std::sqrt((0.01 + 0.04 + 0.2025) / 3 - 0.0625), 1e-6);
  EXPECT_EQ(stats.histogram[0][51], 10U);  // 0.2 · 255
  EXPECT_EQ(std::accumulate(stats.histogram[0].begin(), stats.histogram[0].end(), 0U), 30U);
  // Of bytes that nothing changes they are found without floats.
  cv::Mat bytes = wavy(31, 20, 3), floats;
  bytes.convertTo(floats, CV_32F, 1 / 255.0);
  for (const ImageNeed need : {ImageNeed::Means, ImageNeed::Histogram}) {
    const ImageStats a = PixelProgram({}, bytes).stats(bytes, need),
                     b = PixelProgram({}, floats).stats(floats, need);
    EXPECT_EQ(a.histogram, b.histogram);
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(a.mean[c], b.mean[c], 1e-5);
      if (need == ImageNeed::Means) { EXPECT_NEAR(a.sky[c], b.sky[c], 1e-5); }
      if (need == ImageNeed::Histogram) { EXPECT_NEAR(a.deviation[c], b.deviation[c], 1e-5); }
    }
  }
}

TEST(PixelProgram, WhatAStageMustKnowIsFoundBehindThoseBeforeIt) {
  const op::Noise noise{.std = 0.2, .seed = 4};
  const op::Contrast contrast{.factor = 0};  // everything becomes the mean
  EXPECT_TRUE(PixelProgram::needs_image(std::vector<Op>{noise, contrast}));
  EXPECT_FALSE(PixelProgram::needs_image(std::vector<Op>{noise}));
  const cv::Mat image = wavy(20, 30, 1, CV_32F);
  const std::vector<Op> both{noise, contrast};
  const double mean = PixelProgram(std::vector<Op>{noise}, image).stats(image, ImageNeed::Means).mean[0];
  const PixelProgram program(both, image);
  std::vector<float> line(30);
  for (int y = 0; y < 20; ++y) {
    PixelRow row{y, 30, 1, {line.data(), nullptr, nullptr}};
    program.run(image, y, row);
    for (int x = 0; x < 30; ++x) ASSERT_NEAR(row.plane[0][x], mean, 1e-6);
  }
}

TEST(PixelProgram, APartOfARowIsEnoughWhereAStageTouchesNoMore) {
  const cv::Mat image = wavy(20, 100, 3);
  const std::vector<Op> part{op::Shadow{{.1, .1, .4, .1, .4, .9, .1, .9}, 0.5, 0.05}};
  const PixelProgram program(part, image);
  std::array<std::vector<float>, 3> plane;
  for (auto& p : plane) p.resize(100 + kScratchPadding);
  int parts = 0;
  for (int y = 0; y < 20; ++y) {
    PixelRow row{y, 100, 3, {plane[0].data(), plane[1].data(), plane[2].data()}};
    std::vector<std::uint8_t> out(300);
    parts += program.run_part(image.ptr(y), 3, row, out.data());
    PixelRow whole = row;
    program.run(image, y, whole);
    for (std::size_t i = 0; i < 300; ++i) ASSERT_NEAR(out[i], whole.plane[i % 3][i / 3] * 255, 0.501) << y;
  }
  EXPECT_EQ(parts, 20);
  const std::vector<Op> all{part[0], op::Noise{.std = 0.1}};
  PixelRow row{3, 100, 3, {plane[0].data(), plane[1].data(), plane[2].data()}};
  std::vector<std::uint8_t> out(300);
  EXPECT_FALSE(PixelProgram(all, image).run_part(image.ptr(3), 3, row, out.data()));
}

}  // namespace
}  // namespace doppel::augment
