#include "doppel/dataset/sources/labelme.h"

#include <gtest/gtest.h>

#include "dataset/labelled_folder.h"

namespace doppel::dataset {
namespace {

std::string labelme_text(const std::string& shapes, const std::string& more = R"("imagePath": "1.png")") {
  return R"({"version": "5.4.1", "flags": {}, "shapes": [)" + shapes + "], " + more + "}";
}

std::string labelme_shape(const std::string& label, const std::string& type, const std::string& points,
                          const std::string& more = "") {
  return R"({"label": ")" + label + R"(", "shape_type": ")" + type + R"(", "points": [)" + points + "]" +
         more + "}";
}

/// A bitmap of 3 x 2 pixels, of which the first row's last two are set, as LabelMe's img_arr_to_b64() writes
/// it: Pillow 9.4.0's Image.fromarray(np.array([[0, 1, 1], [0, 0, 0]], bool)).save(…, "PNG") in base64.
constexpr const char* kMaskPng =
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAQAAAAC1D1u3AAAADElEQVR4nGNIYGAAAAEkAGECfVgzAAAAAElFTkSuQmCC";

class LabelMeFolder : public LabelledFolder {
 protected:
  std::string error() const {
    return problem([&] { return LabelMe(root()); });
  }
};

TEST_F(LabelMeFolder, ShapesAreBoxesMasksAndPoints) {
  image("1.png");
  put("1.json",
      labelme_text(
          labelme_shape("a", "rectangle", "[20, 18], [2, 3]") + "," +
          labelme_shape("b", "polygon", "[4, 5], [12, 5], [12, 11], [4, 11]") + "," +
          labelme_shape("b", "circle", "[20, 12], [24, 12]") + "," +
          labelme_shape("c", "linestrip", "[1, 1], [5, 2], [3, 9]") + "," +
          labelme_shape("d", "mask", "[6, 7], [8, 8]", std::string(R"(, "mask": ")") + kMaskPng + "\"") +
          "," + labelme_shape("nose", "point", "[1.5, 2.5]") + "," +
          labelme_shape("e", "rotation", "[16, 6], [22, 12], [16, 18], [10, 12]", R"(, "direction": 0.7)")));
  const LabelMe source(root());
  EXPECT_EQ(source.classes(), (std::vector<std::string>{"a", "b", "c", "d", "e"}));
  EXPECT_EQ(source.point_names(), std::vector<std::string>{"nose"});
  const augment::Sample sample = load(source, 0);
  ASSERT_EQ(sample.boxes.size(), 5U);
  EXPECT_EQ(sample.boxes[0], box(2, 3, 20, 18, 0, 1));
  EXPECT_EQ(sample.boxes[1], box(4, 5, 12, 11, 1, 2));
  EXPECT_NEAR(sample.boxes[2].x0, 16, 1e-9);
  EXPECT_NEAR(sample.boxes[2].y1, 16, 1e-9);
  EXPECT_EQ(sample.boxes[3], box(1, 1, 5, 9, 2, 4));
  EXPECT_EQ(sample.boxes[4], box(7, 7, 9, 8, 3, 5));
  EXPECT_EQ(cv::countNonZero(sample.masks.at(0) == 5), 2);
  EXPECT_NEAR(cv::countNonZero(sample.masks.at(0) == 3), 50, 4);  // π 4²
  ASSERT_EQ(sample.rotated_boxes.size(), 1U);
  EXPECT_NEAR(sample.rotated_boxes[0].angle, -45, 1e-9);
  ASSERT_EQ(sample.keypoints.size(), 1U);
  EXPECT_EQ(sample.keypoints[0].x, 1.5);
  EXPECT_EQ(text_of(source.remarks()),
            "`direction` of a shape, which isn't read: 1 (1.json)\n"
            "lines, which have no area: the box around each is read: 1 (" +
                (root() / "1.json").string() + ")\nkeypoints are numbered by their names: 0 nose\n");
}

TEST_F(LabelMeFolder, ADamagedFileIsNamedWhicheverItIs) {
  const std::string good = labelme_text(labelme_shape("a", "rectangle", "[20, 18], [2, 3]"));
  for (const char* name : {"1", "2"})
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"", "not right JSON: it is empty"},
             {"{}", "no list `shapes`"},
             {std::string(20, '\0'), "a zero byte"},
             {"<html>", "not right JSON: a value of another kind"},
             {good + "\n" + good, "not right JSON: something follows the end"},
             {R"({"version": "5",)"
              "\n"
              R"("shapes": [{"label": )",
              "not right JSON: a list or an object without its end"}}) {
      for (const char* one : {"1", "2"}) {
        image(std::string(one) + ".png");
        put(std::string(one) + ".json", labelme_text("", std::string(R"("imagePath": ")") + one + ".png\""));
      }
      put(std::string(name) + ".json", text);
      EXPECT_TRUE(LabelMe::is_labelme(root()));
      const std::string what = error();
      EXPECT_NE(what.find(std::string(name) + ".json:"), std::string::npos) << what;
      EXPECT_NE(what.find(expected), std::string::npos) << what;
    }
}

