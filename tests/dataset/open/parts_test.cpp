#include "open/parts.h"

#include <gtest/gtest.h>

#include "dataset/levels.h"
#include "dataset/written_files.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(Parts, AreKnownByTheirUsualNames) {
  for (const auto& [part, names] : std::vector<std::pair<Part, std::vector<const char*>>>{
           {Part::Train, {"train", "TRAIN", "Training", "train2017", "train_01"}},
           {Part::Valid, {"val", "Valid", "validation", "dev", "val2017", "val-1"}},
           {Part::Test, {"test", "testing", "TEST1", "t10k"}}})
    for (const char* name : names) {
      EXPECT_EQ(part_named(name), part) << name;
      EXPECT_EQ(part_of_folder(name), part) << name;
    }
  for (const char* name : {"", "trains", "testament", "2017", "value", "cat", "_train"})
    EXPECT_FALSE(part_named(name)) << name;
}

TEST(Parts, FoldersMayHaveLongerNames) {
  for (const char* name :
       {"train_set", "trainset", "Training Set", "train_images", "train-data", "trainimages", "seg_train",
        "asl_alphabet_train", "obj_train_data", "images_train"})
    EXPECT_EQ(part_of_folder(name), Part::Train) << name;
  EXPECT_EQ(part_of_folder("obj_Validation_data"), Part::Valid);
  EXPECT_EQ(part_of_folder("testset"), Part::Test);
  for (const char* name : {"masks_train", "train_labels", "trainannot", "train_gt", "groundtruth_train",
                           "test-dev", "train_images_old", "set", "images", "training_cat"})
    EXPECT_FALSE(part_of_folder(name)) << name;
}

TEST(Parts, FilesHaveThemAsFirstOrLastWord) {
  for (const char* name :
       {"train.csv", "train-000.tar", "instances_train2017.json", "train-images-idx3-ubyte"})
    EXPECT_EQ(part_in_name(name), Part::Train) << name;
  EXPECT_EQ(part_in_name("val_000_of_012.tar"), Part::Valid);
  EXPECT_EQ(part_in_name("person_keypoints_val2017.json"), Part::Valid);
  EXPECT_EQ(part_in_name("t10k-labels-idx1-ubyte"), Part::Test);
  for (const char* name : {"data.csv", "shard-000.tar", "a_train_b.json", "000.tar", ".csv"})
    EXPECT_FALSE(part_in_name(name)) << name;
}

TEST(Parts, WhatToMeasureWithIsTheTestPartOrElseTheValidationPart) {
  const SourcePtr one = levels(1, 0), two = levels(2, 0), three = levels(3, 0);
  const OpenedData all =
      with_parts("d", "l", {{Part::Train, one}, {Part::Valid, two}, {Part::Test, three}}, {});
  EXPECT_EQ(all.test->size(), 3U);
  EXPECT_EQ(all.valid->size(), 2U);
  EXPECT_TRUE(all.remarks.empty());
  const OpenedData valid = with_parts("d", "l", {{Part::Train, one}, {Part::Valid, two}}, {});
  EXPECT_EQ(valid.test->size(), 2U);
  EXPECT_FALSE(valid.valid);
  const OpenedData alone = with_parts("d", "l", {{Part::Test, three}}, {});
  EXPECT_EQ(alone.train->size(), 3U);
  EXPECT_FALSE(alone.test);
  EXPECT_NE(error_of([&] {
              with_parts("d", "l", {{Part::Valid, two}, {Part::Test, three}}, {});
            }).find("none to train on"),
            std::string::npos);
  EXPECT_FALSE(error_of([] { with_parts("d", "l", {}, {}); }).empty());
}

TEST(Parts, HaveOneListOfClasses) {
  const OpenedData data = with_parts(
      "d", "l", {{Part::Train, levels(4, 0, {"dog", "cat"})}, {Part::Test, levels(4, 0, {"cat", "emu"})}},
      {});
  EXPECT_EQ(data.train->classes(), (std::vector<std::string>{"dog", "cat", "emu"}));
  EXPECT_EQ(data.test->classes(), data.train->classes());
  EXPECT_EQ(data.train->label(0), 0);
  EXPECT_EQ(data.test->label(0), 1);
  EXPECT_EQ(data.test->label(1), 2);
  const std::string said = all_text(data.remarks);
  EXPECT_NE(said.find("classes that the test part doesn't have: 1 (dog)"), std::string::npos) << said;
  EXPECT_NE(said.find("classes that only the test part has, which can't be learned: 1 (emu)"),
            std::string::npos);
}

TEST(Parts, OneWithoutLabelsIsNamedBesideOneWithThem) {
  const OpenedData data =
      with_parts("d", "l", {{Part::Train, levels(4, 0)}, {Part::Test, levels(4, 0, {})}}, {});
  EXPECT_FALSE(data.test);
  EXPECT_NE(all_text(data.remarks).find("images without labels in the test part, which isn't used"),
            std::string::npos);
  // Where none has any, all are used.
  EXPECT_TRUE(
      with_parts("d", "l", {{Part::Train, levels(4, 0, {})}, {Part::Test, levels(4, 0, {})}}, {}).test);
}

}  // namespace
}  // namespace doppel::dataset
