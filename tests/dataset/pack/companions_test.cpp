#include "pack/companions.h"

#include <gtest/gtest.h>

#include <limits>

#include "doppel/codec/image.h"
#include "error_of.h"
#include "some_maps.h"

namespace doppel::dataset::pack {
namespace {

constexpr Size kSmall{7, 11};
constexpr long kPixels = 7L * 11;

augment::Sample with_map(const augment::FloatMap& map) {
  augment::Sample sample;
  sample.maps = {map};
  return sample;
}

TEST(Companions, GiveEveryMapBackToTheBit) {
  for (const augment::FloatMap& map : some_maps({11, 7}, 5)) {
    const auto files = companions_of(with_map(map), kSmall, kSmall);
    ASSERT_EQ(files.size(), 1U);
    cv::Mat again;
    const std::string problem =
        error_of([&] { again = read_map_file(files[0].bytes, files[0].unit, kPixels); });
    if (problem.find("plug-in") != std::string::npos) GTEST_SKIP() << problem;
    EXPECT_TRUE(same_bits(again, map.values)) << map.name << problem;
  }
}

TEST(Companions, WholeNumbersAreThePicturesThatTheyWere) {
  const cv::Mat millimetres = map_of_numbers({11, 7}, 1, [](int k) { return 501 * k * 0.001; });
  augment::Sample sample = with_map({.name = "depth", .values = millimetres});
  sample.masks = {cv::Mat(7, 11, CV_8U, cv::Scalar(3))};
  const auto files = companions_of(sample, kSmall, kSmall);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].suffix, "mask0.png");
  EXPECT_EQ(files[1].suffix, "map0.png");
  const cv::Mat numbers = decode_image(files[1].bytes, {.depth = ImageDepth::AsStored});
  EXPECT_EQ(numbers.type(), CV_16UC1);
  EXPECT_EQ(numbers.at<std::uint16_t>(0, 3), 1503);
  EXPECT_EQ(companions_of(with_map({.name = "x", .values = rough_map({11, 7}, 1)}), kSmall, kSmall)[0].suffix,
            "map0.tif");
}

TEST(Companions, FollowTheImageToItsSize) {
  augment::Sample sample;
  sample.maps = {{.name = "flow",
                  .values = cv::Mat(8, 12, CV_32FC3, cv::Scalar(6, -4, 5)),
                  .kind = augment::MapKind::Flow},
                 {.name = "near",
                  .values = map_of_numbers({12, 8}, 1, [](int k) { return k % 2; }),
                  .filter = Filter::Nearest},
                 {.name = "mean", .values = map_of_numbers({12, 8}, 5, [](int k) { return k / 5 % 2; })}};
  const auto files = companions_of(sample, {8, 12}, {4, 6});
  std::vector<cv::Mat> maps;
  const std::string problem = error_of([&] {
    for (const Companion& file : files) maps.push_back(read_map_file(file.bytes, file.unit, kPixels));
  });
  if (problem.find("plug-in") != std::string::npos) GTEST_SKIP() << problem;
  for (const cv::Mat& map : maps) EXPECT_EQ(map.size(), cv::Size(6, 4));
  EXPECT_EQ(maps[0].at<cv::Vec3f>(1, 1), cv::Vec3f(3, -2, 5));  // half as far; what isn't a vector stays
  const float near = maps[1].at<float>(2, 3);
  EXPECT_TRUE(near == 0 || near == 1);
  EXPECT_EQ(maps[2].ptr<float>(2)[4], 0.5F);
}

TEST(Companions, MapsThatAreNoneAreErrorsWithTheirNames) {
  EXPECT_NE(error_of([] {
              companions_of(with_map({.name = "d", .values = cv::Mat(5, 5, CV_32F)}), kSmall, kSmall);
            }).find("the map 'd' is 5x5, but its image is 7x11"),
            std::string::npos);
  const auto files = companions_of(with_map(some_maps({11, 7}, 5)[0]), kSmall, kSmall);
  constexpr long kMost = std::numeric_limits<long>::max();
  EXPECT_EQ(error_of([&] { (void)read_map_file(files[0].bytes, files[0].unit, kMost); }), "");
  EXPECT_NE(error_of([] { (void)read_map_file({}, {}, kPixels); }).find("an empty file"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset::pack