TEST_F(LabelMeFolder, AGroupIsOneObject) {
  image("1.png");
  const std::string group = R"(, "group_id": 3)";
  put("1.json", labelme_text(labelme_shape("a", "polygon", "[0, 0], [4, 0], [4, 4]", group) + "," +
                             labelme_shape("a", "polygon", "[10, 10], [14, 10], [14, 14]", group) + "," +
                             labelme_shape("eye", "point", "[1, 1]", group) + "," +
                             labelme_shape("b", "rectangle", "[1, 1], [2, 2]")));
  const augment::Sample sample = load(LabelMe(root()), 0);
  EXPECT_EQ(sample.boxes, (std::vector{box(0, 0, 14, 14, 0, 1), box(1, 1, 2, 2, 1, 2)}));
  EXPECT_EQ(sample.keypoints.at(0).instance, 1);
}

TEST_F(LabelMeFolder, TheImageMayBeInTheFile) {
  const cv::Mat grey(2, 3, CV_8U, cv::Scalar(7));
  put("1.json",
      labelme_text(
          labelme_shape("a", "rectangle", "[0, 0], [2, 2]"),
          std::string(R"("imagePath": "away.png", "imageHeight": 2, "imageWidth": 3, "imageData": ")") +
              kMaskPng + "\""));
  const LabelMe source(root());
  EXPECT_EQ(load(source, 0).image.size(), grey.size());
  EXPECT_EQ(load(source, 0).boxes.size(), 1U);
  EXPECT_NE(source.name(0).find("1.json"), std::string::npos);
  put("1.json", labelme_text("", R"("imagePath": "away.png", "imageData": "!!")"));
  EXPECT_NE(error().find("imageData: damaged base64"), std::string::npos) << error();
}

TEST_F(LabelMeFolder, FlagsOfTheImageAreItsClasses) {
  image("1.png");
  put("1.json",
      R"({"flags": {"cat": true, "dog": false, "indoor": true}, "shapes": [], "imagePath": "1.png"})");
  const LabelMe source(root());
  EXPECT_EQ(source.classes(), (std::vector<std::string>{"cat", "indoor"}));
  EXPECT_EQ(load(source, 0).label_shares, (std::vector<augment::LabelShare>{{0, 1}, {1, 1}}));
}

TEST_F(LabelMeFolder, AnImageIsFoundByTheEndOfItsPath) {
  image("images/1.png");
  image("2.png");
  put("labels/1.json", labelme_text("", R"("imagePath": "C:\\data\\images\\1.png")"));
  put("labels/2.json", labelme_text("", R"("imagePath": "../2.png")"));
  image("3.png");
  const LabelMe source(root());
  ASSERT_EQ(source.size(), 2U);
  EXPECT_NE(source.name(0).find("images/1.png"), std::string::npos);
  EXPECT_EQ(text_of(source.remarks()), "images without a .json, left out: 1 (3.png)\n");
}

TEST_F(LabelMeFolder, ErrorsNameFileAndShape) {
  image("1.png");
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"", "not right JSON"},
           {R"({"shapes": [)", "not right JSON"},
           {R"({"imagePath": "1.png"})", "no list `shapes`"},
           {labelme_text(labelme_shape("", "rectangle", "[1, 2], [3, 4]")),
            "shape 1: a shape without `label`"},
           {labelme_text(labelme_shape("a", "rectangle", "[1, 2]")),
            "a rectangle of 1 points, where it has 2"},
           {labelme_text(labelme_shape("a", "polygon", "[1, 2], [3, 4]")), "a polygon of 2 points"},
           {labelme_text(labelme_shape("a", "rectangle", R"([1, "x"], [3, 4])")), "no number"},
           {labelme_text(labelme_shape("a", "mask", "[1, 2], [3, 4]")), "a mask without its pixels"},
           {labelme_text(labelme_shape("a", "mask", "[1, 2], [3, 4]", R"(, "mask": "AAAA")")), "1.json: "},
           {labelme_text(labelme_shape("a", "cube", "[1, 2]")), "the type 'cube'"},
           {labelme_text(labelme_shape("a", "polygon", "[1, 2], [3, 1e300], [5, 6]")), "where no image is"},
           {labelme_text("", R"("imagePath": "2.png")"), ""},
           {labelme_text("", R"("imagePath": "1.png", "imageHeight": 32, "imageWidth": 24)"),
            "is of an image of 24 x 32 (width x height)"}}) {
    put("1.json", text);
    const std::string what = expected.starts_with("not right") || expected.starts_with("no list")
                                 ? problem([&] { return LabelMe(root(), root()); })
                                 : error();
    if (text.empty()) continue;  // is none of LabelMe's
    EXPECT_NE(what.find(expected), std::string::npos) << text << " gave: " << what;
    if (!expected.empty()) { EXPECT_NE(what.find("1.json"), std::string::npos) << what; }
  }
  put("1.json", labelme_text(""));
  put("2.json", labelme_text(""));
  EXPECT_NE(error().find("it is of 1.png, as is 1.json"), std::string::npos) << error();
  put("2.json", labelme_text("", R"("imagePath": "away.png")"));
  EXPECT_NE(error().find("its image 'away.png' isn't there"), std::string::npos) << error();
}

}  // namespace
}  // namespace doppel::dataset
