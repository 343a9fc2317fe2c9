#include <gtest/gtest.h>

#include "written.h"

namespace doppel::dataset {
namespace {

TEST(YoloFormat, SaysCentreAndSizeInShares) {
  const Written written(DataFormat::Yolo, image_with_box(), {"cat", "dog: small"});
  EXPECT_EQ(written.paths(), (std::vector<std::string>{"data.yaml", "images/train/sample_0.png",
                                                       "labels/train/sample_0.txt"}));
  EXPECT_EQ(written.text("labels/train/sample_0.txt"), "1 0.50000000 0.50000000 0.50000000 0.50000000\n");
  EXPECT_EQ(written.text("data.yaml"), "train: images/train\nnames:\n  0: \"cat\"\n  1: \"dog: small\"\n");
}

TEST(YoloFormat, EveryLineHasAllKeypoints) {
  augment::Sample sample = image_with_box();
  sample.keypoints = {{.x = 20, .y = 15, .label = 1, .visibility = 1, .instance = 1}};
  const Written written(DataFormat::Yolo, sample, {"cat", "dog"});
  EXPECT_EQ(written.text("labels/train/sample_0.txt"),
            "1 0.50000000 0.50000000 0.50000000 0.50000000 0 0 0 0.50000000 0.75000000 2\n");
  EXPECT_NE(written.text("data.yaml").find("kpt_shape: [2, 3]\n"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
