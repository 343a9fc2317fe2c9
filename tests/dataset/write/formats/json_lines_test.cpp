#include <gtest/gtest.h>

#include "written.h"

namespace doppel::dataset {
namespace {

std::string line_of(const augment::Sample& sample) {
  return Written(DataFormat::JsonLines, sample, {"cat", "dog"}).text("train.jsonl");
}

TEST(JsonLinesFormat, SaysClassAndBoxesByName) {
  augment::Sample sample = image_with_box();
  sample.label = 0;
  EXPECT_EQ(line_of(sample),
            "{\"path\":\"images/train/"
            "sample_0.png\",\"label\":\"cat\",\"boxes\":[[10.0,5.0,30.0,15.0,\"dog\"]]}\n");
}

TEST(JsonLinesFormat, TellsSharesFromSeveralLabels) {
  augment::Sample sample = plain_image();
  sample.label_shares = {{0, 0.75}, {1, 0.25}};
  EXPECT_EQ(line_of(sample),
            "{\"path\":\"images/train/sample_0.png\",\"label\":{\"cat\":0.75,\"dog\":0.25}}\n");
  sample.label_shares = {{0, 1}, {1, 1}};
  EXPECT_EQ(line_of(sample), "{\"path\":\"images/train/sample_0.png\",\"labels\":[\"cat\",\"dog\"]}\n");
}

}  // namespace
}  // namespace doppel::dataset
