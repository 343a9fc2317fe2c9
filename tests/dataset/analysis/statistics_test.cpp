#include "doppel/dataset/analysis/statistics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dataset/levels.h"
#include "dataset/written_files.h"
#include "doppel/dataset/sources/image_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(PictureStatistics, AreMeanAndDeviationOfAllPixels) {
  // Levels 0 to 9 alike: mean 4.5, variance (10² - 1) / 12.
  const PictureStatistics found = picture_statistics(*levels(10, 0));
  EXPECT_EQ(found.channels, 1);
  EXPECT_EQ(found.size, (Size{2, 3}));
  ASSERT_EQ(found.mean.size(), 1U);
  EXPECT_NEAR(found.mean[0], 4.5 / 255, 1e-9);
  EXPECT_NEAR(found.std[0], std::sqrt(99 / 12.0) / 255, 1e-9);
  EXPECT_EQ(picture_statistics(*levels(1, 100)).std[0], 1e-3);  // at least
  const PictureStatistics colour = picture_statistics(*levels(10, 0), 3);
  EXPECT_EQ(colour.channels, 3);
  ASSERT_EQ(colour.mean.size(), 3U);
  EXPECT_NEAR(colour.mean[2], 4.5 / 255, 1e-9);
}

TEST(PictureStatistics, LookAtSomeEvenlySpread) {
  std::size_t calls = 0, all = 0;
  const PictureStatistics found =
      picture_statistics(*levels(100, 0), 0, 10, [&](std::size_t, std::size_t of) { ++calls, all = of; });
  EXPECT_EQ(calls, 10U);
  EXPECT_EQ(all, 10U);
  EXPECT_NEAR(found.mean[0], 45 / 255.0, 1e-9);  // 0, 10 … 90
}

TEST(PictureStatistics, PassOverWhatCannotBeReadUnlessItIsAll) {
  const TemporaryFolder folder;
  const auto bad = put_text(folder.path() / "bad.png", "x");
  const PictureStatistics found = picture_statistics(ImageFiles(
      {bad, put_picture(folder.path() / "1.png"), put_picture(folder.path() / "2.png", {20, 20})}));
  EXPECT_EQ(found.channels, 3);
  EXPECT_FALSE(found.size);  // they differ
  EXPECT_NEAR(found.mean[0], 40 / 255.0, 1e-9);
  EXPECT_NEAR(found.mean[2], 200 / 255.0, 1e-9);
  EXPECT_NE(error_of([&] { picture_statistics(ImageFiles({bad})); }).find("bad.png"), std::string::npos);
  EXPECT_NE(error_of([] { picture_statistics(*levels(0, 0)); }).find("no samples"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
