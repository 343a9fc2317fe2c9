#include "doppel/dataset/sources/arrays.h"

#include <gtest/gtest.h>

#include <fstream>
#include <opencv2/core.hpp>
#include <thread>

#include "dataset/written_files.h"
#include "error_of.h"
#include "npy_bytes.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;
const fs::path kMadeArrays = DOPPEL_DATASET_DATA "/arrays";

/// Whether an image is number n of make_arrays.py.
bool is_made_image(const cv::Mat& image, int n, int channels = 3) {
  if (image.size() != cv::Size(7, 5) || image.channels() != channels) return false;
  for (int y = 0; y < 5; ++y)
    for (int x = 0; x < 7; ++x)
      for (int c = 0; c < channels; ++c)
        if (image.ptr(y, x)[c] != (40 * n + 10 * y + x + 3 * c) % 251) return false;
  return true;
}

void expect_made(const Source& source) {
  ASSERT_EQ(source.size(), 4U);
  EXPECT_EQ(source.classes(), (std::vector<std::string>{"0", "1", "2"}));
  for (int n = 0; n < 4; ++n) {
    const augment::Sample sample = load(source, static_cast<std::size_t>(n));
    EXPECT_TRUE(is_made_image(sample.image, n)) << n;
    EXPECT_EQ(sample.label, n == 1 ? 0 : n == 2 ? 1 : 2);
    EXPECT_TRUE(sample.label_shares.empty());
  }
}

TEST(ArrayImages, AllThatNumPyWritesIsTheSame) {
  for (const char* form :
       {"bytes", "fortran", "planes", "big", "shares", "half", "double", "sixteen", "upper"}) {
    SCOPED_TRACE(form);
    expect_made(
        ArrayImages({kMadeArrays / form / "images.npy"}, ArrayPlace{kMadeArrays / form / "labels.npy"}));
  }
  for (const char* version : {"version1.npy", "version2.npy", "version3.npy"})
    EXPECT_TRUE(is_made_image(load(ArrayImages({kMadeArrays / version}), 3).image, 3, 1));
}

TEST(ArrayImages, TextsAreClassesAndBoolIsBlackAndWhite) {
  const ArrayImages train({kMadeArrays / "grey/x_train.npy"}, ArrayPlace{kMadeArrays / "grey/y_train.npy"});
  EXPECT_EQ(train.classes(), (std::vector<std::string>{"bär", "z", "猫"}));
  EXPECT_EQ(train.label(1), 2);
  EXPECT_TRUE(is_made_image(load(train, 2).image, 2, 1));
  const ArrayImages test({kMadeArrays / "grey/x_test.npy"});
  EXPECT_EQ(load(test, 0).image.at<unsigned char>(2, 0), 0);
  EXPECT_EQ(load(test, 0).image.at<unsigned char>(2, 1), 255);
  EXPECT_TRUE(test.classes().empty());
  EXPECT_EQ(test.label(0), -1);
}

TEST(ArrayImages, WhatCannotBeReadIsNamed) {
  const auto error = [](const char* name) {
    return error_of([&] { ArrayImages one({kMadeArrays / name}); });
  };
  EXPECT_NE(error("objects.npy").find("objects.npy: it holds objects, which NumPy pickles"),
            std::string::npos);
  EXPECT_NE(error("fields.npy").find("fields of several types"), std::string::npos);
  EXPECT_NE(error("complex.npy").find("its type is <c8"), std::string::npos);
  EXPECT_NE(error("none.npy").find("none.npy"), std::string::npos);
  EXPECT_NE(error_of([] {
              ArrayImages one({kMadeArrays / "bytes/images.npy"},
                              ArrayPlace{kMadeArrays / "grey/y_test.npy"});
            }).find("has 4 images, but "),
            std::string::npos);
}

TEST(ArrayImages, AFileThatIsCutOffIsAnErrorWhereverItIs) {
  const TemporaryFolder folder;
  std::ifstream made(kMadeArrays / "bytes/images.npy", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(made), {}};
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    const auto file = put_text(folder.path() / "x.npy", whole.substr(0, size));
    EXPECT_NE(error_of([&] { ArrayImages one({file}); }).find("x.npy"), std::string::npos) << size;
  }
  const auto file = put_text(folder.path() / "x.npy", whole);
  const ArrayImages open({file});
  fs::resize_file(file, whole.size() - 10);
  EXPECT_TRUE(is_made_image(load(open, 2).image, 2));
  EXPECT_NE(error_of([&] { (void)load(open, 3); }).find("too early"), std::string::npos);
}

TEST(ArrayImages, ThreadsReadAtOnce) {
  const ArrayImages shares({kMadeArrays / "shares/images.npy"});
  std::vector<std::thread> threads;
  std::array<bool, 4> right{};
  for (int n = 0; n < 4; ++n)
    threads.emplace_back([&, n] {
      bool all = true;
      for (int k = 0; k < 50; ++k)
        all = all && is_made_image(load(shares, static_cast<std::size_t>(n)).image, n);
      right[static_cast<std::size_t>(n)] = all;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, (std::array{true, true, true, true}));
}

}  // namespace
}  // namespace doppel::dataset
