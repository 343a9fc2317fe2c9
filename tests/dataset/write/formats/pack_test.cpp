#include <gtest/gtest.h>

#include "dataset/pack/some_maps.h"
#include "doppel/dataset/pack/pack.h"
#include "written.h"

namespace doppel::dataset {
namespace {

TEST(PackFormat, APartIsAPackThatHoldsEveryTarget) {
  augment::Sample sample = image_with_instance();
  sample.label = 1;
  sample.rotated_boxes = {{20, 10, 8, 4, 30, 0, 1, 7}};
  sample.maps = some_maps(sample.image.size(), 3);
  sample.outlines = some_outlines(0.25);
  const Written written(DataFormat::Pack, sample, {"cat", "dog"});
  EXPECT_EQ(written.paths(), std::vector<std::string>{"train/00000.tar"});
  const PackSource pack(written.out() / "train");
  ASSERT_EQ(pack.size(), 1U);
  EXPECT_EQ(pack.classes(), (std::vector<std::string>{"cat", "dog"}));
  const augment::Sample again = load(pack, 0);
  EXPECT_EQ(again.label, 1);
  EXPECT_EQ(again.boxes, sample.boxes);
  EXPECT_EQ(again.rotated_boxes, sample.rotated_boxes);
  ASSERT_EQ(again.masks.size(), 1U);
  EXPECT_EQ(cv::norm(again.masks[0], sample.masks[0], cv::NORM_INF), 0);
  expect_same_maps(again.maps, sample.maps);
  EXPECT_EQ(again.outlines, sample.outlines);
  EXPECT_TRUE(written.report.remarks.empty());
}

}  // namespace
}  // namespace doppel::dataset
