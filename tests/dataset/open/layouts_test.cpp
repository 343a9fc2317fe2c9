#include "open/layouts.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// A folder of these images (.png), empty folders (ending in a slash) and texts, as open_data() opens it.
class LaidOut : public testing::Test {
 protected:
  OpenedData open(std::initializer_list<const char*> names, OpenOptions options = {}) {
    fs::remove_all(root());
    fs::create_directories(root());
    for (const std::string name : names)
      if (name.ends_with('/'))
        fs::create_directories(root() / name);
      else if (name.ends_with(".png"))
        put_image(root() / name);
      else
        put_text(root() / name, "x");
    return open_data(root().string(), options);
  }
  std::string error(std::initializer_list<const char*> names) {
    return error_of([&] { open(names); });
  }
  fs::path root() const { return folder_.path() / "data"; }

 private:
  TemporaryFolder folder_;
};

using Classes = std::vector<std::string>;

TEST_F(LaidOut, PartsAreFoldersOfAnyUsualName) {
  for (const auto& [train, test] : {std::pair{"train", "test"},
                                    {"Training", "VALIDATION"},
                                    {"train_set", "val_set"},
                                    {"seg_train", "seg_test"},
                                    {"train_images", "test_images"}}) {
    const std::string a = std::string(train) + "/cat/1.png", b = std::string(train) + "/dog/1.png",
                      c = std::string(test) + "/dog/1.png";
    const OpenedData data = open({a.c_str(), b.c_str(), c.c_str()});
    EXPECT_EQ(data.layout, "parts") << train;
    EXPECT_EQ(data.train->classes(), (Classes{"cat", "dog"}));
    EXPECT_EQ(data.train->size(), 2U);
    ASSERT_TRUE(data.test);
    EXPECT_EQ(data.test->label(0), 1);
  }
  EXPECT_NE(error({"train/a/1.png", "val/a/1.png", "validation/a/1.png"})
                .find("both val and validation look like its valid part; leave one of them there"),
            std::string::npos);
  EXPECT_NE(error({"train/a/1.png", "Train/b/1.png"}).find("both Train and train"), std::string::npos);
}

TEST_F(LaidOut, AListOfImagesWithNumbersIsNoTable) {
  open({"1.png", "2.png"});
  put_text(root() / "train.txt", "images/1.png 0\nimages/2.png 1\n");
  const auto again = [&](OpenOptions options) { return open_data(root().string(), options); };
  EXPECT_NE(error_of([&] { again({}); }).find("train.txt names images and says something of each"),
            std::string::npos);
  OpenOptions ignore;
  ignore.ignore_labels = true;
  EXPECT_EQ(again(ignore).train->size(), 2U);
  put_text(root() / "train.txt", "1.png\n2.png\n");
  EXPECT_EQ(again({}).train->size(), 2U);
}

TEST_F(LaidOut, AClassMayBeCalledAsPartsAre) {
  const OpenedData vehicles = open({"bus/1.png", "plane/1.png", "train/1.png"});
  EXPECT_EQ(vehicles.train->classes(), (Classes{"bus", "plane", "train"}));
  EXPECT_FALSE(vehicles.test);
  EXPECT_EQ(open({"cat/1.png", "dog/1.png", "test/1.png"}).train->classes(), (Classes{"cat", "dog", "test"}));
  // As CIFAR-100's classes are.
  const OpenedData both =
      open({"train/apple/1.png", "train/train/1.png", "test/apple/1.png", "test/train/1.png"});
  EXPECT_EQ(both.train->classes(), (Classes{"apple", "train"}));
  EXPECT_EQ(both.test->size(), 2U);
}

TEST_F(LaidOut, PartsMayLieWithinEachClass) {
  const OpenedData data = open({"cat/train/1.png", "cat/train/2.png", "cat/test/3.png", "dog/Train/1.png",
                                "dog/test/2.png", "dog/extra/3.png", "dog/4.png"});
  EXPECT_EQ(data.train->classes(), (Classes{"cat", "dog"}));
  EXPECT_EQ(data.train->size(), 3U);
  EXPECT_EQ(data.train->label(2), 1);
  ASSERT_TRUE(data.test);
  EXPECT_EQ(data.test->size(), 2U);
  const std::string said = all_text(data.remarks);
  EXPECT_NE(said.find("parts are those in each class's folder"), std::string::npos) << said;
  EXPECT_NE(said.find("folders that are no part, and aren't used: 1 (dog/extra)"), std::string::npos) << said;
  EXPECT_NE(said.find("which aren't used: 1 (dog/4.png)"), std::string::npos) << said;
  EXPECT_NE(error({"cat/train/1.png", "cat/test/1.png", "dog/1.png"}).find("cat is divided in parts, but "),
            std::string::npos);
  // MVTec's.
  EXPECT_NE(error({"bottle/train/good/1.png", "bottle/test/good/1.png", "cable/train/good/1.png",
                   "cable/test/bad/1.png"})
                .find("bottle has parts of its own, with folders in them: give it as DATA"),
            std::string::npos);
  const std::string words = all_text(open({"cat/1.png", "cat/test/1.png", "dog/1.png"}).remarks);
  EXPECT_NE(words.find("which are read as all others: 1 (cat/test)"), std::string::npos) << words;
}

