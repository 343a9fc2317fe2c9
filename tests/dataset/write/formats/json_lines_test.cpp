#include <gtest/gtest.h>

#include <cmath>

#include "dataset/pack/some_maps.h"
#include "doppel/dataset/sources/manifest.h"
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

TEST(JsonLinesFormat, MapsAreFilesThatTheLineNames) {
  augment::Sample sample = plain_image();
  sample.maps = {{.name = "depth",
                  .values = rough_map({40, 20}, 1),
                  .kind = augment::MapKind::Depth,
                  .filter = Filter::Nearest},
                 {.name = "b",
                  .values = rough_map({40, 20}, 3),
                  .kind = augment::MapKind::Image,
                  .filter = Filter::Nearest,
                  .fill = 0.5F,
                  .colors = true}};
  const Written written(DataFormat::JsonLines, sample, {});
  EXPECT_EQ(written.text("train.jsonl"),
            "{\"path\":\"images/train/sample_0.png\",\"maps\":{\"depth\":{\"file\":\"maps/train/"
            "sample_0.map0.npy\",\"kind\":\"depth\"},\"b\":{\"colors\":true,\"file\":\"maps/train/"
            "sample_0.map1.npy\",\"fill\":0.5,\"filter\":\"nearest\",\"kind\":\"image\"}}}\n");
  EXPECT_TRUE(written.report.remarks.empty());
}

TEST(JsonLinesFormat, GivesMapsPolygonsAndLinesBack) {
  augment::Sample sample = plain_image();
  sample.label = 0;
  sample.maps = some_maps(sample.image.size(), 2);
  sample.outlines = some_outlines(0.125);
  sample.outlines[1].label = -1;  // nobody's, not the image's
  const Written written(DataFormat::JsonLines, sample, {"cat", "dog"});
  const augment::Sample again = load(Manifest(written.out() / "train.jsonl"), 0);
  expect_same_maps(again.maps, sample.maps);
  EXPECT_EQ(again.outlines, sample.outlines);
  EXPECT_TRUE(written.report.remarks.empty());
}

TEST(JsonLinesFormat, SaysWhatAManifestHasNoWordsFor) {
  augment::Sample sample = plain_image();
  sample.outlines = {{{{1, 1}, {2, 2}}, true, 0, -1}};
  const Written written(DataFormat::JsonLines, sample, {"cat"});
  EXPECT_TRUE(written.says("polygons of fewer than three points, and lines of fewer than two"));
}

TEST(JsonLinesFormat, KeepsFillsThatAreNoFiniteNumbers) {
  augment::Sample sample = plain_image();
  for (const float fill : {std::nanf(""), HUGE_VALF, -HUGE_VALF})
    sample.maps.push_back(
        {.name = std::to_string(sample.maps.size()), .values = rough_map({40, 20}, 1), .fill = fill});
  const Written written(DataFormat::JsonLines, sample, {});
  const auto maps = load(Manifest(written.out() / "train.jsonl"), 0).maps;
  ASSERT_EQ(maps.size(), 3U);
  EXPECT_TRUE(std::isnan(maps[0].fill));
  EXPECT_EQ(maps[1].fill, HUGE_VALF);
  EXPECT_EQ(maps[2].fill, -HUGE_VALF);
}

TEST(CsvFormat, SaysThatMapsPolygonsAndLinesStayBehind) {
  augment::Sample sample = image_with_box();
  sample.maps = some_maps(sample.image.size(), 2);
  sample.outlines = some_outlines(0);
  for (const DataFormat format : {DataFormat::Csv, DataFormat::Voc, DataFormat::Yolo}) {
    const Written written(format, sample, {"cat", "dog"});
    EXPECT_TRUE(written.says("maps"));
    EXPECT_TRUE(written.says("polygons"));
    EXPECT_TRUE(written.says("lines"));
  }
}

}  // namespace
}  // namespace doppel::dataset
