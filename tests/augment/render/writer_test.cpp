#include "render/writer.h"

#include <gtest/gtest.h>

#include <bit>

#include "augment/test_images.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(Writer, NormsComeFromTheOpOrTheImage) {
  const ChannelNorms one = ChannelNorms::of(op::Normalize{.mean = {0.5}, .std = {0.1, 0.2}});
  EXPECT_EQ(one.mean, (std::array{0.5, 0.5, 0.5}));  // the last serves what isn't named
  EXPECT_EQ(one.std, (std::array{0.1, 0.2, 0.2}));
  ImageStats stats;
  stats.mean = {0.1, 0.2, 0.3};
  stats.deviation = {0.5, 0, 0.25};
  const op::Normalize each{.per_image = true};
  EXPECT_EQ(ChannelNorms::of(each, stats, 3).mean, stats.mean);
  EXPECT_EQ(ChannelNorms::of(each, stats, 3).std, (std::array{0.5, 1 / 255.0, 0.25}));
}

TEST(Writer, FoldsThePlansNormsIntoTheTargets) {
  // Row 1 of two of 3 pixels with alpha; (x - mean) / std twice for colours, once for alpha.
  const cv::Mat source = wavy(2, 3, 4);
  std::array<std::array<float, 3>, 3> planes{{{0, 0.5F, 1}, {0.2F, 0.4F, 0.6F}, {0.9F, 0.8F, 0.7F}}};
  const PixelRow row{1, 3, 3, {planes[0].data(), planes[1].data(), planes[2].data()}};
  const ChannelNorms norms{{0.1, 0.2, 0.3}, {0.5, 0.25, 2}};
  for (const Layout layout : {Layout::CHW, Layout::HWC}) {
    std::vector<float> floats(24, 77);
    std::vector<std::uint16_t> halves(24);
    Target target{floats.data(), {2, 3}, 4, PixelType::F32, layout, {1, 2, 3, 0.25F}, {2, 4, 5, 0.5F}};
    Writer(target, norms).write(row, source, 1);
    target.data = halves.data();
    target.type = PixelType::BF16;
    Writer(target, norms).write(row, source, 1);
    for (std::size_t x = 0; x < 3; ++x)
      for (std::size_t c = 0; c < 4; ++c) {
        const std::size_t at = layout == Layout::CHW ? (c * 2 + 1) * 3 + x : (3 + x) * 4 + c;
        const double alpha = source.at<cv::Vec4b>(1, static_cast<int>(x))[3] / 255.0;
        const double v = c == 3 ? alpha : (planes[c][x] - norms.mean[c]) / norms.std[c];
        const double wanted = (v - double(target.mean[c])) / double(target.std[c]);
        EXPECT_NEAR(floats[at], wanted, 1e-5);
        EXPECT_NEAR(std::bit_cast<float>(static_cast<std::uint32_t>(halves[at]) << 16), wanted,
                    std::abs(wanted) / 256);
      }
    EXPECT_EQ(floats[0], 77);  // row 0 isn't written
  }
}

TEST(Writer, BytesAreRoundedAndGoStraightWhereTheyCan) {
  std::array<float, 4> plane{-0.2F, 0.499F / 255, 100.501F / 255, 2};
  const PixelRow row{0, 4, 1, {plane.data(), nullptr, nullptr}};
  for (const Layout layout : {Layout::CHW, Layout::HWC}) {
    std::array<std::uint8_t, 4> out{};
    const Writer writer({out.data(), {1, 4}, 1, PixelType::U8, layout});
    writer.write(row, cv::Mat(1, 4, CV_8UC1), 0);
    EXPECT_EQ(out, (std::array<std::uint8_t, 4>{0, 0, 101, 255}));
    EXPECT_EQ(writer.is_plain_bytes(), layout == Layout::HWC);
    EXPECT_FALSE(writer.takes_planes());
  }
  const cv::Mat source = wavy(1, 40, 3);
  std::vector<float> floats(120);
  const Writer writer({floats.data(), {1, 40}, 3});
  ASSERT_TRUE(writer.takes_planes());
  writer.write_planes(source.ptr(), 0);
  for (std::size_t i = 0; i < 120; ++i)
    EXPECT_NEAR(floats[i % 3 * 40 + i / 3], source.ptr()[i] / 255.0, 1e-6);
}

TEST(Writer, NormalizeNeedsFloats) {
  const Target bytes{nullptr, {1, 1}, 3, PixelType::U8, Layout::HWC};
  EXPECT_EQ(error_of([&] { const Writer writer(bytes, ChannelNorms{}); }),
            "a recipe with Normalize gives floats; ask for f32, bf16 or f16 batches, or leave Normalize out");
}

}  // namespace
}  // namespace doppel::augment