TEST_F(LaidOut, WhatLiesBesidePartsIsNamed) {
  const OpenedData data = open(
      {"train/a/1.png", "train/b/1.png", "val/", "test/a/1.png", "test/b/1.png", "extra/1.png", "README.md"});
  const std::string said = all_text(data.remarks);
  EXPECT_NE(said.find("parts without a file, which aren't used: 1 (val)"), std::string::npos) << said;
  EXPECT_NE(said.find("folders that are no part, and aren't used: 1 (extra)"), std::string::npos) << said;
  EXPECT_NE(said.find("files that aren't read (.md): 1 (README.md)"), std::string::npos) << said;
  EXPECT_TRUE(error({"train/", "test/a/1.png", "test/b/1.png"}).ends_with("data/train is empty"));
  EXPECT_NE(error({"train/a/1.png", "test/train/a/1.png", "test/val/a/1.png"}).find("has parts of its own"),
            std::string::npos);
}

TEST_F(LaidOut, FoldersAroundADataSetAreOpened) {
  const OpenedData nested = open({"archive/data/train/a/1.png", "archive/data/train/b/1.png",
                                  "archive/data/test/a/1.png", "archive/README.md"});
  EXPECT_EQ(nested.train->classes(), (Classes{"a", "b"}));
  EXPECT_TRUE(nested.test);
  const std::string said = all_text(nested.remarks);
  EXPECT_NE(said.find("data/archive, the only folder with data in it"), std::string::npos) << said;
  EXPECT_NE(said.find("(.md): 1 (README.md)"), std::string::npos) << said;
  const OpenedData images = open({"images/a/1.png", "images/b/1.png", "meta/train.txt", "attributes/"});
  EXPECT_EQ(images.train->classes(), (Classes{"a", "b"}));
  EXPECT_NE(all_text(images.remarks).find("folders without images, which aren't used: 2 (attributes, meta)"),
            std::string::npos);
  // "images" is no class, but any other folder of images is.
  EXPECT_EQ(open({"images/1.png"}).train->classes(), Classes());
  const OpenedData alone = open({"cat/1.png"});
  EXPECT_EQ(alone.train->classes(), (Classes{"cat"}));
  EXPECT_NE(all_text(alone.remarks).find("one class alone, cat"), std::string::npos);
}

TEST_F(LaidOut, ADataSetWhoseImagesLieInAFolderAroundItIsNoClass) {
  open({"inner/1.png", "inner/2.png", "stray.png"});
  put_text(root() / "inner/metadata.jsonl",
           "{\"file_name\": \"1.png\", \"label\": \"a\"}\n{\"file_name\": \"2.png\", \"label\": \"b\"}\n");
  const OpenedData data = open_data(root().string());
  EXPECT_EQ(data.layout, "manifest");
  EXPECT_EQ(data.train->classes(), (Classes{"a", "b"}));
  const std::string said = all_text(data.remarks);
  EXPECT_NE(said.find("read from " + (root() / "inner").string() + ", the only folder with data"), said.npos)
      << said;
  EXPECT_EQ(said.find("nothing to learn"), said.npos) << said;
  EXPECT_NE(said.find("(.png): 1 (stray.png)"), said.npos) << said;
  // Beside papers as well, but not where there are images of another class.
  fs::create_directories(root() / "docs");
  put_text(root() / "docs/paper.pdf", "x");
  EXPECT_EQ(open_data(root().string()).layout, "manifest");
  put_image(root() / "docs/1.png");
  EXPECT_EQ(open_data(root().string()).train->classes(), (Classes{"docs", "inner"}));
}

TEST_F(LaidOut, AnArchiveThatIsNoneIsAFileBesideTheData) {
  open({"1.png", "2.png"});
  put_text(root() / "backup.zip", "cut short");
  const OpenedData data = open_data(root().string());
  EXPECT_EQ(data.train->size(), 2U);
  EXPECT_NE(all_text(data.remarks).find("(.zip): 1 (backup.zip)"), std::string::npos);
  EXPECT_NE(error_of([&] { open_data((root() / "backup.zip").string()); }).find("no ZIP archive"),
            std::string::npos);
}

