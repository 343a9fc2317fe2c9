#include "doppel/dataset/sources/label_studio.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dataset/labelled_folder.h"

namespace doppel::dataset {
namespace {

std::string studio_result(const std::string& type, const std::string& value, const std::string& more = "") {
  return R"({"type": ")" + type + R"(", "original_width": 32, "original_height": 24, "value": {)" + value +
         "}" + more + "}";
}

class LabelStudioFolder : public LabelledFolder {
 protected:
  void SetUp() override { image("images/1.png"); }
  void results(const std::string& inside, const std::string& more = "") const {
    put("p.json", R"([{"id": 1, "data": {"image": "/data/upload/1/1.png"}, "annotations": [{"result": [)" +
                      inside + "]}]" + more + "}]");
  }
  LabelStudio open() const { return LabelStudio(root() / "p.json"); }
  std::string error() const {
    return problem([&] { return open(); });
  }
};

TEST_F(LabelStudioFolder, TurnedRectanglesTurnAboutTheirCorner) {
  results(studio_result(
              "rectanglelabels",
              R"("x": 50, "y": 25, "width": 25, "height": 25, "rotation": 90, "rectanglelabels": ["a"])") +
          "," +
          studio_result(
              "rectanglelabels",
              R"("x": 50, "y": 25, "width": 25, "height": 25, "rotation": 30, "rectanglelabels": ["a"])"));
  const augment::Sample sample = load(open(), 0);
  // 8 x 6 pixels at 16, 6: a quarter turn clockwise puts it to the left of the corner.
  ASSERT_EQ(sample.boxes.size(), 1U);
  EXPECT_NEAR(sample.boxes[0].x0, 10, 1e-9);
  EXPECT_NEAR(sample.boxes[0].x1, 16, 1e-9);
  EXPECT_NEAR(sample.boxes[0].y0, 6, 1e-9);
  EXPECT_NEAR(sample.boxes[0].y1, 14, 1e-9);
  ASSERT_EQ(sample.rotated_boxes.size(), 1U);
  EXPECT_NEAR(sample.rotated_boxes[0].x, 16 + 4 * std::cos(M_PI / 6) - 3 * 0.5, 1e-9);
  EXPECT_NEAR(sample.rotated_boxes[0].y, 6 + 4 * 0.5 + 3 * std::cos(M_PI / 6), 1e-9);
  EXPECT_EQ(sample.rotated_boxes[0].angle, -30);
}

TEST_F(LabelStudioFolder, ARegionsShapeAndItsLabelMayBeTwoResults) {
  const std::string place = R"("x": 50, "y": 25, "width": 25, "height": 25)";
  results(studio_result("rectangle", place, R"(, "id": "r")") + "," +
          studio_result("labels", place + R"(, "labels": ["dog", "cat"])", R"(, "id": "r")") + "," +
          studio_result("choices", place + R"(, "choices": ["big"])", R"(, "id": "r")") + "," +
          studio_result("ellipse", R"("x": 50, "y": 50, "radiusX": 10, "radiusY": 10)", R"(, "id": "s")"));
  const LabelStudio source = open();
  EXPECT_EQ(load(source, 0).boxes, (std::vector{box(16, 6, 24, 12, 0, 1)}));
  EXPECT_EQ(source.classes(), std::vector<std::string>{"dog"});
  EXPECT_EQ(text_of(source.remarks()),
            "regions of several labels, of which the first is taken: 1 (task 1)\n"
            "choices of regions, which aren't read: 1 (task 1)\n"
            "regions without a label, left out: 1 (task 1)\n");
}

TEST_F(LabelStudioFolder, SeveralChoicesShareAnImage) {
  results(R"({"type": "choices", "value": {"choices": ["b", "a"]}})");
  EXPECT_EQ(load(open(), 0).label_shares, (std::vector<augment::LabelShare>{{1, 1}, {0, 1}}));
}

TEST_F(LabelStudioFolder, WhatIsntUsedIsCounted) {
  put("p.json", R"([{"data": {"image": "1.png"}, "predictions": [{"result": []}],
     "annotations": [{"was_cancelled": true, "result": [{"type": "choices", "value": {"choices": ["x"]}}]},
                     {"result": [{"type": "choices", "value": {"choices": ["y"]}}, {"type": "relation"}]},
                     {"result": [{"type": "choices", "value": {"choices": ["z"]}}]}]},
    {"data": {"image": "1.png"}, "annotations": []},
    {"data": {"image": "s3://b/0a1b2c3d-2.png"}, "annotations": [{"result": []}]},
    {"data": {"image": "/data/upload/1/0a1b2c3d-3.png"}, "annotations": [{"result": []}]}])");
  image("3.png");
  const LabelStudio source = open();
  EXPECT_EQ(source.classes(), std::vector<std::string>{"y"});
  EXPECT_EQ(source.size(), 2U);
  EXPECT_EQ(text_of(source.remarks()),
            "predictions, which aren't read: 1 (task 1)\n"
            "annotations that were cancelled, left out: 1 (task 1)\n"
            "relations between regions, which aren't read: 1 (task 1)\n"
            "further annotations of a task, of which the first is taken: 1 (task 1)\n"
            "tasks without an annotation, left out: 1 (task 2)\n"
            "annotated images that aren't there, left out: 1 (s3://b/0a1b2c3d-2.png)\n"
            "uploaded images that are there by their own names: 1 (/data/upload/1/0a1b2c3d-3.png)\n");
}

TEST_F(LabelStudioFolder, ErrorsNameTaskAndResult) {
  for (const auto& [inside, expected] : std::vector<std::pair<std::string, std::string>>{
           {studio_result("rectanglelabels", R"("x": 5, "rectanglelabels": ["a"])"),
            "task 1: result 1: it has no `y`"},
           {studio_result("rectanglelabels", R"("x": "q", "y": 5, "rectanglelabels": ["a"])"),
            "not a number"},
           {studio_result("polygonlabels", R"("points": [[1, 2], [3, 4]], "polygonlabels": ["a"])"),
            "fewer than three points"},
           {studio_result("brushlabels", R"("rle": [0, 0, 0, 1], "brushlabels": ["a"])"),
            "task 1: a brush's code of 1 bytes"},
           {studio_result("brushlabels", R"("rle": [300], "brushlabels": ["a"])"), "300 in `rle` is no byte"},
           {R"({"type": "choices", "value": 3})", "not right JSON"}}) {
    results(inside);
    EXPECT_NE(error().find(expected), std::string::npos) << inside << " gave: " << error();
    EXPECT_NE(error().find("p.json: "), std::string::npos) << error();
  }
  put("p.json", "[]");
  EXPECT_NE(error().find("an empty list"), std::string::npos) << error();
  put("p.json", "[{");
  EXPECT_NE(error().find("p.json: "), std::string::npos) << error();
  results(R"({"type": "rectanglelabels", "original_width": 24, "original_height": 32,
              "value": {"x": 1, "y": 1, "width": 1, "height": 1, "rectanglelabels": ["a"]}})");
  EXPECT_NE(error().find("is of an image of 24 x 32"), std::string::npos) << error();
}

}  // namespace
}  // namespace doppel::dataset
