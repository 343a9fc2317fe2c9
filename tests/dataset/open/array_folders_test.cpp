#include "open/array_folders.h"

#include <gtest/gtest.h>

#include "dataset/levels.h"
#include "dataset/written_files.h"
#include "doppel/dataset/pack/pack.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// An IDX pair of two images of 2 x 2 pixels, with these labels.
void put_idx(const fs::path& folder, const std::string& images, const std::string& labels, char first,
             char second) {
  std::string head("\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x02", 16), bytes("\0\0\x08\x01\0\0\0\x02", 8);
  put_text(folder / images, head + std::string(8, '\x07'));
  put_text(folder / labels, bytes + first + second);
}

TEST(ArrayFolders, IdxPairsArePartsByTheirNames) {
  const TemporaryFolder folder;
  for (const auto& [train, test] :
       {std::pair{"train-", "t10k-"}, {"emnist-letters-train-", "emnist-letters-test-"}}) {
    const fs::path set = folder.path() / train;
    put_idx(set, std::string(train) + "images-idx3-ubyte", std::string(train) + "labels-idx1-ubyte", 0, 2);
    put_idx(set, std::string(test) + "images-idx3-ubyte", std::string(test) + "labels-idx1-ubyte", 1, 1);
    const OpenedData data = open_data(set.string());
    EXPECT_EQ(data.layout, "IDX");
    EXPECT_EQ(data.train->classes().size(), 3U);
    EXPECT_EQ(data.train->label(1), 2);
    ASSERT_TRUE(data.test);
    EXPECT_EQ(data.test->label(0), 1);
    // A label that the training part's classes don't have.
    put_idx(set, std::string(test) + "images-idx3-ubyte", std::string(test) + "labels-idx1-ubyte", 1, 9);
    EXPECT_NE(
        error_of([&] { open_data(set.string()); }).find("label 9 at position 1 is outside the 3 classes"),
        std::string::npos);
  }
}

TEST(ArrayFolders, IdxMayHaveOtherDotsAndLieInRaw) {
  const TemporaryFolder folder;
  put_idx(folder.path() / "MNIST/raw", "train-images.idx3-ubyte", "train-labels.idx1-ubyte", 0, 1);
  put_text(folder.path() / "MNIST/raw/note.md", "x");
  EXPECT_EQ(open_data((folder.path() / "MNIST").string()).train->size(), 2U);
  const OpenedData around = open_data(folder.path().string());  // torchvision's root
  EXPECT_EQ(around.train->size(), 2U);
  EXPECT_NE(all_text(around.remarks).find("files that aren't read (.md): 1 (note.md)"), std::string::npos);
  fs::remove(folder.path() / "MNIST/raw/train-labels.idx1-ubyte");
  EXPECT_NE(error_of([&] {
              open_data((folder.path() / "MNIST/raw").string());
            }).find("but not its labels (train-labels.idx1-ubyte)"),
            std::string::npos);
  put_idx(folder.path() / "two", "a-images-idx3-ubyte", "a-labels-idx1-ubyte", 0, 1);
  put_idx(folder.path() / "two", "b-images-idx3-ubyte", "b-labels-idx1-ubyte", 0, 1);
  EXPECT_NE(error_of([&] { open_data((folder.path() / "two").string()); }).find("are both its train part"),
            std::string::npos);
  fs::remove(folder.path() / "two/a-images-idx3-ubyte");
  EXPECT_NE(error_of([&] {
              open_data((folder.path() / "two").string());
            }).find("but not its images (a-images-idx3-ubyte)"),
            std::string::npos);
}

TEST(ArrayFolders, CompressedTarsAreRefusedUnlessTheyWereUnpacked) {
  const TemporaryFolder folder;
  put_text(folder.path() / "set/data.tar.gz", "x");
  EXPECT_NE(error_of([&] { open_data((folder.path() / "set").string()); }).find("data.tar.gz is compressed"),
            std::string::npos);
  for (const char* name : {"a/1.png", "b/1.png"}) put_image(folder.path() / "set" / name);
  const OpenedData data = open_data((folder.path() / "set").string());
  EXPECT_EQ(data.train->size(), 2U);
  EXPECT_NE(all_text(data.remarks).find("files that aren't read (.gz): 1 (data.tar.gz)"), std::string::npos);
}

TEST(ArrayFolders, APackIsKnownByItsShards) {
  const TemporaryFolder folder;
  write_pack(*levels(4, 0), folder.path(), {});
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.layout, "pack");
  EXPECT_EQ(data.train->size(), 4U);
  EXPECT_EQ(open_data((folder.path() / "00000.tar").string()).layout, "pack");
}

}  // namespace
}  // namespace doppel::dataset
