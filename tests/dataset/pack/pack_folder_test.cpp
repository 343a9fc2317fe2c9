#include <gtest/gtest.h>

#include "dataset/written_files.h"
#include "doppel/dataset/pack/pack.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

TEST(PackFolder, IsNewEmptyOrAPacks) {
  const TemporaryFolder folder;
  const fs::path out = folder.path() / "out";
  const auto why = [&] { return error_of([&] { check_pack_folder(out, "sample:digits"); }); };
  EXPECT_EQ(why(), "");
  fs::create_directories(out / "train");
  EXPECT_EQ(why(), "");
  put_text(out / "train/00000.tar", "x");
  put_text(out / "00001.tar", "x");
  put_text(out / "00001.tar.77.tmp", "x");
  EXPECT_EQ(why(), "");
  for (const char* foreign : {"keep.txt", "0000x.tar", "train/precious.png", "test/cat/1.png"}) {
    put_text(out / foreign, "x");
    EXPECT_NE(why().find("isn't a pack's"), std::string::npos) << foreign;
    fs::remove_all(out / foreign);
    if (fs::exists(out / "test")) fs::remove_all(out / "test");
  }
  EXPECT_EQ(why(), "");
  put_text(folder.path() / "file", "x");
  EXPECT_NE(error_of([&] { check_pack_folder(folder.path() / "file", ""); }), "");
}

TEST(PackFolder, LiesApartFromTheData) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "data/cat");
  const std::string data = folder.path() / "data";
  for (const char* out : {"data", "data/packed", "data/cat", ""})
    EXPECT_NE(
        error_of([&] { check_pack_folder(folder.path() / out, data); }).find("write into a folder beside it"),
        std::string::npos)
        << out;
  EXPECT_EQ(error_of([&] { check_pack_folder(folder.path() / "packed", data); }), "");
}

}  // namespace
}  // namespace doppel::dataset
