#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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

}  // namespace
}  // namespace doppel::dataset
