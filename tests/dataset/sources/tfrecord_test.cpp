#include "doppel/dataset/sources/tfrecord.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "dataset/written_files.h"
#include "doppel/dataset/open/open_data.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

/// What make_tfrecord.mjs made.
fs::path made_records(const std::string& name) { return fs::path(DOPPEL_DATASET_DATA "/tfrecord") / name; }

int grey_of_record(const Source& source, std::size_t index) {
  return load(source, index, 1).image.at<unsigned char>(5, 7);
}

TEST(TfRecord, ReadsLabelsAndTexts) {
  const TfRecords numbers({made_records("labels.tfrecord")});
  EXPECT_EQ(numbers.classes(), (Names{"0", "1", "2"}));
  ASSERT_EQ(numbers.size(), 3U);
  EXPECT_EQ(numbers.label(0), 2);
  EXPECT_EQ(numbers.label(1), 0);
  EXPECT_EQ(numbers.label(2), -1);
  for (const std::size_t i : {2U, 0U, 1U})
    EXPECT_EQ(grey_of_record(numbers, i), 10 * static_cast<int>(i + 1));
  EXPECT_TRUE(numbers.name(2).ends_with("labels.tfrecord:2"));
  const std::string said = all_text(numbers.remarks());
  EXPECT_NE(said.find("features kept as fields: image/filename"), std::string::npos) << said;
  EXPECT_EQ(numbers.read(1).sample.fields, (std::vector<augment::NamedValue>{{"image/filename", "20.png"}}));
  EXPECT_NE(said.find("records without a label, where others have one: 1 (labels.tfrecord:2)"),
            std::string::npos);
  const TfRecords texts({made_records("texts.tfrecord")});
  EXPECT_EQ(texts.classes(), (Names{"cat", "dog"}));
  EXPECT_EQ(texts.label(0), 1);
  EXPECT_EQ(grey_of_record(texts, 1), 50);
}

TEST(TfRecord, AFeatureIsLearnedWhereItIsNamed) {
  const TfRecords source({made_records("unread.tfrecord")}, {}, {.columns = {{"target", "my_label"}}});
  EXPECT_EQ(source.number_names(), Names{"my_label"});
  EXPECT_EQ(source.numbers(0), std::vector<double>{3});
  EXPECT_TRUE(source.read(0).sample.fields.empty());
  const TfRecords labels({made_records("labels.tfrecord")}, {},
                         {.columns = {{"target", "image/class/label"}}});
  EXPECT_EQ(labels.read(0).sample.numbers, std::vector<double>{2});
  EXPECT_TRUE(labels.classes().empty());
}

TEST(TfRecord, ReadsBoxesByALabelMap) {
  const TfRecords source({made_records("objects.record")}, {}, {.names = made_records("label_map.pbtxt")});
  EXPECT_EQ(source.classes(), (Names{"person", "ball"}));
  EXPECT_EQ(load(source, 0).boxes, (std::vector<augment::Box>{{2, 1.5, 4, 4.5, 0}, {4, 3, 6, 6, 1}}));
  EXPECT_TRUE(load(source, 1).boxes.empty());
  EXPECT_EQ(source.object_labels(0), (std::vector<int>{0, 1}));
  EXPECT_TRUE(source.object_labels(1).empty());
  const TemporaryFolder folder;
  const fs::path map = put_text(folder.path() / "m.pbtxt", "item { id: 1 name: 'person' }");
  const std::string error =
      error_of([&] { TfRecords({made_records("objects.record")}, {}, {.names = map}); });
  EXPECT_NE(error.find("objects.record: record 0, at byte 0: the label 2, which m.pbtxt doesn't have"),
            std::string::npos)
      << error;
}

TEST(TfRecord, ReadsPixels) {
  const TfRecords source({made_records("raw.tfrecord")});
  EXPECT_EQ(load(source, 1).image.size(), cv::Size(8, 6));
  EXPECT_EQ(load(source, 1).image.at<cv::Vec3b>(5, 7), cv::Vec3b(90, 90, 90));
  EXPECT_EQ(source.label(1), 1);
}

TEST(TfRecord, PartsAndListsOfNamesLieInOneFolder) {
  const TemporaryFolder folder;
  fs::copy_file(made_records("labels.tfrecord"), folder.path() / "set-train.tfrecord-00000-of-00001");
  fs::copy_file(made_records("labels.tfrecord"), folder.path() / "set-validation.tfrecord-00000-of-00001");
  put_text(folder.path() / "labels.txt", "0:daisy\n1:rose\n2:tulip\n");
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.layout, "TFRecord");
  EXPECT_EQ(data.train->classes(), (Names{"daisy", "rose", "tulip"}));
  EXPECT_EQ(data.train->label(0), 2);
  EXPECT_TRUE(data.test_is_valid);
  fs::rename(folder.path() / "set-train.tfrecord-00000-of-00001",
             folder.path() / "set-train.tfrecord-00001-of-00002");
  EXPECT_NE(error_of([&] {
              open_data(folder.path().string());
            }).find("set-train.tfrecord-00000-of-00002 is missing"),
            std::string::npos);
}

TEST(TfRecord, WhatLooksLikeLabelsIsAnErrorUnlessItIsIgnored) {
  const std::string file = made_records("unread.tfrecord").string();
  const std::string error = error_of([&] { TfRecords({file}); });
  EXPECT_NE(error.find("no feature of labels is read, but my_label looks like labels"), std::string::npos)
      << error;
  EXPECT_EQ(TfRecords({file}, {}, {.names = {}, .ignore_labels = true}).size(), 1U);
}

TEST(TfRecord, DamagedFilesAreNamed) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.tfrecord";
  const std::vector<unsigned char> whole = read_file(made_records("labels.tfrecord"));
  const auto error_with = [&](const std::vector<unsigned char>& bytes) {
    put_bytes(file, bytes);
    return error_of([&] { TfRecords({file}); });
  };
  EXPECT_NE(error_with({}).find("no record has an image"), std::string::npos);
  EXPECT_NE(error_with({whole.begin(), whole.end() - 1}).find("record 2, at byte"), std::string::npos);
  EXPECT_NE(error_with({whole.begin(), whole.begin() + 5}).find("the file is cut off"), std::string::npos);
  EXPECT_NE(error_with({0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}).find("unpack it"), std::string::npos);
  for (std::size_t at = 0; at < whole.size(); ++at) {  // every byte is below a checksum
    auto bytes = whole;
    bytes[at] ^= 0x10;
    EXPECT_NE(error_with(bytes).find("a.tfrecord: record "), std::string::npos) << at;
  }
}

}  // namespace
}  // namespace doppel::dataset
