// An image in each .npy, as scientific data often lie.
#include <gtest/gtest.h>

#include <numeric>
#include <opencv2/core.hpp>

#include "dataset/written_files.h"
#include "doppel/codec/image.h"
#include "error_of.h"
#include "npy_bytes.h"
#include "open/layouts.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// Five bands of 8 x 9 pixels.
void put_bands(const fs::path& file, std::uint16_t from) {
  std::vector<std::uint16_t> numbers(std::size_t{5} * 8 * 9);
  std::iota(numbers.begin(), numbers.end(), from);
  put_text(file, npy_of("<u2", {5, 8, 9}, numbers));
}

cv::Mat stored_image(const Source& source, std::size_t index) {
  const Item item = source.read(index);
  return decode_image(item.encoded, {.depth = ImageDepth::AsStored});
}

TEST(NpyPictures, LieInClassFolders) {
  const TemporaryFolder folder;
  put_bands(folder.path() / "a/1.npy", 0);
  put_bands(folder.path() / "b/deeper/2.NPY", 100);
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.layout, "image folder");
  ASSERT_EQ(data.train->size(), 2U);
  EXPECT_EQ(data.train->label(1), 1);
  const cv::Mat image = stored_image(*data.train, 1);
  ASSERT_EQ(image.type(), CV_16UC(5));
  EXPECT_EQ(image.ptr<std::uint16_t>(7)[8 * 5 + 4], 100 + 5 * 72 - 1);
}

TEST(NpyPictures, AreNoImagesBesideOthers) {
  const TemporaryFolder folder;
  put_image(folder.path() / "a/1.png");
  put_bands(folder.path() / "a/1.npy", 0);
  put_image(folder.path() / "b/1.png");
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.train->size(), 2U);
  EXPECT_NE(all_text(data.remarks).find("files that aren't read (.npy): 1 (a/1.npy)"), std::string::npos);
}

TEST(NpyPictures, LieInAFolderWithoutClasses) {
  const TemporaryFolder folder;
  for (const char* name : {"1.npy", "2.npy", "3.npy"}) put_bands(folder.path() / name, 0);
  put_text(folder.path() / "notes.md", "");
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.layout, "images");
  EXPECT_EQ(data.train->size(), 3U);
  EXPECT_NE(all_text(data.remarks).find("(notes.md)"), std::string::npos);
}

TEST(NpyPictures, HaveMasksOfTheirNames) {
  const TemporaryFolder folder;
  for (const char* name : {"1", "2"}) {
    put_bands(folder.path() / "images" / (std::string(name) + ".npy"), 0);
    put_image(folder.path() / "masks" / (std::string(name) + ".png"));
  }
  const OpenedData data = open_data(folder.path().string());
  EXPECT_EQ(data.layout, "segmentation");
  EXPECT_EQ(data.train->size(), 2U);
}

TEST(NpyPictures, AreNamedInTables) {
  const TemporaryFolder folder;
  put_bands(folder.path() / "x/1.npy", 0);
  put_bands(folder.path() / "x/2.npy", 7);
  put_text(folder.path() / "train.csv", "file,label\nx/1.npy,a\nx/2.npy,b\n");
  const OpenedData data = open_data((folder.path() / "train.csv").string());
  ASSERT_EQ(data.train->size(), 2U);
  EXPECT_EQ(stored_image(*data.train, 1).ptr<std::uint16_t>(0)[0], 7);
}

TEST(NpyPictures, OneOfRowsAndColumnsIsAnImage) {
  const TemporaryFolder folder;
  const fs::path file =
      put_text(folder.path() / "slice.npy", npy_of<std::uint8_t>("|u1", {2, 2}, {1, 2, 3, 4}));
  const OpenedData data = open_data(file.string());
  EXPECT_EQ(data.layout, "images");
  ASSERT_EQ(data.train->size(), 1U);
  EXPECT_EQ(stored_image(*data.train, 0).ptr(1)[1], 4);
}

}  // namespace
}  // namespace doppel::dataset
