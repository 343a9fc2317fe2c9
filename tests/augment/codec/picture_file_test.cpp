#include "doppel/codec/picture_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "error_of.h"

namespace doppel {
namespace {

/// A file with holes: it takes no room on the disk.
std::filesystem::path sparse_file(const dataset::TemporaryFolder& folder, std::uintmax_t size) {
  const std::filesystem::path path = folder.path() / "sparse.jpg";
  std::ofstream(path) << "";
  std::filesystem::resize_file(path, size);
  return path;
}

TEST(PictureFile, WhatNoPictureCanBeIsntRead) {
  const dataset::TemporaryFolder folder;
  EXPECT_EQ(error_of([&] { read_picture(sparse_file(folder, std::uintmax_t{20} << 30)); }),
            "a file of 21474836480 bytes; pictures have up to 4 GiB");
  EXPECT_EQ(error_of([&] { read_picture(sparse_file(folder, std::uintmax_t{3} << 30)); }),
            "not an image that is read: 3221225472 bytes that begin as none does");
  EXPECT_EQ(read_picture(sparse_file(folder, 100)).size(), 100U);  // who decodes it says what is wrong
  EXPECT_NE(error_of([&] { read_picture(folder.path() / "none.jpg"); }).find("none.jpg"), std::string::npos);
}

}  // namespace
}  // namespace doppel
