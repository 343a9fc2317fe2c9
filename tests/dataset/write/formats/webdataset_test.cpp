#include <gtest/gtest.h>

#include "written.h"

namespace doppel::dataset {
namespace {

TEST(WebDatasetFormat, MembersOfASampleShareTheirNameAndFollowEachOther) {
  augment::Sample sample = image_with_instance();
  sample.label = 1;
  const Written written(DataFormat::WebDataset, sample, {"cat", "dog"});
  EXPECT_EQ(written.paths(), (std::vector<std::string>{"classes.txt", "train-000000.tar"}));
  EXPECT_EQ(written.text("classes.txt"), "cat\ndog\n");
  const std::string tar = written.text("train-000000.tar");
  EXPECT_EQ(tar.size() % 512, 0U);
  std::vector<std::string> members;
  std::string said;
  for (std::size_t at = 0; at < tar.size() && tar[at] != '\0';) {
    members.emplace_back(tar.c_str() + at);
    const std::size_t size = std::stoul(tar.substr(at + 124, 11), nullptr, 8);
    if (members.back().ends_with(".json")) said = tar.substr(at + 512, size);
    at += 512 + (size + 511) / 512 * 512;
  }
  EXPECT_EQ(members, (std::vector<std::string>{"sample_0.png", "sample_0.cls", "sample_0.json",
                                               "sample_0.mask0.png"}));
  EXPECT_EQ(said, "{\"boxes\":[[10.0,5.0,30.0,15.0,1,1]],\"instance_mask\":0}");
}

}  // namespace
}  // namespace doppel::dataset
