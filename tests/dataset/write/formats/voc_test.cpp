#include <gtest/gtest.h>

#include "written.h"

namespace doppel::dataset {
namespace {

/// Pascal VOC counts pixels from 1 and has both ends inside.
TEST(VocFormat, CountsPixelsFromOneWithBothEndsInside) {
  const Written written(DataFormat::Voc, image_with_box(), {"cat", "dog & bone"});
  EXPECT_EQ(written.paths(), (std::vector<std::string>{"Annotations/sample_0.xml", "ImageSets/Main/train.txt",
                                                       "JPEGImages/sample_0.png"}));
  EXPECT_EQ(written.text("ImageSets/Main/train.txt"), "sample_0\n");
  const std::string text = written.text("Annotations/sample_0.xml");
  for (const char* part :
       {"<name>dog &amp; bone</name>", "<width>40</width><height>20</height><depth>3</depth>",
        "<xmin>11</xmin><ymin>6</ymin><xmax>30</xmax><ymax>15</ymax>"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
}

TEST(VocFormat, SaysThatCornersAreRounded) {
  augment::Sample sample = image_with_box();
  sample.boxes[0].x1 = 29.7;
  const Written written(DataFormat::Voc, sample, {"cat", "dog"});
  EXPECT_NE(written.text("Annotations/sample_0.xml").find("<xmax>30</xmax>"), std::string::npos);
  EXPECT_TRUE(written.says("rounded to whole pixels"));
}

}  // namespace
}  // namespace doppel::dataset
