#include <gtest/gtest.h>

#include "written.h"

namespace doppel::dataset {
namespace {

/// Counter-clockwise by 90 degrees: the width runs upwards.
TEST(YoloObbFormat, SaysFourCornersThatBeginAlongTheWidth) {
  augment::Sample sample = plain_image();
  sample.rotated_boxes = {{.x = 20, .y = 10, .width = 10, .height = 4, .angle = 90, .label = 0}};
  EXPECT_EQ(Written(DataFormat::YoloObb, sample, {"ship"}).text("labels/train/sample_0.txt"),
            "0 0.45000000 0.75000000 0.45000000 0.25000000 0.55000000 0.25000000 0.55000000 0.75000000\n");
}

TEST(YoloObbFormat, MovesCornersToTheEdgeAndSaysSo) {
  augment::Sample sample = plain_image();
  sample.rotated_boxes = {{.x = 38, .y = 10, .width = 8, .height = 4, .angle = 0, .label = 0}};
  const Written written(DataFormat::YoloObb, sample, {"ship"});
  EXPECT_EQ(written.text("labels/train/sample_0.txt"),
            "0 0.85000000 0.40000000 1.00000000 0.40000000 1.00000000 0.60000000 0.85000000 0.60000000\n");
  EXPECT_TRUE(written.says("moved to its edge"));
}

}  // namespace
}  // namespace doppel::dataset
