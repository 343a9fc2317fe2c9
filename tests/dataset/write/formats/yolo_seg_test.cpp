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

}  // namespace
}  // namespace doppel::dataset
