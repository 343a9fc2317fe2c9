#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "doppel/dataset/open/open_data.h"
#include "written.h"

namespace doppel::dataset {
namespace {

using nlohmann::json;

json annotations(const Written& written) {
  return json::parse(written.text("annotations/instances_train.json"));
}

TEST(CocoFormat, SaysImagesAnnotationsAndCategoriesFromOne) {
  const Written written(DataFormat::Coco, image_with_box(), {"cat", "dog"});
  EXPECT_EQ(written.paths(),
            (std::vector<std::string>{"annotations/instances_train.json", "train/sample_0.png"}));
  const json said = annotations(written);
  EXPECT_EQ(said["images"],
            json::parse(R"([{"id": 1, "file_name": "sample_0.png", "width": 40, "height": 20}])"));
  EXPECT_EQ(said["categories"], json::parse(R"([{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}])"));
  ASSERT_EQ(said["annotations"].size(), 1U);
  const json& object = said["annotations"][0];
  EXPECT_EQ(object["image_id"], 1);
  EXPECT_EQ(object["category_id"], 2);
  EXPECT_EQ(object["iscrowd"], 0);
  EXPECT_EQ(object["area"], 200);
  EXPECT_EQ(object["bbox"].get<std::vector<double>>(), (std::vector<double>{10, 5, 20, 10}));
}

/// By columns from the upper left, as COCO counts runs: 10 columns and 5 pixels of nothing, then 10 of each
/// of 19 columns, the last of which lacks its first.
TEST(CocoFormat, MasksAreRunsAlongColumns) {
  const json said = annotations(Written(DataFormat::Coco, image_with_instance(), {"cat", "dog"}));
  const json& object = said["annotations"][0];
  EXPECT_EQ(object["area"], 199);
  EXPECT_EQ(object["segmentation"]["size"], (std::vector<int>{20, 40}));
  // 205, then 10 and 10 in turn, of which later ones are said by what they differ from the one before the
  // last.
  EXPECT_EQ(object["segmentation"]["counts"].get<std::string>().substr(0, 4), "]6::");
}

TEST(CocoFormat, KeypointsAreTriplesInTheOrderOfTheirNumbers) {
  augment::Sample sample = image_with_box();
  sample.keypoints = {{.x = 20.5, .y = 10.5, .label = 2, .visibility = 1, .instance = 1},
                      {.x = 11.5, .y = 6.5, .label = 0, .visibility = 0, .instance = 1}};
  const json said = annotations(Written(DataFormat::Coco, sample, {"cat", "dog"}));
  EXPECT_EQ(said["annotations"][0]["keypoints"].get<std::vector<double>>(),
            (std::vector<double>{11, 6, 1, 0, 0, 0, 20, 10, 2}));
  EXPECT_EQ(said["annotations"][0]["num_keypoints"], 2);
  EXPECT_EQ(said["categories"][1]["keypoints"].size(), 3U);
}

augment::Sample image_with_polygon() {
  augment::Sample sample = image_with_instance();
  sample.outlines = {{{{10, 5}, {29, 5}, {29, 6}, {30, 6}, {30, 15}, {10, 15}}, true, 1, 1}};
  return sample;
}

TEST(CocoFormat, PolygonsStayPolygons) {
  augment::Sample sample = image_with_polygon();
  const Written written(DataFormat::Coco, sample, {"cat", "dog"});
  const json object = annotations(written)["annotations"][0];
  EXPECT_EQ(object["segmentation"],
            json::parse("[[10.0, 5.0, 29.0, 5.0, 29.0, 6.0, 30.0, 6.0, 30.0, 15.0, 10.0, 15.0]]"));
  EXPECT_EQ(object["area"], 199);
  EXPECT_TRUE(written.report.remarks.empty());
  const augment::Sample again = load(*open_data(written.out().string()).train, 0);
  ASSERT_EQ(again.outlines.size(), 1U);
  EXPECT_EQ(again.outlines[0].points, sample.outlines[0].points);
  EXPECT_EQ(cv::countNonZero((again.masks[0] != 0) != (sample.masks[0] != 0)), 0);
}

TEST(CocoFormat, WhatTheMaskShowsOtherwiseIsWrittenAsItShowsIt) {
  augment::Sample sample = image_with_polygon();
  sample.masks[0](cv::Rect(33, 8, 5, 5)) = 1;  // more of the object, which no polygon is around
  const Written more(DataFormat::Coco, sample, {"cat", "dog"});
  EXPECT_TRUE(annotations(more)["annotations"][0]["segmentation"].contains("counts"));
  EXPECT_TRUE(more.says("polygons of objects that the mask shows otherwise"));
  sample = image_with_polygon();
  sample.masks[0](cv::Rect(14, 8, 5, 5)) = 0;  // a hole
  EXPECT_TRUE(annotations(Written(DataFormat::Coco, sample, {"cat", "dog"}))["annotations"][0]["segmentation"]
                  .contains("counts"));
  sample.masks[0](cv::Rect(14, 8, 5, 5)) = 2;  // something over it
  EXPECT_TRUE(annotations(Written(DataFormat::Coco, sample, {"cat", "dog"}))["annotations"][0]["segmentation"]
                  .is_array());
}

TEST(CocoFormat, PolygonsWithoutABoxAreObjectsToo) {
  augment::Sample sample = plain_image();
  sample.outlines = {{{{2, 3}, {12, 3}, {12, 13}}, true, 0, 4},
                     {{{20, 3}, {24, 3}, {24, 7}, {20, 7}}, true, 0, 4},
                     {{{1, 1}, {3, 1}, {3, 3}}, true, -1, -1},
                     {{{0, 0}, {9, 9}}, false, 1, -1}};
  const Written written(DataFormat::Coco, sample, {"cat", "dog"});
  const json objects = annotations(written)["annotations"];
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(objects[0]["bbox"], json::parse("[2.0, 3.0, 22.0, 10.0]"));
  EXPECT_EQ(objects[0]["area"], 66);
  EXPECT_EQ(objects[0]["segmentation"].size(), 2U);
  EXPECT_TRUE(written.says("polygons without a class"));
  EXPECT_TRUE(written.says("lines"));
}

}  // namespace
}  // namespace doppel::dataset
