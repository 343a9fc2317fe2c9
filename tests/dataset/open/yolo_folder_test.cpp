#include "open/yolo_folder.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// An image for each name, with a text beside it as tools put it, unless it begins with '!'.
class YoloSet : public testing::Test {
 protected:
  void put(std::initializer_list<const char*> names) {
    for (std::string name : names) {
      const bool labelled = !name.starts_with('!');
      if (!labelled) name.erase(0, 1);
      put_image(root() / name);
      const std::size_t at = name.find("images");
      if (at != std::string::npos) name.replace(at, 6, "labels");
      if (labelled) put_text((root() / name).replace_extension(".txt"), "0 .5 .5 .5 .5\n");
    }
  }
  void put_yaml(const std::string& text) { put_text(root() / "data.yaml", text + "\nnames: [a]\n"); }
  OpenedData open(OpenOptions options = {}) { return open_data(root().string(), options); }
  std::string said() { return all_text(open().remarks); }
  std::string error() {
    return error_of([&] { open(); });
  }
  fs::path root() const { return folder_.path() / "set"; }

 private:
  TemporaryFolder folder_;
};

TEST_F(YoloSet, ADataYamlThatLacksNamesIsNamed) {
  put({"images/train/1.png"});
  for (const char* yaml : {"nc: 2\n", "train: images/train\nnc: 1\n"}) {
    put_text(root() / "data.yaml", yaml);
    EXPECT_NE(error().find("data.yaml: it has no `names`"), std::string::npos) << error();
  }
  put_text(root() / "data.yaml", "");
  EXPECT_NE(error().find("data.yaml: it is no map of names"), std::string::npos) << error();
}

TEST_F(YoloSet, WhatLiesBesideTextsIsNamedOnce) {
  put({"images/train/1.png", "images/val/1.png"});
  put_yaml("");
  put_text(root() / "labels/train/old.json", "{}");
  put_text(root() / "labels/train/2.txt", "0 .5 .5 .5 .5\n");
  put_text(root() / "notes.txt", "x");
  EXPECT_EQ(said(),
            "files that aren't read (.txt): 1 (notes.txt)\n"
            "files that aren't read (.json): 1 (labels/train/old.json)\n"
            "text files without an image: 1 (labels/train/2.txt)\n");
}

TEST_F(YoloSet, PathsOfOtherMachinesAndOtherFoldersAreFound) {
  put({"train/images/1.png", "valid/images/2.png"});
  for (const char* yaml : {"train: ../train/images\nval: ../valid/images",  // Roboflow's
                           "path: /content/datasets/set\ntrain: train/images\nval: valid/images",
                           "train: /content/set/train/images\nval: /content/set/valid/images",
                           "train: C:\\me\\set\\train\\images\nval: valid\\images",
                           "path: ../datasets/set\ntrain: train/images\nval: valid/images", ""}) {
    put_yaml(yaml);
    const OpenedData data = open();
    EXPECT_EQ(data.layout, "YOLO") << yaml;
    EXPECT_EQ(load(*data.train, 0).boxes.size(), 1U) << yaml;
    ASSERT_TRUE(data.test) << yaml;
    EXPECT_EQ(load(*data.test, 0).boxes.size(), 1U) << yaml;
    EXPECT_EQ(all_text(data.remarks), "") << yaml;
  }
  put_yaml("path: " + root().parent_path().string() + "\ntrain: nowhere");
  EXPECT_NE(error().find("data.yaml: its train part, nowhere, isn't there: it must lie below"),
            std::string::npos);
  EXPECT_NE(error().find("no path leaves the folder that is given as DATA"), std::string::npos);
}

TEST_F(YoloSet, PartsThatArentThereAreNamed) {
  put({"train/images/1.png", "unused/images/2.png"});
  fs::create_directories(root() / "test/images");
  put_yaml("train: train/images\nval: ../valid/images\ntest: test/images");
  EXPECT_NE(error().find("its val part, ../valid/images, isn't there"), std::string::npos) << error();
  EXPECT_NE(error().find("--ignore goes on without it"), std::string::npos);
  const std::string text = all_text(open({.ignore_labels = true}).remarks);
  EXPECT_NE(text.find("data.yaml names and that aren't there: 1 (val: ../valid/images)"), std::string::npos)
      << text;
  EXPECT_NE(text.find("parts without an image, which aren't used: 1"), std::string::npos) << text;
  EXPECT_NE(text.find("folders that aren't read: 1 (unused)"), std::string::npos) << text;
  put_yaml("train: train/images\nval: train/images");
  EXPECT_NE(said().find("the valid part is the training part itself"), std::string::npos);
  put_yaml("val: train/images\ntest: unused/images");
  EXPECT_NE(error().find("none to train on"), std::string::npos);
}

TEST_F(YoloSet, APartThatIsMissingIsntTheFolderAroundAllImages) {
  put({"images/train/1.png", "images/val/2.png"});
  for (const char* elsewhere :
       {"valid/images", "../valid/images", "/content/set/valid/images", "C:\\set\\valid\\images"}) {
    put_yaml("train: images/train\nval: " + std::string(elsewhere));
    EXPECT_NE(error().find("its val part, " + std::string(elsewhere) + ", isn't there"), std::string::npos)
        << error();
  }
  // What says itself which part it is stays found by its end.
  put_yaml("train: images/train\nval: /content/set/images/val");
  EXPECT_EQ(open().test->size(), 1U);
}

