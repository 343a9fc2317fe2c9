#include "open/labelled_folders.h"

#include <gtest/gtest.h>

#include "dataset/labelled_folder.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

class LabelledFolders : public LabelledFolder {
 protected:
  OpenedData open() const { return open_data(root().string()); }
};

constexpr std::string_view kLabelMeBox =
    R"({"shapes": [{"label": "dog", "points": [[1, 2], [3, 4]], "shape_type": "rectangle"}],
        "imagePath": "../../images/train/1.png"})";

TEST_F(LabelledFolders, LabelMesPartsMayLieInTheFolderOfFiles) {
  for (const char* part : {"train", "val"}) image(fs::path("images") / part / "1.png");
  put("annotations/train/1.json", kLabelMeBox);
  put("annotations/val/1.json",
      R"({"shapes": [{"label": "dog", "points": [[1, 2], [3, 4]], "shape_type": "rectangle"}],
          "imagePath": "..\\..\\images\\val\\1.png", "imageData": null})");
  const OpenedData data = open();
  EXPECT_EQ(data.layout, "LabelMe");
  EXPECT_EQ(data.train->size(), 1U);
  ASSERT_TRUE(data.test);
  EXPECT_NE(data.test->name(0).find("val/1.png"), std::string::npos);
}

TEST_F(LabelledFolders, LabelMesFileOfOneImageIsToldApart) {
  image("1.png");
  put("1.json", R"({"shapes": [], "imagePath": "1.png", "imageData": null})");
  const std::string what = error_of([&] { open_data((root() / "1.json").string()); });
  EXPECT_NE(what.find("LabelMe's file of one image"), std::string::npos) << what;
}

TEST_F(LabelledFolders, KittisListsAreItsParts) {
  for (const char* name : {"0", "1", "2", "3"}) {
    image(std::string("training/image_2/") + name + ".png");
    put(std::string("training/label_2/") + name + ".txt", "Car 0 0 0 1 2 3 4 0 0 0 0 0 0 0\n");
  }
  put("ImageSets/train.txt", "0\n2\n");
  put("ImageSets/val.txt", "1\n");
  put("ImageSets/test.txt", "7\n");
  const OpenedData data = open();
  EXPECT_EQ(data.layout, "KITTI");
  EXPECT_EQ(data.train->size(), 2U);
  EXPECT_EQ(data.test->size(), 1U);
  EXPECT_NE(text_of(data.remarks).find("lists that aren't used: 1 (test.txt)"), std::string::npos);
  put("training/label_2/8.txt", "");
  const std::string said = text_of(open().remarks);
  EXPECT_NE(said.find("images that no list of a part names, left out: 1 (image_2/3.png)"), said.npos) << said;
  EXPECT_NE(said.find("texts without an image, left out: 1 (label_2/8.txt)"), said.npos) << said;
  put("ImageSets/val.txt", "1\n9\n");
  EXPECT_NE(error_of([&] { open(); }).find("val.txt:2: there is no text '9'"), std::string::npos);
}

TEST_F(LabelledFolders, CvatsDamagedFileIsNamed) {
  image("1.png");
  put("annotations.xml", "<annotations>\n<image name=\"1.png\"/>");
  const std::string what = error_of([&] { open(); });
  EXPECT_NE(what.find("annotations.xml: line 2: not whole XML"), std::string::npos) << what;
}

TEST_F(LabelledFolders, CvatsTestImagesAreNeverTrainedOn) {
  image("1.png");
  put("annotations.xml", R"(<annotations><image name="1.png" subset="Test"/></annotations>)");
  EXPECT_NE(error_of([&] { open(); }).find("of the subset Test, and none of Train"), std::string::npos);
}

TEST_F(LabelledFolders, DotasTextsMayLieAFolderDeeper) {
  image("images/images/P1.png");
  put("labelTxt-v1.5/DOTA-v1.5_train/P1.txt", "1 1 5 1 5 5 1 5 ship 0\n");
  put("labelTxt/README.md", "");
  fs::remove_all(root() / "labelTxt");
  const OpenedData data = open();
  EXPECT_EQ(data.layout, "DOTA");
  EXPECT_EQ(load(*data.train, 0).boxes.size(), 1U);
}

TEST_F(LabelledFolders, OpenImagesTablesOfLaterVersionsAndOtherTools) {
  image("data/ab.png");
  put("labels/oidv6-train-annotations-bbox.csv",
      "ImageID,LabelName,XMin,XMax,YMin,YMax\nab,/m/1,0,0.5,0,1\n");
  put("labels/classifications.csv", "ImageID,LabelName,Confidence\nab,/m/1,1\nab,/m/2,1\nab,/m/3,0\n");
  put("metadata/classes.csv", "LabelName,DisplayName\n/m/1,Dog\n/m/2,Cat\n/m/3,Bird\n");
  const OpenedData data = open();
  EXPECT_EQ(data.layout, "Open Images");
  EXPECT_EQ(data.train->classes(), (std::vector<std::string>{"Cat", "Dog"}));
  const augment::Sample sample = load(*data.train, 0);
  EXPECT_EQ(sample.label_shares.size(), 2U);
  ASSERT_EQ(sample.boxes.size(), 1U);
  EXPECT_EQ(sample.boxes[0].x1, 16);
  EXPECT_EQ(sample.boxes[0].label, 1);
}

}  // namespace
}  // namespace doppel::dataset
