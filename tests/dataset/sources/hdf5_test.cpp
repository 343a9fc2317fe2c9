#include "sources/hdf5.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <opencv2/core.hpp>
#include <thread>

#include "dataset/written_files.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/sources/arrays.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
const fs::path kHdf5Made = DOPPEL_DATASET_DATA "/arrays";

/// Without the plug-in there is one thing to test.
class Hdf5 : public testing::Test {
 protected:
  void SetUp() override {
    const std::string error = error_of([] { (void)hdf5_arrays(kHdf5Made / "plain.h5"); });
    if (error.find("install libhdf5-dev and build again") != std::string::npos) GTEST_SKIP() << error;
    ASSERT_EQ(error, "");
  }
};

/// Whether an image is number n of make_arrays.py.
bool is_image_of_hdf5(const cv::Mat& image, int n, int channels = 3) {
  if (image.size() != cv::Size(7, 5) || image.channels() != channels) return false;
  for (int y = 0; y < 5; ++y)
    for (int x = 0; x < 7; ++x)
      for (int c = 0; c < channels; ++c)
        if (image.ptr(y, x)[c] != (40 * n + 10 * y + x + 3 * c) % 251) return false;
  return true;
}

void expect_images(const Source& source, int count, int channels = 3) {
  ASSERT_EQ(source.size(), static_cast<std::size_t>(count));
  for (int n = 0; n < count; ++n) {
    const augment::Sample sample = load(source, static_cast<std::size_t>(n));
    EXPECT_TRUE(is_image_of_hdf5(sample.image, n, channels)) << n;
    EXPECT_EQ(sample.label, n == 1 ? 0 : n == 2 ? 1 : 2);
  }
}

TEST_F(Hdf5, GroupsArePartsAndChunksAreUnpacked) {
  const OpenedData data = open_data((kHdf5Made / "parts.h5").string());
  EXPECT_EQ(data.layout, "arrays");
  expect_images(*data.train, 4);  // shuffled and deflated, by the image
  expect_images(*data.test, 2);   // with sums, in smaller chunks
  EXPECT_EQ(data.test->classes(), (std::vector<std::string>{"cat", "dog", "owl"}));
}

TEST_F(Hdf5, NumbersOfAnyFormAreRead) {
  const OpenedData plain = open_data((kHdf5Made / "plain.h5").string());
  expect_images(*plain.train, 4, 1);
  EXPECT_EQ(plain.train->classes()[0], "cat");
  EXPECT_EQ(load(*plain.test, 0).image.at<unsigned char>(2, 1), 255);  // of bool
  EXPECT_EQ(plain.test->label(1), 0);                                  // of one 1 in three
  expect_images(*open_data((kHdf5Made / "studiogan.hdf5").string()).train, 4);
  const OpenedData lzf = open_data((kHdf5Made / "lzf.h5").string());
  expect_images(*lzf.train, 4);
  EXPECT_NE(all_text(lzf.remarks).find("lzf.h5: mean"), std::string::npos);
}

TEST_F(Hdf5, ChunksOfManyImagesAreSaidToBeSlow) {
  const OpenedData data = open_data((kHdf5Made / "together.h5").string());
  EXPECT_EQ(data.train->size(), 12U);
  EXPECT_NE(all_text(data.train->remarks()).find("12 images are packed in a chunk"), std::string::npos);
  EXPECT_EQ(all_text(open_data((kHdf5Made / "parts.h5").string()).train->remarks()).find("packed in a chunk"),
            std::string::npos);
}

TEST_F(Hdf5, RowsOfBytesAreImageFiles) {
  const OpenedData data = open_data((kHdf5Made / "files.h5").string());
  EXPECT_EQ(data.train->classes(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(load(*data.train, 1).image.at<cv::Vec3b>(0, 1), cv::Vec3b(0, 0, 90));
}

TEST_F(Hdf5, ThreadsReadAtOnce) {
  for (const char* file : {"parts.h5", "studiogan.hdf5"}) {
    const SourcePtr source = open_data((kHdf5Made / file).string()).train;
    std::vector<std::thread> threads;
    std::array<bool, 4> right{};
    for (int n = 0; n < 4; ++n)
      threads.emplace_back([&, n] {
        bool all = true;
        for (int k = 0; k < 50; ++k)
          all = all && is_image_of_hdf5(load(*source, static_cast<std::size_t>(n)).image, n);
        right[static_cast<std::size_t>(n)] = all;
      });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(right, (std::array{true, true, true, true})) << file;
  }
}

TEST_F(Hdf5, WhatIsNoneOrIsCutOffIsNamed) {
  const TemporaryFolder folder;
  const auto error = [&](std::string_view text) {
    const fs::path file = put_text(folder.path() / "x.h5", text);
    return error_of([&] { (void)hdf5_arrays(file); });
  };
  EXPECT_NE(error("").find("x.h5: isn't an HDF5 file"), std::string::npos);
  EXPECT_NE(error("MATLAB 7.3 MAT-file" + std::string(600, ' ')).find("MATLAB's files aren't read"),
            std::string::npos);
  std::ifstream made(kHdf5Made / "plain.h5", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(made), {}};
  for (std::size_t size = 8; size < whole.size(); size += 511)
    EXPECT_NE(error(whole.substr(0, size)).find("x.h5: it's no HDF5 file, is damaged, or was cut off"),
              std::string::npos)
        << size;
}

TEST_F(Hdf5, ADamagedChunkIsAnErrorWithTheSample) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "x.h5";
  fs::copy_file(kHdf5Made / "parts.h5", file);
  // What deflate begins with.
  std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
  std::string whole{std::istreambuf_iterator<char>(bytes), {}};
  for (std::size_t at = 0; at < whole.size(); ++at)
    if (whole[at] == '\x78' && (whole[at + 1] == '\x5e' || whole[at + 1] == '\x9c')) whole[at] = '\x79';
  put_text(file, whole);
  const SourcePtr source = open_data(file.string()).train;
  EXPECT_NE(error_of([&] { (void)load(*source, 2); }).find("train/images 2: "), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