TEST_F(YoloSet, WhatLiesBesideThePartsIsNamed) {
  put({"images/train/1.png", "images/val/2.png", "!images/extra/3.png", "!images/4.png", "!5.png"});
  put_text(root() / "classes.txt", "a\n");
  put_text(root() / "LICENSE", "x");
  const std::string text = said();
  EXPECT_NE(text.find("folders that aren't read: 1 (images/extra)"), std::string::npos) << text;
  EXPECT_NE(text.find("images beside the parts' folders, which aren't used: 2 (5.png, images/4.png)"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("files without an ending, which aren't read: 1 (LICENSE)"), std::string::npos) << text;
}

TEST_F(YoloSet, WhatDataYamlSaysOtherwiseIsNamed) {
  put({"images/train/1.png", "images/val/2.png"});
  put_text(root() / "data.yaml", "train: images/train\nval: images/val\nnames: [a, b]\n");
  put_text(root() / "test.txt", "images/val/2.png\n");
  put_text(root() / "classes.txt", "b\na\n");
  const std::string text = said();
  EXPECT_NE(text.find("parts that data.yaml doesn't name, and that aren't used: 1 (test.txt)"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("files whose class names aren't those of data.yaml, which are used: 1 (classes.txt)"),
            std::string::npos)
      << text;
  put_text(root() / "classes.txt", "a\nb\n");
  EXPECT_EQ(said().find("class names"), std::string::npos) << said();
}

TEST_F(YoloSet, NamesMayLieWhereToolsPutThem) {
  put({"train/images/1.png", "val/images/2.png"});
  EXPECT_NE(error().find("has neither data.yaml nor classes.txt"), std::string::npos);
  EXPECT_EQ(open({.ignore_labels = true}).train->classes().size(), 0U);
  put_text(root() / "train/labels/classes.txt", "a\nb\n");
  EXPECT_EQ(open().train->classes(), (std::vector<std::string>{"a", "b"}));
  fs::rename(root() / "train/labels/classes.txt", root() / "train/_darknet.labels");  // as Roboflow calls it
  put_text(root() / "val/labels/classes.txt", "a\r\nb");
  EXPECT_EQ(error(), "");
  put_text(root() / "val/labels/classes.txt", "b\na\n");
  EXPECT_NE(error().find("name other classes, or in another order"), std::string::npos) << error();
  put_text(root() / "predefined_classes.txt", "c\nd\n");
  EXPECT_EQ(open().train->classes()[0], "c");
  // Of several .yaml files, one that is of the data.
  put_text(root() / "a_network.yaml", "nc: 80\nnames: [x]\nbackbone: []\n");
  put_text(root() / "b.yaml", "names: [e]\ntrain: train/images\n");
  EXPECT_EQ(open().train->classes()[0], "e");
  put_yaml("train: train/images");
  EXPECT_EQ(open().train->classes()[0], "a");
  EXPECT_NE(said().find("files like data.yaml, which aren't read; give one as DATA: 1 (b.yaml)"),
            std::string::npos);
}

TEST_F(YoloSet, APartAloneHasTheNamesOfTheWhole) {
  put({"train/images/1.png", "valid/images/2.png"});
  put_yaml("train: ../train/images\nval: ../valid/images");
  const OpenedData part = open_data((root() / "valid").string());
  EXPECT_EQ(part.train->classes(), (std::vector<std::string>{"a"}));
  EXPECT_EQ(load(*part.train, 0).boxes.size(), 1U);
  EXPECT_NE(all_text(part.remarks).find("class names are those of "), std::string::npos);
}

TEST_F(YoloSet, DarknetsListsAreParts) {
  put({"obj_train_data/1.png", "obj_train_data/2.png", "obj_valid_data/3.png"});
  put_text(root() / "obj.names", "a\n");
  put_text(root() / "obj.data",
           "classes = 1\ntrain = data/train.txt\nvalid = data/valid.txt\nnames = data/obj.names\n");
  put_text(root() / "train.txt", "data/obj_train_data/1.png\n");
  put_text(root() / "valid.txt", "data/obj_valid_data/3.png\ndata/obj_valid_data/3.png\n");
  const OpenedData data = open();
  EXPECT_EQ(data.train->size(), 1U);
  EXPECT_EQ(data.test->size(), 2U);
  const std::string text = all_text(data.remarks);
  EXPECT_NE(text.find("images that no list names: 1 (obj_train_data/2.png)"), std::string::npos) << text;
  EXPECT_NE(text.find("text files of images that no list names: 1 (obj_train_data/2.txt)"), std::string::npos)
      << text;
  EXPECT_NE(text.find("images that lists name more than once: 1 (obj_valid_data/3.png)"), std::string::npos)
      << text;
}

TEST_F(YoloSet, WithoutAnyTextItIsAnErrorUnlessThatIsWanted) {
  put({"!images/train/1.png"});
  put_yaml("train: images/train");
  EXPECT_NE(error().find("none of the 1 images in"), std::string::npos) << error();
  EXPECT_EQ(open({.ignore_labels = true}).train->size(), 1U);
  fs::remove(root() / "images/train/1.png");
  EXPECT_NE(error().find("holds no images"), std::string::npos) << error();
}

}  // namespace
}  // namespace doppel::dataset
