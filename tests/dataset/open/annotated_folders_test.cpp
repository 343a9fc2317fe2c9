#include "open/annotated_folders.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

std::string coco_json(const std::string& image) {
  return R"({"images": [{"id": 1, "file_name": ")" + image +
         R"(", "width": 8, "height": 6}], "categories": [{"id": 1, "name": "a", "supercategory": "x"}],
            "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 3], "iscrowd": 0}]})";
}

TEST(AnnotatedFolders, CocosFilesArePartsByTheirNames) {
  const TemporaryFolder folder;
  put_image(folder.path() / "train2017/1.png");
  put_image(folder.path() / "val2017/2.png");
  put_text(folder.path() / "annotations/instances_train2017.json", coco_json("1.png"));
  put_text(folder.path() / "annotations/instances_val2017.json", coco_json("2.png"));
  put_text(folder.path() / "annotations/captions_train2017.json", R"({"images": [], "annotations": []})");
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.layout, "COCO");
  EXPECT_EQ(load(*data.train, 0).boxes.at(0).x1, 4);
  ASSERT_TRUE(data.test);
  EXPECT_EQ(load(*data.test, 0).boxes.size(), 1U);
  EXPECT_NE(all_text(data.remarks).find("which aren't read; give one as DATA: 1 (captions_train2017.json)"),
            std::string::npos);
  // One beside each image, and CreateML's list, are others.
  put_text(folder.path() / "other/1.json", R"({"regions": [], "images": 0})");
  put_image(folder.path() / "other/1.png");
  EXPECT_NE(
      error_of([&] { open_data((folder.path() / "other").string()); }).find(".json files with their names"),
      std::string::npos);
  fs::rename(folder.path() / "other/1.json", folder.path() / "other/_annotations.createml.json");
  put_text(folder.path() / "other/_annotations.createml.json", R"([{"image": "1.png", "annotations": []}])");
  EXPECT_NE(error_of([&] { open_data((folder.path() / "other").string()); }).find("looks like the labels"),
            std::string::npos);
  // Parts for measuring alone aren't one of them to train on.
  fs::remove_all(folder.path() / "annotations");
  put_text(folder.path() / "annotations/instances_val2017.json", coco_json("2.png"));
  EXPECT_EQ(open_data(folder.path().string()).train->size(), 1U);
  put_image(folder.path() / "test2017/2.png");
  put_text(folder.path() / "annotations/instances_test2017.json", coco_json("2.png"));
  EXPECT_NE(error_of([&] { open_data(folder.path().string()); }).find("none to train on"), std::string::npos);
}

TEST(AnnotatedFolders, MinusOneIsNoneInAllTablesWhereOneHasAZero) {
  const TemporaryFolder folder;
  for (const char* name : {"1.png", "2.png", "3.png"}) put_image(folder.path() / name);
  put_text(folder.path() / "train.csv", "path,label\n1.png,0\n2.png,1\n");
  put_text(folder.path() / "test.csv", "path,label\n3.png,-1\n");
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.train->classes(), (std::vector<std::string>{"0", "1"}));
  EXPECT_NE(all_text(data.remarks).find("images without labels in the test part, which isn't used: 1 ("),
            std::string::npos);
  put_text(folder.path() / "train.csv", "path,label\n1.png,-1\n2.png,1\n");
  const OpenedData signs = open_data(folder.path().string());
  EXPECT_EQ(signs.train->classes(), (std::vector<std::string>{"-1", "1"}));
  EXPECT_EQ(signs.test->label(0), 0);
}

TEST(AnnotatedFolders, VocsListsThatArentPartsAreNamed) {
  const TemporaryFolder folder;
  put_image(folder.path() / "JPEGImages/1.png");
  put_text(
      folder.path() / "Annotations/1.xml",
      "<annotation><filename>1.png</filename><object><name>cat</name><bndbox><xmin>1</xmin><ymin>1</ymin>"
      "<xmax>3</xmax><ymax>3</ymax></bndbox></object></annotation>");
  put_text(folder.path() / "ImageSets/Main/train.txt", "1\n");
  put_text(folder.path() / "ImageSets/Main/cat_train.txt", "1 1\n");
  const std::string said = all_text(open_data(folder.path().string()).remarks);
  EXPECT_NE(said.find("lists that aren't used: 1 (ImageSets/Main/cat_train.txt)"), std::string::npos) << said;
}

