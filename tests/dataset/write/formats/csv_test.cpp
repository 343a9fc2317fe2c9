#include <gtest/gtest.h>

#include "written.h"

namespace doppel::dataset {
namespace {

TEST(CsvFormat, HasALineOfPathAndLabel) {
  augment::Sample sample = plain_image();
  sample.label = 0;
  EXPECT_EQ(Written(DataFormat::Csv, sample, {"a \"big\", old dog"}).text("train.csv"),
            "path,label\nimages/train/sample_0.png,\"a \"\"big\"\", old dog\"\n");
}

TEST(CsvFormat, HasALineForEachBox) {
  augment::Sample sample = image_with_box();
  sample.boxes.push_back({.x0 = 0.25, .y0 = 0, .x1 = 8, .y1 = 20, .label = -1});
  EXPECT_EQ(Written(DataFormat::Csv, sample, {"cat", "dog"}).text("train.csv"),
            "path,label,x0,y0,x1,y1,box_label\n"
            "images/train/sample_0.png,,10,5,30,15,dog\n"
            "images/train/sample_0.png,,0.25,0,8,20,\n");
}

}  // namespace
}  // namespace doppel::dataset