TEST_F(LaidOut, WhatLooksLikeLabelsIsAnErrorUnlessItIsIgnored) {
  for (const auto& names :
       {std::vector{"a/1.png", "a/1.txt", "b/1.png"}, std::vector{"1.png", "1.json", "2.png"}}) {
    fs::remove_all(root());
    for (const std::string name : names)
      name.ends_with(".png") ? put_image(root() / name) : put_text(root() / name, "x");
    const std::string text = error_of([&] { open_data(root().string()); });
    EXPECT_NE(text.find("look like labels and aren't read"), std::string::npos) << text;
    EXPECT_NE(text.find("--ignore"), std::string::npos) << text;
    const OpenedData data = open_data(root().string(), {.ignore_labels = true});
    EXPECT_EQ(data.train->size(), 2U);
    EXPECT_NE(all_text(data.remarks).find("look like labels"), std::string::npos);
  }
  const std::string table = error({"train/1.png", "test/2.png", "labels.csv", "sample_submission.csv"});
  EXPECT_NE(table.find("but labels.csv beside them look like tables of labels: give one as DATA"),
            std::string::npos)
      << table;
  EXPECT_EQ(open({"train/1.png", "test/2.png", "labels.csv"}, {.ignore_labels = true}).train->size(), 1U);
  EXPECT_EQ(open({"train/1.png", "test/2.png", "sample_submission.csv"}).train->size(), 1U);
}

TEST_F(LaidOut, FilesThatAreCalledAsLabelsAreAnErrorBesideImagesWithout) {
  for (const auto& names :
       {std::vector{"images/1.png", "annotations.xml"}, std::vector{"jpg/1.png", "imagelabels.mat"},
        std::vector{"1.png", "via_region_data.json"}, std::vector{"train/1.png", "train/labels.json"}}) {
    fs::remove_all(root());
    for (const std::string name : names)
      name.ends_with(".png") ? put_image(root() / name) : put_text(root() / name, "[]");
    const std::string text = error_of([&] { open_data(root().string()); });
    EXPECT_NE(text.find(std::string(names[1]) + " looks like the labels"), std::string::npos) << text;
    EXPECT_EQ(open_data(root().string(), {.ignore_labels = true}).train->size(), 1U);
  }
  // Where folders are the classes, a list of them says nothing new.
  EXPECT_EQ(open({"a/1.png", "b/1.png", "labels.txt"}).train->size(), 2U);
}

TEST_F(LaidOut, AnUnknownFolderSaysWhatItHolds) {
  EXPECT_TRUE(error({}).ends_with("data is empty"));
  const std::string text = error({"a.pkl", "b.PKL", "data.zip"});
  EXPECT_NE(text.find("holds 2 .pkl files, 1 .zip files. Known are: "), std::string::npos) << text;
  for (const Layout& layout : layouts()) EXPECT_NE(text.find(layout.looks), std::string::npos) << layout.name;
  EXPECT_NE(error({"a/1.svg", "b/x"}).find("its folders hold no images that are read"), std::string::npos);
}

TEST(IgnoredLabels, LeaveTheImagesOfEveryKind) {
  const OpenOptions ignoring{.progress = {}, .table = {}, .ignore_labels = true};
  const std::vector<std::pair<std::string, std::string>> broken{
      {"1.json", R"({"version": "5", "imagePath": "1.png", "shapes": [{"label": "a", "points": 3}]})"},
      {"annotations.xml",
       "<annotations><version>1.1</version><image id='0' name='1.png' width='8' height='6'>"
       "<box label='a' xtl='one' ytl='1' xbr='3' ybr='4'/></image></annotations>"},
      {"project.json", R"([{"id": 1, "annotations": [{"result": 3}], "data": {"image": "9.png"}}])"},
      {"labelTxt/1.txt", "1 2 three\n"},
      {"label_2/1.txt", "Car 0 0 0 1 2 three 4 0 0 0 0 0 0 0\n"},
      {"train-annotations-bbox.csv", "ImageID,LabelName,XMin,XMax,YMin,YMax\n1,/m/1,half,1,0,1\n"},
      {"instances.json", R"({"images": 3, "annotations": []})"},
      {"metadata.csv", "name,label\n1.png,a\n"},
      {"1.xml", "<annotation><object></annotation>"}};
  for (const auto& [file, text] : broken) {
    const TemporaryFolder folder;
    put_image(folder.path() / (file.starts_with("labelTxt")  ? "images/1.png"
                               : file.starts_with("label_2") ? "image_2/1.png"
                                                             : "1.png"));
    put_text(folder.path() / file, text);
    EXPECT_NE(error_of([&] { (void)open_data(folder.path().string()); }), "") << file;
    OpenedData data;
    EXPECT_EQ(error_of([&] { data = open_data(folder.path().string(), ignoring); }), "") << file;
    if (!data.train) continue;
    EXPECT_EQ(data.train->size(), 1U) << file;
    EXPECT_EQ(data.train->label(0), -1) << file;
    EXPECT_FALSE(data.remarks.empty()) << file;
  }
}

}  // namespace
}  // namespace doppel::dataset