TEST(AnnotatedFolders, RoboflowKeepsItsFileInEachPart) {
  const TemporaryFolder folder;
  for (const char* part : {"train", "valid", "test"}) {
    put_image(folder.path() / part / "1.png");
    put_text(folder.path() / part / "_annotations.coco.json", coco_json("1.png"));
  }
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.layout, "parts");
  for (const SourcePtr& source : {data.train, data.test, data.valid}) {
    ASSERT_TRUE(source);
    EXPECT_EQ(load(*source, 0).boxes.size(), 1U);
  }
}

TEST(AnnotatedFolders, VocIsKnownByItsXml) {
  const TemporaryFolder folder;
  put_image(folder.path() / "1.png");
  put_text(folder.path() / "1.xml",
           "<annotation><filename>1.png</filename><object><name>a</name><bndbox><xmin>1</xmin><ymin>1</ymin>"
           "<xmax>4</xmax><ymax>3</ymax></bndbox></object></annotation>");
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.layout, "Pascal VOC");
  EXPECT_EQ(load(*data.train, 0).boxes.at(0).x1, 4);
}

TEST(AnnotatedFolders, TablesBesideImagesAreManifests) {
  const TemporaryFolder folder;
  for (const char* name : {"1.png", "2.png"}) put_image(folder.path() / name);
  put_text(folder.path() / "train.csv", "path,label\n1.png,cat\n");
  put_text(folder.path() / "test.csv", "path,label\n2.png,cat\n");
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.layout, "manifest");
  ASSERT_TRUE(data.test);
  EXPECT_EQ(data.test->label(0), 0);
  put_text(folder.path() / "sample_submission.csv", "path,label\n2.png,cat\n");  // what Kaggle wants back
  EXPECT_NE(all_text(open_data(folder.path().string()).remarks)
                .find("tables that aren't read: 1 (sample_submission.csv)"),
            std::string::npos);
  put_text(folder.path() / "training.csv", "path,label\n1.png,cat\n");
  EXPECT_NE(error_of([&] {
              open_data(folder.path().string());
            }).find("has several tables, train.csv and training.csv"),
            std::string::npos);
  fs::remove(folder.path() / "training.csv");
  put_text(folder.path() / "train.csv", "id,breed\n1,cat\n");
  EXPECT_NE(error_of([&] { open_data(folder.path().string()); }).find("--ignore reads the images alone"),
            std::string::npos);
  const OpenedData alone = open_data(folder.path().string(), {.ignore_labels = true});
  EXPECT_EQ(alone.layout, "images");
  EXPECT_EQ(alone.train->size(), 2U);
}

TEST(AnnotatedFolders, ATablesTestImagesAreNeverTrainedOn) {
  const TemporaryFolder folder;
  for (const char* name : {"a", "b", "c"}) put_image(folder.path() / (std::string(name) + ".png"));
  const auto open = [&](const char* text) {
    put_text(folder.path() / "m.csv", text);
    return open_data((folder.path() / "m.csv").string());
  };
  const OpenedData data = open("path,label,split\na.png,x,train\nb.png,x,test\nc.png,x,holdout\n");
  EXPECT_EQ(data.train->size(), 1U);
  ASSERT_TRUE(data.test);
  EXPECT_EQ(data.test->size(), 1U);
  EXPECT_NE(all_text(data.remarks).find("images of the part 'holdout', which isn't used"), std::string::npos);
  for (const char* text : {"path,split\na.png,holdout\nb.png,test\n", "path,split\na.png,val\nb.png,test\n",
                           "path,split\na.png,\nb.png,test\n"}) {
    const std::string what = error_of([&] { open(text); });
    EXPECT_NE(what.find("test, but of no image train"), std::string::npos) << what;
  }
  EXPECT_EQ(open("path,split\na.png,test\nb.png,test\n").train->size(), 2U) << "asked for by itself";
}

TEST(AnnotatedFolders, ATableOfAPartMayHaveAColumnOfParts) {
  const TemporaryFolder folder;
  for (const char* name : {"a", "b", "c", "d"}) put_image(folder.path() / (std::string(name) + ".png"));
  put_text(folder.path() / "train.csv", "path,label,split\na.png,x,train\nb.png,y,val\nd.png,y,test\n");
  put_text(folder.path() / "test.csv", "path,label\nc.png,x\n");
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.train->size(), 1U);
  ASSERT_TRUE(data.test && data.valid);
  EXPECT_NE(data.test->name(0).find("c.png"), std::string::npos);
  EXPECT_NE(data.valid->name(0).find("b.png"), std::string::npos);
  EXPECT_NE(all_text(data.remarks).find("images of the test part in train.csv, not used"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
