#include <gtest/gtest.h>

#include <algorithm>

#include "written.h"

namespace doppel::dataset {
namespace {

TEST(YoloSegFormat, SaysTheOutlineAlongThePixelsEdges) {
  const std::string line =
      Written(DataFormat::YoloSeg, image_with_instance(), {"cat", "dog"}).text("labels/train/sample_0.txt");
  EXPECT_EQ(line.substr(0, 2), "1 ");
  // Six corners, since one pixel is missing: each twice.
  EXPECT_EQ(std::count(line.begin(), line.end(), ' '), 12) << line;
  for (const char* corner : {" 0.25000000 0.25000000", " 0.72500000 0.25000000", " 0.72500000 0.30000000",
                             " 0.75000000 0.30000000", " 0.75000000 0.75000000", " 0.25000000 0.75000000"})
    EXPECT_NE(line.find(corner), std::string::npos) << corner << " in " << line;
}

TEST(YoloSegFormat, FourCornersGetAFifth) {
  augment::Sample sample = image_with_instance();
  sample.masks[0].at<unsigned char>(5, 29) = 1;
  const std::string line =
      Written(DataFormat::YoloSeg, sample, {"cat", "dog"}).text("labels/train/sample_0.txt");
  EXPECT_EQ(std::count(line.begin(), line.end(), ' '), 10) << line;
}

TEST(YoloSegFormat, PolygonsStayThemselves) {
  augment::Sample sample = image_with_instance();
  sample.outlines = {{{{10, 5}, {29.5, 5}, {30, 15}, {20, 15}, {10, 15}}, true, 1, 1},
                     {{{20, 1}, {24, 1}, {24, 3}, {22, 4}, {20, 3}}, true, 0, -1}};
  const Written written(DataFormat::YoloSeg, sample, {"cat", "dog"});
  EXPECT_EQ(
      written.text("labels/train/sample_0.txt"),
      "1 0.25000000 0.25000000 0.73750000 0.25000000 0.75000000 0.75000000 0.50000000 0.75000000 0.25000000 "
      "0.75000000\n0 0.50000000 0.05000000 0.60000000 0.05000000 0.60000000 0.15000000 0.55000000 0.20000000 "
      "0.50000000 0.15000000\n");
  EXPECT_TRUE(written.report.remarks.empty());
}

}  // namespace
}  // namespace doppel::dataset
