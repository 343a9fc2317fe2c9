#include "open/array_parts.h"

#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "error_of.h"
#include "npy_bytes.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// Images of 2 x 2 pixels, or as many labels, 0, 1, 2 ….
fs::path put_arrays(const fs::path& file, std::size_t count, bool images) {
  std::vector<unsigned char> numbers;
  for (std::size_t i = 0; i < count * (images ? 4 : 1); ++i) numbers.push_back(static_cast<unsigned char>(i));
  using Shape = std::vector<std::size_t>;
  return put_text(file, npy_of("|u1", images ? Shape{count, 2, 2} : Shape{count}, numbers));
}
fs::path put_images(const fs::path& file, std::size_t count) { return put_arrays(file, count, true); }
fs::path put_labels(const fs::path& file, std::size_t count) { return put_arrays(file, count, false); }
std::string open_error(const fs::path& data) {
  return error_of([&] { (void)open_data(data.string()); });
}

TEST(ArrayParts, AFolderOfNpyFilesHasPartsByTheirNames) {
  const TemporaryFolder folder;
  const fs::path set = folder.path() / "set";
  for (const auto& [part, count] : {std::pair{"train", 3}, {"val", 2}, {"test", 1}}) {
    put_images(set / ("x_" + std::string(part) + ".npy"), static_cast<std::size_t>(count));
    put_labels(set / ("y_" + std::string(part) + ".npy"), static_cast<std::size_t>(count));
  }
  put_labels(set / "weights.npy", 9);
  put_text(set / "classes.txt", "cat\r\ndog\r\nowl");
  put_text(set / "notes.md", "");
  const OpenedData data = open_data(set.string());
  EXPECT_EQ(data.layout, "arrays");
  EXPECT_EQ(data.train->size(), 3U);
  EXPECT_EQ(data.valid->size(), 2U);
  EXPECT_EQ(data.test->size(), 1U);
  EXPECT_EQ(data.test->classes(), (std::vector<std::string>{"cat", "dog", "owl"}));
  EXPECT_EQ(data.train->label(2), 2);
  const std::string remarks = all_text(data.remarks);
  EXPECT_NE(remarks.find("arrays that aren't used: 1 (" + (set / "weights.npy").string()), std::string::npos);
  EXPECT_NE(remarks.find("(notes.md)"), std::string::npos);
  EXPECT_EQ(remarks.find("classes.txt"), std::string::npos);
}

TEST(ArrayParts, LabelsThatCantBeReadMayBeIgnored) {
  const TemporaryFolder folder;
  put_images(folder.path() / "x_train.npy", 3);
  put_labels(folder.path() / "y_train.npy", 2);
  const std::string data = folder.path().string();
  EXPECT_NE(open_error(data), "");
  const OpenedData alone = open_data(data, {.ignore_labels = true});
  EXPECT_EQ(alone.train->size(), 3U);
  EXPECT_EQ(alone.train->label(0), -1);
  EXPECT_NE(all_text(alone.remarks).find("labels that aren't read"), std::string::npos);
  fs::remove(folder.path() / "y_train.npy");
  put_images(folder.path() / "masks_train.npy", 3);
  EXPECT_NE(open_error(data).find("masks_train looks like some"), std::string::npos) << open_error(data);
}

TEST(ArrayParts, ImagesBesideThemAreNamed) {
  const TemporaryFolder folder;
  put_images(folder.path() / "x_train.npy", 3);
  put_labels(folder.path() / "y_train.npy", 3);
  put_image(folder.path() / "figure.png");
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.layout, "arrays");
  EXPECT_EQ(all_text(data.remarks), "files that aren't read (.png): 1 (figure.png)\n");
}

TEST(ArrayParts, PartsMayBeFoldersAndLabelsLieBesideANpy) {
  const TemporaryFolder folder;
  for (const char* part : {"train", "test"}) {
    put_images(folder.path() / part / "images.npy", 3);
    put_labels(folder.path() / part / "labels.npy", 3);
  }
  EXPECT_EQ(open_data(folder.path().string()).test->size(), 3U);
  const OpenedData one = open_data((folder.path() / "train/images.npy").string());
  EXPECT_EQ(one.train->classes().size(), 3U);
  // A set of changed images, as CIFAR-10-C has, each with the same labels.
  put_images(folder.path() / "changed/fog.npy", 3);
  put_images(folder.path() / "changed/snow.npy", 3);
  put_labels(folder.path() / "changed/labels.npy", 3);
  EXPECT_EQ(open_data((folder.path() / "changed/snow.npy").string()).train->label(2), 2);
  EXPECT_NE(open_error(folder.path() / "changed").find("no images for them"), std::string::npos);
}

TEST(ArrayParts, WhatIsMissingOrThereTwiceIsNamed) {
  const TemporaryFolder folder;
  const fs::path set = folder.path();
  put_images(set / "images.npy", 3);
  EXPECT_EQ(open_data(set.string()).train->classes().size(), 0U);
  put_labels(set / "labels.npy", 2);
  EXPECT_NE(open_error(set).find("has 3 images, but " + (set / "labels.npy").string() + " has 2 labels"),
            std::string::npos);
  put_labels(set / "labels.npy", 3);
  put_labels(set / "y.npy", 3);
  EXPECT_NE(open_error(set).find("both look like the labels of its train part"), std::string::npos);
  fs::remove(set / "y.npy");
  put_labels(set / "fine_labels.npy", 3);
  EXPECT_NE(all_text(open_data(set.string()).remarks).find("fine_labels.npy"), std::string::npos);
  put_labels(set / "test_labels.npy", 3);
  EXPECT_NE(
      open_error(set).find("test_labels.npy holds the labels of its test part, but there are no images"),
      std::string::npos);
  fs::remove(set / "test_labels.npy");
  put_text(set / "classes.txt", "a\nb\na\n");
  EXPECT_NE(open_error(set).find("'a' is there twice"), std::string::npos);
  put_text(set / "classes.txt", "a\nb\n");
  EXPECT_NE(open_error(set).find("label 2 is 2, but there are names of 2 classes"), std::string::npos);
}

TEST(ArrayParts, OtherFoldersStayWhatTheyAre) {
  const TemporaryFolder folder;
  put_image(folder.path() / "cat/1.png");
  put_images(folder.path() / "cat/1.npy", 3);
  put_image(folder.path() / "dog/1.png");
  EXPECT_EQ(open_data(folder.path().string()).layout, "image folder");
  put_labels(folder.path() / "other/weights.npy", 3);
  EXPECT_NE(open_error(folder.path() / "other").find("1 .npy files"), std::string::npos);
  EXPECT_NE(open_error(put_text(folder.path() / "old.mat", "MATLAB 5.0 MAT-file")).find("MATLAB's files"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
