#include <gtest/gtest.h>

#include <cmath>

#include "dataset/pack/some_maps.h"
#include "doppel/dataset/sources/tar_shards.h"
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

TEST(WebDatasetFormat, AClassIsOneLineWhateverItIsCalled) {
  augment::Sample sample = image_with_instance();
  sample.label = 1;
  const Written written(DataFormat::WebDataset, sample, {"cat", "a\ndog", "cow"});
  EXPECT_EQ(written.text("classes.txt"), "cat\na\\x0adog\ncow\n");
  EXPECT_TRUE(written.says("classes that classes.txt names 'a\\x0adog'"));
}

TEST(WebDatasetFormat, GivesMapsPolygonsAndLinesBack) {
  augment::Sample sample = image_with_instance();
  sample.label = 0;
  sample.maps = some_maps(sample.image.size(), 2);
  sample.maps[0].fill = std::nanf("");
  sample.outlines = some_outlines(0.125);
  sample.outlines[1].label = -1;  // nobody's, not the image's
  const Written written(DataFormat::WebDataset, sample, {"cat", "dog"});
  EXPECT_TRUE(written.report.remarks.empty());
  const TarShards shards({written.out() / "train-000000.tar"}, {}, {"cat", "dog"});
  ASSERT_EQ(shards.remarks().size(), 1U);
  EXPECT_EQ(shards.remarks()[0].text().find("labels of -1, which are taken as none"), 0U);
  const augment::Sample again = load(shards, 0);
  EXPECT_TRUE(std::isnan(again.maps.at(0).fill));
  sample.maps[0].fill = 0;
  auto maps = again.maps;
  maps[0].fill = 0;
  expect_same_maps(maps, sample.maps);
  EXPECT_EQ(again.outlines, sample.outlines);
  EXPECT_EQ(again.masks.size(), sample.masks.size());
}

TEST(WebDatasetFormat, OutlinesOfTooFewPointsAreLeftBehindWithAWord) {
  augment::Sample sample = image_with_instance();
  sample.outlines = {{{{1, 1}, {2, 2}}, true, 0, -1}};
  EXPECT_TRUE(Written(DataFormat::WebDataset, sample, {"cat", "dog"})
                  .says("polygons of fewer than three points, and lines of fewer than two"));
}

}  // namespace
}  // namespace doppel::dataset
